import streams

s = streams.serial()
line = s.readline()
print("read", len(line), chr(line[0]))
c = s.read()
print(len(c), chr(c[0]))
rest = s.readline()
print(len(rest), s.available())
