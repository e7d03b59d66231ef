import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

s = ble.Service(0x1523)
r = ble.Characteristic(0x1524, ble.READ, 1, "Readable")
w = ble.Characteristic(0x1525, ble.WRITE, 1, "Writable")
o = ble.Characteristic(0x1526, ble.WRITE_WO, 1, "Commands")
n = ble.Characteristic(0x1527, ble.NOTIFY, 1, "Notified")
for c in (r, w, o, n):
    s.add_characteristic(c)

def written(status, value):
    print("written", value)

w.set_callback(written)
o.set_callback(written)
r.set_callback(written)
ble.add_service(s)
ble.start()
ble.start_advertising()
