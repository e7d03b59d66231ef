# Shows every advertising packet once, for half a minute, again and again.
#
# glint run scanner.py

import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()

# how long, in milliseconds
scan_time = 30000

def report(data):
    kind, addr_type, rssi, packet, addr = data
    print("Packet from", ble.btos(addr), "of type", kind, "containing", ble.btos(packet))
    print("    its address is of type", addr_type, "and its RSSI is", rssi)

def started(arg):
    print("Scan started")

def stopped(arg):
    print("Scan stopped")
    ble.start_scanning(scan_time)

try:
    bledrv.init()
    ble.gap("Scanner", security=(ble.SECURITY_MODE_1, ble.SECURITY_LEVEL_1))
    ble.add_callback(ble.EVT_SCAN_REPORT, report)
    ble.add_callback(ble.EVT_SCAN_STARTED, started)
    ble.add_callback(ble.EVT_SCAN_STOPPED, stopped)

    # every 100 ms for 50 ms, and no duplicates
    ble.scanning(100, 50, duplicates=0)
    ble.start()
    ble.start_scanning(scan_time)
except Exception as e:
    print(e)

while True:
    sleep(10000)
