import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

ble.gap("Zerynth with a name far too long for one packet")
ble.start()
ble.start_advertising()
