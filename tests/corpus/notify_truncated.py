import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

s = ble.Service(0x1523)
c = ble.Characteristic(0x1524, ble.NOTIFY | ble.READ, 30, "Long", ble.BYTES)
s.add_characteristic(c)
ble.add_service(s)
ble.start()
ble.start_advertising()
sleep(10000)
c.set_value(bytes(range(30)))
