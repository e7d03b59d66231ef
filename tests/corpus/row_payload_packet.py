import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

ble.gap("Zerynth")
ble.advertising(100, payload=bytes([2, 1, 6, 4, 0xFF, 0x34, 0x12, 0x99]))
ble.start()
ble.start_advertising()
