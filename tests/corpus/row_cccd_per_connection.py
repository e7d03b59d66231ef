import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def disconnected(addr):
    ble.start_advertising()

s = ble.Service(0x180F)
c = ble.Characteristic(0x2A19, ble.NOTIFY | ble.READ, 1, "Battery Level", ble.NUMBER)
s.add_characteristic(c)
ble.add_service(s)
ble.add_callback(ble.EVT_DISCONNECTED, disconnected)
ble.start()
ble.start_advertising()
for i in range(100):
    sleep(1000)
    c.set_value(i)
