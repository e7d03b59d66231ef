import streams

streams.serial()
a = shortarray(4)
a[1] = 65535
print(len(a), a[0], a[1])
b = shorts([1, 2, 3])
print(len(b), b[2])
print(__ORD(":"))
