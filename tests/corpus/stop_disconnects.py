import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def connected(addr):
    print("connected")

def disconnected(addr):
    print("disconnected")

ble.add_callback(ble.EVT_CONNECTED, connected)
ble.add_callback(ble.EVT_DISCONNECTED, disconnected)
ble.start()
ble.start_advertising()
sleep(5000)
ble.stop()
sleep(100)
print("end")
