import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

ble.gap("Zerynth")
ble.start()
for mode in (ble.ADV_CONN_UND, ble.ADV_SCAN_UND, ble.ADV_UNCN_UND):
    ble.advertising(50, mode=mode)
    ble.start_advertising()
    print("mode", mode)
    sleep(4000)
    ble.stop_advertising()
