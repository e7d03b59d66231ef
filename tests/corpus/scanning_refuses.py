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

refused("shortest", lambda: ble.scanning(2.5, 2.5))
refused("longest", lambda: ble.scanning(10240, 10240))
refused("interval low", lambda: ble.scanning(2, 2))
refused("interval high", lambda: ble.scanning(10241, 10))
refused("window", lambda: ble.scanning(10, 20))
refused("filter", lambda: ble.scanning(10, 10, filter=32))
refused("duration", lambda: ble.start_scanning(-1))
