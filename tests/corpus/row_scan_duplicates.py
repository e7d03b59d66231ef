import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

counts = [0]

def report(data):
    counts[0] += 1

def stopped(arg):
    print("without duplicates", counts[0])
    again()

def again():
    ble.add_callback(ble.EVT_SCAN_STOPPED, last)
    counts[0] = 0
    ble.scanning(100, 100, duplicates=1)
    ble.start_scanning(5000)

def last(arg):
    print("with duplicates more than ten", counts[0] > 10)
    ble.stop()

ble.add_callback(ble.EVT_SCAN_REPORT, report)
ble.add_callback(ble.EVT_SCAN_STOPPED, stopped)
ble.scanning(100, 100, 0)
ble.start()
ble.start_scanning(5000)
