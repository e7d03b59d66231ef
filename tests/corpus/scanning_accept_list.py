import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

seen = [None]

def report(data):
    print("report", ble.btos(data[3]))
    seen[0] = data[4]

def stopped(arg):
    print("stopped")

ble.add_callback(ble.EVT_SCAN_REPORT, report)
ble.add_callback(ble.EVT_SCAN_STOPPED, stopped)
ble.start()
ble.scanning(50, 50)
ble.start_scanning(1000)
sleep(1500)
ble.accept_list([bytes([1, 2, 3, 4, 5, 6])])
ble.scanning(50, 50, filter=ble.SCAN_FILTER_ACCEPT_LIST)
ble.start_scanning(1000)
sleep(1500)
ble.accept_list([seen[0]])
ble.start_scanning(1000)
sleep(1500)
ble.stop()
