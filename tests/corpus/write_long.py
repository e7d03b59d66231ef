import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def written(status, value):
    print(status == ble.WRITE, len(value), value[0], value[39])

s = ble.Service(0x1523)
c = ble.Characteristic(0x1524, ble.WRITE | ble.READ, 40, "Long", ble.BYTES)
c.set_callback(written)
s.add_characteristic(c)
ble.add_service(s)
ble.start()
ble.start_advertising()
