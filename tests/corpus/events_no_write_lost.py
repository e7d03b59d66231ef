import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

got = []

def written(status, value):
    sleep(10)
    got.append(value)
    if len(got) == 100:
        print("all of them", got == list(range(100)))

s = ble.Service(0x1523)
c = ble.Characteristic(0x1524, ble.WRITE, 1, "Orders", ble.NUMBER)
c.set_callback(written)
s.add_characteristic(c)
ble.add_service(s)
ble.start()
ble.start_advertising()
