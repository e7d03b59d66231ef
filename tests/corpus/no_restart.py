import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def disconnected(addr):
    print("disconnected")

ble.gap("Zerynth")
ble.add_callback(ble.EVT_DISCONNECTED, disconnected)
ble.advertising(100)
ble.start()
ble.start_advertising()
