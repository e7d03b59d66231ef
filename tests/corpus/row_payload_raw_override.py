import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

ble.gap("Zerynth")
# octets that would pass as a packet, sent as a value
ble.advertising(100, payload=bytes([2, 1, 6]), raw=False)
ble.start()
ble.start_advertising()
print("value")
sleep(3000)
# octets that would not, sent as they are
ble.advertising(100, payload=bytes([2, 0x77, 6]), raw=True)
print("packet")
