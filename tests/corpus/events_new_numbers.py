import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def subscribed(what):
    print("subscribed", what.peer == peer[0], what.bits)

def mtu(what):
    print("mtu", what.mtu)

peer = [None]

def connected(addr):
    peer[0] = addr

ble.add_callback(ble.EVT_CONNECTED, connected)
ble.add_callback(ble.EVT_SUBSCRIBED, subscribed)
ble.add_callback(ble.EVT_MTU, mtu)
s = ble.Service(0x180F)
c = ble.Characteristic(0x2A19, ble.NOTIFY | ble.READ, 1, "Battery Level", ble.NUMBER)
s.add_characteristic(c)
ble.add_service(s)
ble.start()
ble.start_advertising()
