import streams
import flash

streams.serial()
f = flash.FlashFileStream(0x00000000, 512)
f.write("Zerynth")
f.seek(0, 0)
line = f.read(7)
print(len(line), chr(line[0]))
f[100] = 0x78
f[101] = 0x56
f[102] = 0x34
f[103] = 0x12
f.seek(100, 0)
print(hex(f.read_int()))
print(f[100], len(f[10:20]))
f.flush()
f.close()
g = flash.FlashFileStream(0x00000000, 512)
print(g[100], chr(g[0]))
try:
    g.seek(510, 0)
    g.write("too long")
except Exception as e:
    print("no room")
