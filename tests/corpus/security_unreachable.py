import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

ble.gap("Zerynth", security=(ble.SECURITY_MODE_1, ble.SECURITY_LEVEL_3))
ble.security(capabilities=ble.CAP_NONE)
try:
    ble.start()
    print("started")
except ble.Error as e:
    print("refused")
