import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def first(addr):
    print("first")

def second(addr):
    print("second")

def gone(addr):
    print("gone")
    ble.add_callback(ble.EVT_CONNECTED, None)
    ble.start_advertising()

ble.add_callback(ble.EVT_CONNECTED, first)
ble.add_callback(ble.EVT_CONNECTED, second)
ble.add_callback(ble.EVT_DISCONNECTED, gone)
ble.start()
ble.start_advertising()
