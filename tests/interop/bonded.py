# A battery whose level wants an encrypted link, and goes up ten times a second: glint run bonded.py. What becomes of its
# radio is printed, and nothing is done about it. See peer_recovery.py.

from wireless import ble

ble.gap("Pairing", security=(ble.SECURITY_MODE_1, ble.SECURITY_LEVEL_2))
level = ble.Characteristic(0x2A19, ble.NOTIFY | ble.READ, 1, "", ble.NUMBER)
battery = ble.Service(0x180F)
battery.add_characteristic(level)
ble.add_service(battery)
ble.security(capabilities=ble.CAP_NONE, bonding=ble.AUTH_BOND)
ble.add_callback(ble.EVT_ADV_STARTED, lambda *_: print("advertising", flush=True))
ble.add_callback(ble.EVT_CONNECTED, lambda *_: print("connected", flush=True))
ble.add_callback(ble.EVT_ERROR, lambda *what: print("lost", *what, flush=True))
ble.advertising(50, auto_restart=True)
ble.start()
ble.start_advertising()
number = 0
while True:
    sleep(100)
    number = (number + 1) % 256
    level.set_value(number)
