import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

ble.gap("Zerynth")
ble.advertising(100, payload=bytes([2, 1, 6, 3, 0xFF, 0xFF, 0xFF]), mode=ble.ADV_UNCN_UND)
ble.start()
ble.start_advertising()
print("first")
sleep(3000)
ble.advertising(100, payload=bytes([2, 1, 6, 4, 0xFF, 0xFF, 0xFF, 7]), mode=ble.ADV_UNCN_UND)
print("second")
