# Shows the Eddystone beacons and iBeacons that it hears.
#
# glint run beacon_reader.py, and in another terminal: glint run beacon.py

import streams
from espressif.esp32ble import esp32ble as bledrv
from wireless import ble
from wireless import ble_beacons as bb

streams.serial()

def eddystone(packet, rssi):
    kind = bb.eddy_decode_type(packet)
    if kind == bb.EDDY_URL:
        url, tx = bb.eddy_decode(packet)
        print("URL", url, "sent with", tx, "heard with", rssi)
    elif kind == bb.EDDY_UID:
        namespace, instance, tx = bb.eddy_decode(packet)
        print("UID", ble.btos(namespace), ble.btos(instance), "sent with", tx, "heard with", rssi)
    elif kind == bb.EDDY_TLM:
        battery, temperature, count, uptime = bb.eddy_decode(packet)
        print("TLM", battery, "mV", temperature, "degrees", count, "packets", uptime, "seconds")

def report(data):
    packet = data[3]
    rssi = data[2]
    try:
        eddystone(packet, rssi)
        return
    except ValueError:
        pass
    try:
        uuid, major, minor, tx = bb.ibeacon_decode(packet)
        print("iBeacon", ble.btos(uuid), major, minor, "sent with", tx, "heard with", rssi)
    except ValueError:
        pass

def stopped(arg):
    ble.start_scanning(3000)

try:
    bledrv.init()
    ble.gap("Reader", security=(ble.SECURITY_MODE_1, ble.SECURITY_LEVEL_1))
    ble.add_callback(ble.EVT_SCAN_REPORT, report)
    ble.add_callback(ble.EVT_SCAN_STOPPED, stopped)
    ble.scanning(100, 50, duplicates=0)
    ble.start()
    ble.start_scanning(3000)
except Exception as e:
    print(e)

while True:
    sleep(10000)
