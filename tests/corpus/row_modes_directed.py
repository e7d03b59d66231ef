import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

seen = [None]

def report(data):
    if seen[0] is None:
        seen[0] = data[4]
        print("found")
        ble.stop_scanning()

def scan_stopped(arg):
    ble.advertising(50, mode=ble.ADV_CONN_DIR, peer=seen[0])
    ble.start_advertising()
    print("calling")

def connected(addr):
    print("connected", addr == seen[0])

ble.gap("Zerynth")
ble.add_callback(ble.EVT_SCAN_REPORT, report)
ble.add_callback(ble.EVT_SCAN_STOPPED, scan_stopped)
ble.add_callback(ble.EVT_CONNECTED, connected)
ble.scanning(50, 50)
ble.start()
ble.start_scanning(10000)
