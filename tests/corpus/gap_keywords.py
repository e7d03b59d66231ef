import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

ble.gap("Zerynth", appearance=0x0341, security=(ble.SECURITY_MODE_1, ble.SECURITY_LEVEL_1), connection=(400, 650, 0, 4000))
ble.start()
ble.start_advertising()
