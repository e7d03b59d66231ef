# Alerts for whoever pairs: encrypted, but nobody knows with whom (Just Works).
#
# glint run alerts_just_works.py, and in another terminal: glint monitor --name Notifier

import streams
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()

enabled = True
connected = False

# the control point: 0 enables, 2 disables a category
def control(status, value):
    global enabled
    print("Command", value[0], "for category", value[1])
    if value[0] == 0:
        enabled = True
    elif value[0] == 2:
        enabled = False

def connection(address):
    global connected
    print("Connected to", ble.btos(address))
    connected = True

def disconnection(address):
    global connected
    print("Disconnected from", ble.btos(address))
    connected = False
    # nothing restarts advertising but the program
    ble.start_advertising()

def failed(arg):
    print(ble.last_error)

try:
    bledrv.init()

    ble.gap("Notifier", security=(ble.SECURITY_MODE_1, ble.SECURITY_LEVEL_2))
    ble.add_callback(ble.EVT_CONNECTED, connection)
    ble.add_callback(ble.EVT_DISCONNECTED, disconnection)

    # Alert Notification (0x1811): New Alert, and its control point
    s = ble.Service(0x1811)
    alert = ble.Characteristic(0x2A46, ble.NOTIFY | ble.READ, 16, "New Alerts", ble.BYTES)
    s.add_characteristic(alert)
    point = ble.Characteristic(0x2A44, ble.WRITE, 2, "Alerts control", ble.BYTES)
    point.set_callback(control)
    s.add_characteristic(point)
    ble.add_service(s)

    # no display and no keys, so neither side can show who it is
    ble.security(capabilities=ble.CAP_NONE, bonding=ble.AUTH_BOND)
    ble.add_callback(ble.EVT_AUTH_FAILED, failed)

    ble.advertising(50)
    ble.start()
    ble.start_advertising()

except Exception as e:
    print(e)

while True:
    sleep(5000)
    if connected and enabled:
        value = bytearray(alert.get_value())
        value[0] = 0               # a simple alert
        if value[1] < 255:
            value[1] = value[1] + 1
        print("New alert, the total is", value[1])
        value[2:10] = "Zerynth!"   # some text
        alert.set_value(value)
