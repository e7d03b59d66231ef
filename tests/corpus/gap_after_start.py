import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

ble.gap("Before")
ble.start()
ble.start_advertising()

def disconnected(addr):
    ble.gap("After")
    ble.start_advertising()

ble.add_callback(ble.EVT_DISCONNECTED, disconnected)
