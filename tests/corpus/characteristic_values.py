import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

n = ble.Characteristic(0x1524, ble.READ, 2, "Number", ble.NUMBER)
t = ble.Characteristic(0x1525, ble.READ, 8, "Text", ble.STRING)
o = ble.Characteristic(0x1526, ble.READ, 4, "Bytes", ble.BYTES)
print(n.get_value(), len(t.get_value()), ble.btos(o.get_value()))
n.set_value(0x1234)
t.set_value("h\xe9llo")
o.set_value(bytearray([1, 2]))
print(n.get_value(), len(t.get_value()), t.get_value() == "h\xe9llo", ble.btos(o.get_value()))
print(n.convert(bytes([0x34, 0x12])), t.convert(bytes([0x41, 0x42])), ble.btos(o.convert(bytes([9, 8]))))
s = ble.Service(0x1523)
for c in (n, t, o):
    s.add_characteristic(c)
ble.add_service(s)
ble.start()
ble.start_advertising()
