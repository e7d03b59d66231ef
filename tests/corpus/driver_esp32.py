import streams
from espressif.esp32ble import esp32ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

ble.gap("Zerynth")
ble.advertising(100)
ble.start()
ble.start_advertising()
print("on")
