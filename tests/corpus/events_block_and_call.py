import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

s = ble.Service(0x180F)
level = ble.Characteristic(0x2A19, ble.NOTIFY | ble.READ, 1, "Level", ble.NUMBER)
order = ble.Characteristic(0x1525, ble.WRITE, 1, "Order", ble.NUMBER)

def ordered(status, value):
    print("order", value)
    sleep(500)
    level.set_value(value)
    print("done", level.get_value())

order.set_callback(ordered)
s.add_characteristic(level)
s.add_characteristic(order)
ble.add_service(s)
ble.start()
ble.start_advertising()
