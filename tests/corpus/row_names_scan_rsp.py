import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

ble.gap("Zerynth")
ble.advertising(100, payload=bytes([2, 1, 6]), scan_rsp=bytes([5, 9, 0x47, 0x6C, 0x69, 0x6E]))
ble.start()
ble.start_advertising()
print("one")
sleep(3000)
ble.advertising(100, payload=bytes([2, 1, 6]), scanrsp=bytes([5, 9, 0x67, 0x6C, 0x69, 0x6E]))
print("other")
