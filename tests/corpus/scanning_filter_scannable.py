import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def report(data):
    print("report", data[0])

ble.add_callback(ble.EVT_SCAN_REPORT, report)
ble.start()
for kinds in (ble.SCAN_FILTER_CONNECTABLE, ble.SCAN_FILTER_SCANNABLE, ble.SCAN_FILTER_CONNECTABLE | ble.SCAN_FILTER_SCANNABLE):
    ble.scanning(50, 50, filter=kinds)
    print("filter", kinds)
    ble.start_scanning(1000)
    sleep(1500)
ble.stop()
