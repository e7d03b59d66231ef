import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def report(data):
    names = {ble.ADV_CONN_UND: "CONN_UND", ble.ADV_SCAN_UND: "SCAN_UND", ble.ADV_UNCN_UND: "UNCN_UND", ble.ADV_SCAN_RSP: "SCAN_RSP"}
    print(names[data[0]], ble.btos(data[3]))

ble.add_callback(ble.EVT_SCAN_REPORT, report)
ble.scanning(20, 20)
ble.start()
ble.start_scanning(0)
