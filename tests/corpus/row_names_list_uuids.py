import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

ble.gap("Zerynth")
ble.advertising(100, payload=bytes([2, 1, 6]), list_uuids=[0x180F])
ble.start()
ble.start_advertising()
print("on")
