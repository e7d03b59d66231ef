# A LED that a central switches: write 01 or 00 to characteristic 1525.
#
# glint run led.py --show-pins, and in another terminal: glint monitor --name Lamp -c 'write 1525 01'

import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()
pinMode(LED0, OUTPUT)

def led_toggle(status, value):
    if status & ble.WRITE:
        if value:
            digitalWrite(LED0, HIGH)
        else:
            digitalWrite(LED0, LOW)
        print("LED is", "on" if digitalRead(LED0) else "off")

def disconnected(addr):
    ble.start_advertising()

ble.gap("Lamp")
ble.add_callback(ble.EVT_DISCONNECTED, disconnected)

s = ble.Service(0x1523)
c = ble.Characteristic(0x1525,ble.WRITE | ble.READ,1,"LED",ble.NUMBER)
c.set_callback(led_toggle)
s.add_characteristic(c)
ble.add_service(s)

ble.start()
ble.start_advertising()
