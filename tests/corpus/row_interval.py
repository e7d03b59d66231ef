import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

ble.gap("Zerynth")
ble.start()
# advertising() was not called
ble.start_advertising()
print("default")
sleep(4000)
ble.advertising(1000)
ble.start_advertising()
print("a second")
