import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

ble.gap("Zerynth")
ble.advertising(100, auto_restart=True)
ble.start()
ble.start_advertising()
