import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

s = ble.Service("100FA001-0C0B-0A09-0807-060504030201")
s.add_characteristic(ble.Characteristic(0x2A19, ble.READ, 1, None))
ble.add_service(s)
ble.start()
ble.start_advertising()
