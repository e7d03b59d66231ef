import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def connected(addr):
    print("before the error")
    x = 1 / 0

def disconnected(addr):
    print("still here")

ble.add_callback(ble.EVT_CONNECTED, connected)
ble.add_callback(ble.EVT_DISCONNECTED, disconnected)
ble.start()
ble.start_advertising()
