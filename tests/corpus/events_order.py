import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

def connected(addr):
    print("connected to", ble.btos(addr), len(addr))

def disconnected(addr):
    print("disconnected from", ble.btos(addr))

def adv_started(arg):
    print("advertising started", arg)

def adv_stopped(arg):
    print("advertising stopped", arg)

def written(status, value):
    print("written", status == ble.WRITE, value)

ble.gap("Zerynth")
ble.add_callback(ble.EVT_CONNECTED, connected)
ble.add_callback(ble.EVT_DISCONNECTED, disconnected)
ble.add_callback(ble.EVT_ADV_STARTED, adv_started)
ble.add_callback(ble.EVT_ADV_STOPPED, adv_stopped)
s = ble.Service(0x1523)
c = ble.Characteristic(0x1525, ble.WRITE | ble.READ, 1, "LED", ble.NUMBER)
c.set_callback(written)
s.add_characteristic(c)
ble.add_service(s)
ble.start()
ble.start_advertising()
