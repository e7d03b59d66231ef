import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

s = ble.Service(0x1809)
c = ble.Characteristic(0x2A1C, ble.INDICATE | ble.READ, 5, "Temperature", ble.BYTES)
s.add_characteristic(c)
ble.add_service(s)
ble.start()
ble.start_advertising()
sleep(10000)
c.set_value(bytes([0, 1, 2, 3, 4]))
c.set_value(bytes([0, 5, 6, 7, 8]))
print("both set")
