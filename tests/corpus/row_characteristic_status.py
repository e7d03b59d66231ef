import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def named(name):
    def cb(status, value):
        print(name, status, value)
    return cb

s = ble.Service(0x1523)
a = ble.Characteristic(0x1524, ble.READ | ble.WRITE | ble.NOTIFY, 1, "Plain")
c = ble.Characteristic(0x1525, ble.READ | ble.WRITE | ble.NOTIFY, 1, "All")
a.set_callback(named("plain"))
c.set_callback(named("all"), events=ble.WRITE | ble.READ | ble.NOTIFY)
s.add_characteristic(a)
s.add_characteristic(c)
ble.add_service(s)
ble.start()
ble.start_advertising()
