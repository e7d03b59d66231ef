import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

from wireless import ble_beacons as bb

def report(data):
    try:
        kind = bb.eddy_decode_type(data[3])
        if kind == bb.EDDY_URL:
            url, tx = bb.eddy_decode(data[3])
            print("url", url, tx)
        elif kind == bb.EDDY_UID:
            namespace, instance, tx = bb.eddy_decode(data[3])
            print("uid", ble.btos(namespace), ble.btos(instance), tx)
        elif kind == bb.EDDY_TLM:
            battery, temperature, count, uptime = bb.eddy_decode(data[3])
            print("tlm", battery, temperature, count, int(uptime))
    except ValueError:
        try:
            uuid, major, minor, tx = bb.ibeacon_decode(data[3])
            print("ibeacon", ble.btos(uuid), major, minor, tx)
        except ValueError:
            print("neither")

ble.add_callback(ble.EVT_SCAN_REPORT, report)
ble.scanning(50, 50)
ble.start()
ble.start_scanning(0)
