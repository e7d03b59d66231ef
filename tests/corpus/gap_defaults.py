import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

s = ble.Service(0x180F)
c = ble.Characteristic(0x2A19, ble.READ, 1, "Battery Level")
s.add_characteristic(c)
ble.add_service(s)
ble.start()
ble.start_advertising()
