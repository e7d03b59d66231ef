import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def number(status, value):
    print("number", value)

def text(status, value):
    print("text", value, len(value))

def octets(status, value):
    print("bytes", ble.btos(value))

s = ble.Service(0x1523)
n = ble.Characteristic(0x1524, ble.READ | ble.WRITE, 4, "Number", ble.NUMBER)
t = ble.Characteristic(0x1525, ble.READ | ble.WRITE, 8, "Text", ble.STRING)
o = ble.Characteristic(0x1526, ble.READ | ble.WRITE, 4, "Bytes", ble.BYTES)
n.set_callback(number)
t.set_callback(text)
o.set_callback(octets)
for c in (n, t, o):
    s.add_characteristic(c)
ble.add_service(s)
ble.start()
ble.start_advertising()
