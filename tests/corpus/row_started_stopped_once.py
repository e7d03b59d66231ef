import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def say(text):
    def cb(arg):
        print(text, arg)
    return cb

ble.gap("Zerynth")
ble.add_callback(ble.EVT_ADV_STARTED, say("adv started"))
ble.add_callback(ble.EVT_ADV_STOPPED, say("adv stopped"))
ble.add_callback(ble.EVT_SCAN_STARTED, say("scan started"))
ble.add_callback(ble.EVT_SCAN_STOPPED, say("scan stopped"))
ble.start()
ble.stop_advertising()
ble.stop_scanning()
sleep(500)
ble.start_scanning(1000)
sleep(2000)
print("--")
ble.start_scanning(0)
sleep(2000)
ble.stop_scanning()
sleep(500)
ble.stop_scanning()
sleep(500)
print("--")
ble.start_advertising()
sleep(1000)
ble.stop_advertising()
sleep(500)
ble.stop_advertising()
sleep(500)
print("end")
ble.stop()
