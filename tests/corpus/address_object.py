import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def connected(addr):
    print(isinstance(addr, bytes), len(addr), addr.addr_type, ble.btos(addr) == "{0:02X}".format(addr[0]) + ble.btos(addr)[2:])

ble.add_callback(ble.EVT_CONNECTED, connected)
ble.start()
ble.start_advertising()
