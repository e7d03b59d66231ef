import streams
import json
import math
import struct

streams.serial()
s = json.dumps({"a": [1, 2, None, True], "b": "text"})
o = json.loads(s)
print(o["a"], o["b"])
print(json.loads(bytes("[1,2]")))
try:
    json.loads("{bad")
except JSONError as e:
    print("bad json")
print(math.floor(2.7), math.sqrt(16), round(math.pi * 100))
b = struct.pack("<HbI", 0x1234, -2, 7)
print(len(b), b[0], struct.unpack("<HbI", b))
