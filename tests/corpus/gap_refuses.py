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
        print(what, "refused", isinstance(e, ValueError), isinstance(e, ble.Error))

refused("name", lambda: ble.gap("x" * 249))
refused("longest name", lambda: ble.gap("x" * 248))
refused("name type", lambda: ble.gap(7))
refused("appearance", lambda: ble.gap("Z", 65536))
refused("interval low", lambda: ble.gap("Z", connection=(7, 650, 0, 4000)))
refused("interval high", lambda: ble.gap("Z", connection=(400, 4001, 0, 32000)))
refused("interval order", lambda: ble.gap("Z", connection=(650, 400, 0, 4000)))
refused("latency", lambda: ble.gap("Z", connection=(10, 10, 500, 32000)))
refused("time-out low", lambda: ble.gap("Z", connection=(10, 10, 0, 90)))
refused("time-out high", lambda: ble.gap("Z", connection=(400, 650, 0, 32010)))
refused("time-out against latency", lambda: ble.gap("Z", connection=(100, 100, 4, 1000)))
refused("mode 2 level 3", lambda: ble.gap("Z", security=(ble.SECURITY_MODE_2, ble.SECURITY_LEVEL_3)))
refused("mode 3", lambda: ble.gap("Z", security=(3, 1)))
