# A battery whose level changes every second: the smallest program with a service.
#
# glint run battery.py, and in another terminal: glint monitor --name Zerynth

import streams
# a driver first: where there is no nRF52 board, the simulated air is used
from nordic.nrf52_ble import nrf52_ble as bledrv
# then the module
from wireless import ble

streams.serial()

# initialize the driver
bledrv.init()

# the name that centrals see
ble.gap("Zerynth")

# a service: Battery (0x180F)
s = ble.Service(0x180F)

# a characteristic: Battery Level (0x2A19), a number of one octet
c = ble.Characteristic(0x2A19,ble.NOTIFY | ble.READ,1,"Battery Level",ble.NUMBER)

# the characteristic belongs to the service
s.add_characteristic(c)

# the service belongs to the device
ble.add_service(s)

# the radio is up from here on
ble.start()

# and now we can be found
ble.start_advertising()

while True:
    print(".")
    sleep(1000)
    # the new level is notified to every central that has subscribed
    c.set_value(random(0,100))
