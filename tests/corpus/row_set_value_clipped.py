import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

s = ble.Service(0x1523)
t = ble.Characteristic(0x1524, ble.READ, 4, "Text", ble.STRING)
o = ble.Characteristic(0x1525, ble.READ, 4, "Bytes", ble.BYTES)
n = ble.Characteristic(0x1526, ble.READ, 1, "Number", ble.NUMBER)
for c in (t, o, n):
    s.add_characteristic(c)
ble.add_service(s)
t.set_value("Zerynth")
o.set_value(bytes([1, 2, 3, 4, 5, 6]))
n.set_value(0x1FF)
print(t.get_value(), ble.btos(o.get_value()), n.get_value())
t.set_value("")
print(len(t.get_value()))
n.set_value(-1)
print(n.get_value())
ble.start()
ble.start_advertising()
