import streams
from wireless import ble

streams.serial()

class Driver:
    def __init__(self):
        self.calls = []
        self.values = {}

    def gap(self, *args):
        self.calls.append(("gap",) + args)

    def services(self, *args):
        self.calls.append(("services", len(args[0]), args[0][0][0], args[0][0][1][0], args[0][0][2]))

    def security(self, *args):
        self.calls.append(("security", len(args)))

    def advertising(self, *args):
        self.calls.append(("advertising", args[0], args[1], args[3]))

    def start_advertising(self):
        self.calls.append(("start_advertising",))

    def stop_advertising(self):
        self.calls.append(("stop_advertising",))

    def scanning(self, *args):
        self.calls.append(("scanning",) + args)

    def start_scanning(self, duration):
        self.calls.append(("start_scanning", duration))

    def stop_scanning(self):
        self.calls.append(("stop_scanning",))

    def start(self, services, callbacks):
        self.calls.append(("start",))
        self.callbacks = callbacks

    def set_value(self, service, char, buf):
        self.values[(service, char)] = bytes(buf)

    def get_value(self, service, char):
        return self.values[(service, char)]

    def bonded(self):
        return [bytes([6, 5, 4, 3, 2, 1])]

    def remove_bonded(self, addr):
        self.calls.append(("remove_bonded", bytes(addr)))

    def confirm_passkey(self, confirmed):
        self.calls.append(("confirm_passkey", confirmed))

def connected(addr):
    print("connected", ble.btos(addr))

drv = Driver()
__builtins__.__default_net["ble"] = drv
ble.gap("Zerynth", 832)
s = ble.Service(0x180F)
c = ble.Characteristic(0x2A19, ble.NOTIFY | ble.READ, 1, "Battery Level", ble.NUMBER)
s.add_characteristic(c)
ble.add_service(s)
ble.add_callback(ble.EVT_CONNECTED, connected)
ble.advertising(100)
ble.scanning(100, 50)
ble.start()
ble.start_advertising()
c.set_value(42)
print(c.get_value(), drv.values[(0x180F, 0x2A19)])
drv.callbacks[ble.EVT_CONNECTED](bytes([1, 2, 3, 4, 5, 6]))
ble.stop_advertising()
ble.start_scanning(500)
ble.stop_scanning()
ble.remove_bonded(bytes([1, 2, 3, 4, 5, 6]))
ble.confirm_passkey(1)
print(ble.btos(ble.bonded()[0]))
for call in (("gap", "Zerynth", 1, 1, 832, 400, 650, 0, 4000),
             ("services", 1, 0x180F, (0x2A19, "Battery Level", ble.NOTIFY | ble.READ, 1), None),
             ("advertising", 100, 0, ble.ADV_CONN_UND), ("scanning", 100, 50, 0, 0, 0, 0), ("start",), ("start_advertising",),
             ("stop_advertising",), ("start_scanning", 500), ("stop_scanning",), ("remove_bonded", bytes([1, 2, 3, 4, 5, 6])),
             ("confirm_passkey", 1)):
    print(call[0], call in drv.calls)
