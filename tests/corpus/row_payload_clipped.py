import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

ble.gap("Zerynth")
ble.advertising(100, payload="0123456789012345678901234567890123456789")
ble.start()
ble.start_advertising()
print("on")
