import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def adv_stopped(arg):
    pass

def mode(name, n):
    try:
        ble.advertising(50, mode=n)
        print(name, "taken")
    except ble.ArgumentError as e:
        print(name, "refused")

ble.gap("Zerynth")
mode("CONN_UND", ble.ADV_CONN_UND)
mode("SCAN_UND", ble.ADV_SCAN_UND)
mode("UNCN_UND", ble.ADV_UNCN_UND)
mode("CONN_DIR", ble.ADV_CONN_DIR)
mode("SCAN_RSP", ble.ADV_SCAN_RSP)
