import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

from wireless import ble_beacons as bb

uuid = bytes([0xE2,0xC5,0x6D,0xB5,0xDF,0xFB,0x48,0xD2,0xB0,0x60,0xD0,0xF5,0xA7,0x10,0x96,0xE0])
p = bb.ibeacon_encode(uuid, 1, 515, -59)
ble.gap("Zerynth")
ble.advertising(100, payload=p, mode=ble.ADV_UNCN_UND)
ble.start()
ble.start_advertising()
got = bb.ibeacon_decode(p)
print(ble.btos(got[0]) == ble.btos(uuid), got[1], got[2], got[3])
