import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

s = ble.Service(0x180F)
c = ble.Characteristic(0x2A19, ble.NOTIFY | ble.READ, 1, "Battery Level", ble.NUMBER)
s.add_characteristic(c)
ble.add_service(s)
c.set_value(100)
ble.start()
ble.start_advertising()
sleep(10000)
for level in (99, 98, 98, 97):
    c.set_value(level)
