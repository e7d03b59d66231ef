import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def report(data):
    print(data[0], data[1], ble.btos(data[3]))

def stopped(arg):
    print("stopped")

ble.add_callback(ble.EVT_SCAN_REPORT, report)
ble.add_callback(ble.EVT_SCAN_STOPPED, stopped)
ble.start()
for kinds, addrs in ((ble.SCAN_FILTER_ALL, ble.SCAN_ADDR_PUBLIC), (ble.SCAN_FILTER_CONNECTABLE, ble.SCAN_ADDR_ALL),
                     (ble.SCAN_FILTER_NONCONN, ble.SCAN_ADDR_ALL), (ble.SCAN_FILTER_ALL, ble.SCAN_ADDR_RANDOM_ONLY),
                     (ble.SCAN_FILTER_ALL, ble.SCAN_ADDR_PUBLIC_ONLY),
                     (ble.SCAN_FILTER_SCAN_RSP, ble.SCAN_ADDR_ALL)):
    ble.scanning(50, 50, filter=kinds, addr=addrs, active=1)
    print("filter", kinds, addrs)
    ble.start_scanning(1000)
    sleep(1500)
ble.stop()
