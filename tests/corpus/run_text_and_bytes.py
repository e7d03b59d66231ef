import streams

streams.serial()
b = bytearray(16)
b[2:10] = "Zerynth!"
print(b[2], b[9], len(b))
b[0] = 0x41
print(chr(b[0]), b[0] == ord("A"))
c = bytes("hello")
print(len(c), c[0], c == "hello", "hello" == c)
d = bytearray("abc") + "def"
print(len(d), d[5])
e = "name: " + bytes([0x5A, 0x5A])
print(e)
print(c.find("l"), c.startswith("he"), len(c.split("l")), "ell" in c)
t = "%s" % "text"
t += b"!"
print(t)
