import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def refused(what, fn):
    try:
        fn()
        print(what, "taken")
    except ble.ArgumentError as e:
        print(what, "refused")

refused("capabilities", lambda: ble.security(5))
refused("bonding", lambda: ble.security(bonding=2))
refused("scheme", lambda: ble.security(scheme=16))
refused("key_size low", lambda: ble.security(key_size=6))
refused("key_size high", lambda: ble.security(key_size=17))
refused("initiator", lambda: ble.security(initiator=16))
refused("responder", lambda: ble.security(responder=16))
refused("passkey", lambda: ble.security(passkey=1000000))
