import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

ble.gap("Zerynth", 832, (ble.SECURITY_MODE_1, ble.SECURITY_LEVEL_1), (7.5, 20, 4, 500))
ble.start()
ble.start_advertising()
