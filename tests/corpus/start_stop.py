import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

ble.gap("Zerynth")
ble.start()
ble.start()
ble.start_advertising()
print("on")
sleep(3000)
ble.stop()
ble.stop()
print("off")
sleep(3000)
ble.start()
ble.start_advertising()
print("on again")
