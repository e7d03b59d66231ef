import streams
import gc
import mcu

streams.serial()
info = gc.info()
print(len(info), info[0] >= info[1])
gc.collect()
gc.disable()
gc.enable(1000)
print(len(mcu.uid()) > 0, mcu.uid() == mcu.uid())
