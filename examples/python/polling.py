# Three services, and a loop that looks what centrals have written: no callbacks at all.
#
# glint run polling.py, and in another terminal: glint monitor --name House -c 'write 2A06 02'

import streams
from espressif.esp32ble import esp32ble as bledrv
from wireless import ble

streams.serial()
bledrv.init()
ble.gap("House")

alarm = ble.Service(0x1802)
level = ble.Characteristic(0x2A06, ble.READ | ble.WRITE, 1, "Alarm", ble.NUMBER)
alarm.add_characteristic(level)
ble.add_service(alarm)

clock = ble.Service(0x1805)
time = ble.Characteristic(0x2A2B, ble.READ | ble.WRITE, 10, "Time", ble.BYTES)
clock.add_characteristic(time)
ble.add_service(clock)

door = ble.Service(0xA001, bytes([0x01,0x02,0x03,0x04,0x05,0x06,0x07,0x08,0x09,0x0A,0x0B,0x0C,0x00,0x00,0x0F,0x10]))
sign = ble.Characteristic(0xA002, ble.READ | ble.WRITE, 20, "Sign at the door", ble.STRING)
door.add_characteristic(sign)
ble.add_service(door)
sign.set_value("nobody home")

ble.start()
ble.advertising(100, auto_restart=True)
ble.start_advertising()

seen = [level.get_value(), time.get_value(), sign.get_value()]
print("Alarm", seen[0], "time", ble.btos(seen[1]), "sign", seen[2])
while True:
    sleep(1000)
    now = [level.get_value(), time.get_value(), sign.get_value()]
    if now != seen:
        print("Alarm", now[0], "time", ble.btos(now[1]), "sign", now[2])
        seen = now
