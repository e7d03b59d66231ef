import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

print(ble.btos(bytes([0x0A, 0x1B, 0x2C, 0x3D, 0x4E, 0x5F])))
print(ble.btos(bytearray([0, 255])))
print(ble.btos(b""))
print(ble.btos(-60), ble.btos(7), ble.btos(0x1FF))
print(ble.btos(bytes(range(16))))
