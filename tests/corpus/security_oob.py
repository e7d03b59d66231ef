import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def refused(fn, *args):
    try:
        fn(*args)
        print("taken")
    except ble.Error as e:
        print("refused")

def failed(_):
    print("failed")

def complete(what):
    print("complete", what.success)

# data that comes another way than the air is used only if it was said so
ble.start()
refused(ble.oob_data)
ble.security(oob=1, scheme=ble.AUTH_SC | ble.AUTH_MITM)
# mine for the peer, a random value and a confirm value, anew each time
mine = ble.oob_data()
print(len(mine), mine != ble.oob_data())
refused(ble.set_oob_data, b"too short")
refused(ble.set_oob_data, mine)
# a peer without any, and nothing else that protects: not what was asked for
ble.add_callback(ble.EVT_AUTH_FAILED, failed)
ble.add_callback(ble.EVT_AUTH_COMPLETE, complete)
ble.start_advertising()
