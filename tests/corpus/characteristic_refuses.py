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

refused("size 0", lambda: ble.Characteristic(0x1524, ble.READ, 0, ""))
refused("size 513", lambda: ble.Characteristic(0x1524, ble.READ, 513, ""))
refused("size 512", lambda: ble.Characteristic(0x1524, ble.READ, 512, "", ble.BYTES))
refused("type", lambda: ble.Characteristic(0x1524, ble.READ, 1, "", 3))
refused("permission", lambda: ble.Characteristic(0x1524, 256, 1, ""))
refused("uuid", lambda: ble.Characteristic(0x10000, ble.READ, 1, ""))
refused("callback", lambda: ble.Characteristic(0x1524, ble.READ, 1, "").set_callback(7))
refused("service base", lambda: ble.Service(0xA001, bytes([1, 2, 3])))
refused("not a characteristic", lambda: ble.Service(0x180F).add_characteristic(7))
refused("not a service", lambda: ble.add_service(7))
refused("event", lambda: ble.add_callback(99, None))
