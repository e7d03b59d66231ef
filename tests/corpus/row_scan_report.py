import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def report(data):
    kind, addr_type, rssi, packet, addr = data
    print(kind, addr_type, rssi < 0, ble.btos(packet), ble.btos(addr))

def stopped(arg):
    print("stopped", arg)
    ble.stop()

ble.gap("Zerynth", security=(ble.SECURITY_MODE_1, ble.SECURITY_LEVEL_1))
ble.add_callback(ble.EVT_SCAN_REPORT, report)
ble.add_callback(ble.EVT_SCAN_STOPPED, stopped)
ble.scanning(100, 100, active=1)
ble.start()
ble.start_scanning(3000)
