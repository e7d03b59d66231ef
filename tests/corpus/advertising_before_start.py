import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def adv_started(arg):
    print("advertising")

ble.gap("Zerynth")
ble.add_callback(ble.EVT_ADV_STARTED, adv_started)
ble.advertising(100)
ble.start_advertising()
print("asked")
sleep(1000)
print("starting")
ble.start()
