import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()

pinMode(LED0, OUTPUT)
digitalWrite(LED0, LOW)

def led_toggle(status, value):
    if status & ble.WRITE:
        if value:
            digitalWrite(LED0, HIGH)
        else:
            digitalWrite(LED0, LOW)
        print("LED is", digitalRead(LED0))

c = ble.Characteristic(0x1525,ble.WRITE | ble.READ,1,"LED",ble.NUMBER)
c.set_callback(led_toggle)
s = ble.Service(0x1523)
s.add_characteristic(c)
ble.add_service(s)
ble.start()
ble.start_advertising()
