import streams
import mcu
import flash

streams.serial()
f = flash.FlashFileStream(0x1000, 16)
n = f[0]
if n == 255:
    # erased flash
    n = 0
print("start", n)
if n < 2:
    f[0] = n + 1
    f.flush()
    mcu.reset()
print("enough")
f[0] = 255
f.flush()
f.close()
