import streams

streams.serial()
new_resource("run_resource.txt")
f = open("resource://run_resource.txt")
line = f.readline()
print(len(line), chr(line[0]))
print(len(f.read(100)))
