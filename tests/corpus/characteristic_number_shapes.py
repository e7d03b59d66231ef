import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

s = ble.Service(0x1523)
cs = []
for i, size in enumerate((1, 2, 3, 4, 8, 16)):
    c = ble.Characteristic(0x1530 + i, ble.READ, size, "N", ble.NUMBER)
    s.add_characteristic(c)
    cs.append(c)
ble.add_service(s)
for c in cs:
    c.set_value(-2)
    print(c.size, hex(c.get_value()))
    c.set_value((1 << (8 * c.size)) - 1)
ble.start()
ble.start_advertising()
