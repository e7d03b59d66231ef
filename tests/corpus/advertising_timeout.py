import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def adv_stopped(arg):
    print("stopped after", (timers.now() - begun) // 100)

import timers
ble.gap("Zerynth")
ble.add_callback(ble.EVT_ADV_STOPPED, adv_stopped)
ble.advertising(100, timeout=3000)
ble.start()
begun = timers.now()
ble.start_advertising()
