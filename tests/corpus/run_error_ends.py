import streams

streams.serial()
print("before")
x = [1, 2, 3][7]
print("after")
