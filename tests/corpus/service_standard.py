import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

s = ble.Service(0x180D)
print(s.uuid == 0x180D, s.base_uuid, len(s.chs))
c = ble.Characteristic(0x2A37, ble.NOTIFY, 2, "Heart Rate", ble.BYTES)
s.add_characteristic(c)
print(c.service == 0x180D, s.chs[0x2A37] is c)
ble.add_service(s)
try:
    ble.add_service(s)
except ble.ArgumentError as e:
    print("the same service twice: refused")
ble.add_service(ble.Service(0x180D))
ble.start()
ble.start_advertising()
