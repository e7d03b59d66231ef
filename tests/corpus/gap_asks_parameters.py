import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def connected(addr):
    print("connected")

ble.gap("Zerynth", connection=(400, 650, 0, 4000))
ble.add_callback(ble.EVT_CONNECTED, connected)
ble.start()
ble.start_advertising()
