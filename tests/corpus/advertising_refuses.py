import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def refused(what, fn):
    try:
        fn()
        print(what, "taken")
    except TypeError as e:
        print(what, "wrong type")
    except ble.ArgumentError as e:
        print(what, "refused")

refused("interval high", lambda: ble.advertising(10241))
refused("longest interval", lambda: ble.advertising(10240))
refused("interval type", lambda: ble.advertising("often"))
refused("timeout", lambda: ble.advertising(100, -1))
refused("mode", lambda: ble.advertising(100, mode=9))
refused("payload type", lambda: ble.advertising(100, payload=[1, 2]))
