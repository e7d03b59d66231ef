# An Eddystone beacon that says who it is, where to look and how it is, in turns: the end of one advertising begins the
# next.
#
# glint run beacon.py, and in another terminal: glint scan

import streams
import timers
from espressif.esp32ble import esp32ble as bledrv
from wireless import ble
from wireless import ble_beacons as bb

streams.serial()

battery = 3000          # millivolts
temperature = 23.25     # degrees
packets = 0
turn = 0
uptime = timers.timer()
uptime.start()

def telemetry():
    return bb.eddy_encode_tlm(battery, temperature, packets, uptime.get() // 1000)

payloads = [
    bb.eddy_encode_uid("Zerynth", "Python", -69),
    bb.eddy_encode_url("https://www.zerynth.com", -69),
    telemetry(),
]
names = ["UID", "URL", "TLM"]
times = [10000, 15000, 1000]

def advertise():
    ble.advertising(100, timeout=times[turn], payload=payloads[turn], mode=ble.ADV_UNCN_UND)
    ble.start_advertising()
    print("Advertising", names[turn], ble.btos(payloads[turn]))

def stopped(arg):
    global turn, packets
    packets = packets + times[turn] // 100
    turn = (turn + 1) % 3
    if turn == 2:
        payloads[2] = telemetry()
    advertise()

try:
    bledrv.init()
    ble.gap("Beacon", security=(ble.SECURITY_MODE_1, ble.SECURITY_LEVEL_1))
    ble.add_callback(ble.EVT_ADV_STOPPED, stopped)
    ble.start()
    advertise()
except Exception as e:
    print(e)

while True:
    sleep(10000)
