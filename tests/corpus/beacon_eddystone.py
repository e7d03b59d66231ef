import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

from wireless import ble_beacons as bb

payloads = [
    bb.eddy_encode_uid("Zerynth", "Python", -69),
    bb.eddy_encode_url("https://www.zerynth.com", -69),
    bb.eddy_encode_tlm(40, 23.25, 5, 12),
]
state = [0]

def adv_stopped(arg):
    state[0] = (state[0] + 1) % 3
    ble.advertising(100, timeout=3000, payload=payloads[state[0]], mode=ble.ADV_UNCN_UND)
    ble.start_advertising()
    print("now", state[0])

print(bb.EDDY_UID, bb.EDDY_URL, bb.EDDY_TLM, bb.EDDY_LTM)
ble.gap("Zerynth", security=(ble.SECURITY_MODE_1, ble.SECURITY_LEVEL_1))
ble.add_callback(ble.EVT_ADV_STOPPED, adv_stopped)
ble.advertising(100, timeout=3000, payload=payloads[0], mode=ble.ADV_UNCN_UND)
ble.start()
ble.start_advertising()
print("now", 0)
