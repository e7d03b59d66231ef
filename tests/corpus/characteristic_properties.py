import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

s = ble.Service(0x1523)
names = [(0x1524, ble.READ), (0x1525, ble.WRITE), (0x1526, ble.WRITE_WO), (0x1527, ble.NOTIFY), (0x1528, ble.INDICATE),
         (0x1529, ble.READ | ble.WRITE | ble.NOTIFY | ble.INDICATE)]
for uuid, permission in names:
    s.add_characteristic(ble.Characteristic(uuid, permission, 1, "D%x" % uuid))
s.add_characteristic(ble.Characteristic(0x152A, ble.READ, 1, ""))
ble.add_service(s)
ble.start()
ble.start_advertising()
