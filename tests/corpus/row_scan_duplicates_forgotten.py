import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def report(data):
    print("report", ble.btos(data[3]))

runs = [0]

def stopped(arg):
    runs[0] += 1
    if runs[0] < 3:
        ble.start_scanning(1000)
    else:
        print("end")
        ble.stop()

ble.add_callback(ble.EVT_SCAN_REPORT, report)
ble.add_callback(ble.EVT_SCAN_STOPPED, stopped)
ble.scanning(100, 100)
ble.start()
ble.start_scanning(1000)
