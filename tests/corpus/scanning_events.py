import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def started(arg):
    print("scan started")

def stopped(arg):
    print("scan stopped")

ble.add_callback(ble.EVT_SCAN_STARTED, started)
ble.add_callback(ble.EVT_SCAN_STOPPED, stopped)
ble.start()
ble.start_scanning()
sleep(500)
print("half a second")
sleep(1500)
ble.stop()
