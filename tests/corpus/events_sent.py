import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

told = []

def subscribed(what):
    print("subscribed")
    # more than any queue holds: set_value waits for room
    for i in range(200):
        c.set_value(i)

def sent(what):
    # there is room for more: how often that is told is not the program's affair
    if not told:
        told.append(what)
        print("sent")

s = ble.Service(0x180F)
c = ble.Characteristic(0x2A19, ble.NOTIFY | ble.READ, 1, "Battery Level", ble.NUMBER)
s.add_characteristic(c)
ble.add_service(s)
ble.add_callback(ble.EVT_SUBSCRIBED, subscribed)
ble.add_callback(ble.EVT_SENT, sent)
ble.start()
ble.start_advertising()
