import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

ble.gap("Zerynth")
ble.advertising(100, payload=bytes([2, 1, 6, 3, 3, 0x0F, 0x18]))
ble.start()
ble.start_advertising()
