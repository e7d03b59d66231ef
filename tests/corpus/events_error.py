import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def failed(what):
    # what did not work is told later than the call that asked for it
    print("error", bool(what.operation), what.code != 0, ble.last_error.code == what.code)

s = ble.Service(0x180F)
# its value is longer than what an advertising packet has room for
c = ble.Characteristic(0x2A19, ble.BROADCAST | ble.READ, 40, "", ble.BYTES)
s.add_characteristic(c)
ble.add_service(s)
ble.add_callback(ble.EVT_ERROR, failed)
ble.start()
ble.start_advertising()
