import streams
from wireless.drivers import virtual
from wireless import ble

streams.serial()
virtual.init()

ble.gap("Zerynth")
ble.advertising(100)
ble.start()
ble.start_advertising()
print("on")
