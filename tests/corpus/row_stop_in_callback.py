import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def stopped(arg):
    print("stopped")

def started(arg):
    print("started")
    ble.stop_scanning()

ble.add_callback(ble.EVT_SCAN_STARTED, started)
ble.add_callback(ble.EVT_SCAN_STOPPED, stopped)
ble.start()
ble.start_scanning(5000)
sleep(8000)
ble.stop()
print("end")
