import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

print(ble.bonded())
ble.remove_bonded(bytes([1, 2, 3, 4, 5, 6]))
ble.remove_bonded("01:02:03:04:05:06")
ble.remove_bonded((1, 2, 3, 4, 5, 6))
try:
    ble.remove_bonded("nonsense")
except ble.ArgumentError as e:
    print("refused")
ble.start()
print(ble.bonded())
try:
    ble.confirm_passkey(1)
except ble.Error as e:
    print("nothing to confirm")
try:
    ble.enter_passkey(123456)
except ble.Error as e:
    print("nothing to enter")
ble.stop()
