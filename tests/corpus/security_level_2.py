import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def say(text):
    def cb(arg):
        print(text)
    return cb

def shown(passkey):
    print("passkey", 0 <= passkey <= 999999, len(str(passkey)))

def match(passkey):
    print("compare", len("" + passkey))
    ble.confirm_passkey(1)

def complete(what):
    print("complete", what.success, what.level)

ble.add_callback(ble.EVT_CONNECTED, say("connected"))
ble.add_callback(ble.EVT_AUTH_FAILED, say("failed"))
ble.add_callback(ble.EVT_SHOW_PASSKEY, shown)
ble.add_callback(ble.EVT_MATCH_PASSKEY, match)
ble.add_callback(ble.EVT_AUTH_COMPLETE, complete)
s = ble.Service(0x180F)
c = ble.Characteristic(0x2A19, ble.NOTIFY | ble.READ, 1, "Battery Level", ble.NUMBER)
c.set_value(0x64)
s.add_characteristic(c)
ble.add_service(s)
ble.gap("Zerynth", security=(ble.SECURITY_MODE_1, ble.SECURITY_LEVEL_2))
ble.security(ble.CAP_NONE)
ble.start()
ble.start_advertising()
