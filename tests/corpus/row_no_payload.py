import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

ble.gap("Zerynth", 832)
s = ble.Service(0x180F)
t = ble.Service(0x1811)
ble.add_service(s)
ble.add_service(t)
ble.start()
ble.start_advertising()
