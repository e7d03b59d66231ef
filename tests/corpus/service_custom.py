import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

base = bytes([0x01,0x02,0x03,0x04,0x05,0x06,0x07,0x08,0x09,0x0A,0x0B,0x0C,0x00,0x00,0x0F,0x10])
s = ble.Service(0xA001, base)
c = ble.Characteristic(0xA002, ble.READ, 1, "Short")
d = ble.Characteristic(0xA003, ble.READ, 1, "Long", base_uuid=base)
s.add_characteristic(c)
s.add_characteristic(d)
ble.add_service(s)
print(ble.btos(s.base_uuid))
ble.start()
ble.start_advertising()
