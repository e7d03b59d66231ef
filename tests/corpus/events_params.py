import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

peer = [None]

def connected(addr):
    peer[0] = addr
    print("connected")

def changed(what):
    print("parameters", what.peer == peer[0])

ble.gap("Zerynth", connection=(100, 200, 0, 4000))
ble.add_callback(ble.EVT_CONNECTED, connected)
ble.add_callback(ble.EVT_PARAMS, changed)
ble.start()
ble.start_advertising()
