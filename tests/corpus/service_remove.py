import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

s = ble.Service(0x180F)
s.add_characteristic(ble.Characteristic(0x2A19, ble.READ, 1, "Battery Level"))
t = ble.Service(0x1811)
t.add_characteristic(ble.Characteristic(0x2A47, ble.READ, 2, "Categories"))
ble.add_service(s)
ble.start()
ble.start_advertising()
print("one")
sleep(5000)
ble.add_service(t)
print("two")
sleep(5000)
ble.remove_service(s)
print("removed")
