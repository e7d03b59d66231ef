import streams
from wireless import ble

streams.serial()

ble.gap("Zerynth")
ble.advertising(100)
ble.start()
ble.start_advertising()
print("on")
