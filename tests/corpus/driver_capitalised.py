import Streams
from Espressif.Esp32ble import Esp32ble as BleDriver
from Nordic.Nrf52_ble import Nrf52_ble as OtherDriver
from Wireless import Ble

Streams.serial()
BleDriver.init()

Ble.gap("Zerynth")
Ble.advertising(100)
Ble.start()
Ble.start_advertising()
print("on")
