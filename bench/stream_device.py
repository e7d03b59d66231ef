"""What stream_device.c does, by the old face: stream_device.py OCTETS."""
import sys
import threading

from wireless import ble

octets = int(sys.argv[1]) if len(sys.argv) > 1 else 20
value = ble.Characteristic(0x2A19, ble.NOTIFY, octets, type=ble.BYTES)
ble.add_service(ble.Service(0x180F, characteristics=[value]))
subscribed = threading.Event()
ble.add_callback(ble.EVT_SUBSCRIBED, lambda what: subscribed.set())
ble.start()
ble.start_advertising()
subscribed.wait()
number = 0
while True:
    value.set_value(number.to_bytes(octets, "little"))
    number += 1
