"""BlueZ as a central, with the face of centrals.py, and what only BlueZ is asked: to pair, and to come back.

An attribute's handle is in its object's path: .../service0010/char0011/desc0013, a characteristic's that of its
declaration. What is read, written and notified goes over the bus, so all of BlueZ is in between, its cache too.
"""

import asyncio

from dbus_fast import Variant

from bus import ADAPTER, ADAPTER_PATH, CHARACTERISTIC, DESCRIPTOR, DEVICE, SERVICE, BluezError
from model import Characteristic, Service

BITS = {"broadcast": 0x01, "read": 0x02, "write-without-response": 0x04, "write": 0x08, "notify": 0x10,
        "indicate": 0x20, "authenticated-signed-writes": 0x40, "extended-properties": 0x80}
BASE = "-0000-1000-8000-00805f9b34fb"
NOTIFY = BITS["notify"]
ATTEMPTS = 20
PATIENCE_S = 5  # at first, for a device that advertises every 20 ms


def short(uuid):
    """As cases.py writes them: 4 or 32 hexadecimal digits."""
    return uuid[4:8] if uuid.startswith("0000") and uuid.endswith(BASE) else uuid.replace("-", "")


def number(path):
    return int(path[-4:], 16)


class Central:
    # What BlueZ cannot be asked, and how that shows. The GAP service is its own, and not shown.
    WHY = {
        "parameters": "Device1 has no method for it; what the peripheral asks for, Linux grants: see that check",
        "read by uuid": "GattCharacteristic1 has no method for it",
        "read multiple": "GattCharacteristic1 has no method for it",
        "read multiple variable": "GattCharacteristic1 has no method for it",
        "reliable": "WriteValue takes one value, of one characteristic",
        "cancel": "WriteValue executes what it has prepared",
        "services by uuid": "Device1 has no method that asks for one service",
        "either kind": "StartNotify takes notifications where there are both",
        "smallest mtu": "BlueZ exchanges the MTU before anything else",
        "no memory": "BlueZ subscribes again after each connection: the check of that",
        "range of change": "BlueZ takes in Service Changed itself: see the service that comes and goes",
        "generic access": "the GAP service is not among the objects",
        "a battery left alone": "BlueZ subscribes to a battery's level by itself",
    }

    def __init__(self, bus, record=None):
        self.bus, self.record = bus, record
        self.device = None
        self.paths = {}  # handle: (path, interface)
        self.unasked = asyncio.Queue()

    async def connect(self, name):
        await self.find(name)
        await self.link()

    async def find(self, name):
        """One that is not bonded: those have other checks."""
        def found():
            return [p for p, d in self.bus.having(DEVICE) if d.get("Name") == name and not d.get("Paired")]

        if not found():
            await self.bus.call(ADAPTER_PATH, ADAPTER, "SetDiscoveryFilter", "a{sv}", {"Transport": Variant("s", "le")})
            await self.bus.call(ADAPTER_PATH, ADAPTER, "StartDiscovery")
            await self.bus.until(found, f"{name} is found")
            await self.bus.call(ADAPTER_PATH, ADAPTER, "StopDiscovery")
        self.device = found()[0]

    def is_so(self, name, value=True):
        return self.bus.property(self.device, DEVICE, name) is value

    async def until(self, name, value=True):
        await self.bus.until(lambda: self.is_so(name, value), f"{name} is {value}")

    async def link(self):
        """Connect, as often as BlueZ says Input/output error: just after a link has ended its own socket of that link
        may still be there (bt_io_connect: Device or resource busy), and nothing has been sent to the controller. And
        again when Linux 6.1 has stopped its scan for the device as if it had been found, and looks for it no more.
        """
        for attempt in range(ATTEMPTS):
            try:
                await asyncio.wait_for(self.bus.call(self.device, DEVICE, "Connect"), PATIENCE_S * (attempt + 1))
                break
            except asyncio.TimeoutError:
                print("linux: has stopped to look for the device, and is asked again", flush=True)
                await self.bus.call(self.device, DEVICE, "Disconnect")
            except BluezError as e:
                if "Input/output" not in str(e) or attempt == ATTEMPTS - 1:
                    raise
        await self.until("ServicesResolved")

    async def pair(self):
        await self.bus.call(self.device, DEVICE, "Pair")

    async def disconnect(self):
        if self.is_so("Connected"):
            await self.bus.call(self.device, DEVICE, "Disconnect")
        await self.until("Connected", False)

    async def ended(self):
        await self.until("Connected", False)

    async def other_interval(self):
        """In microseconds, of this link's last change; nothing on the bus tells it."""
        lines = await self.record.traced("bthci_evt.le_meta_subevent == 0x03 && bthci_evt.status == 0",
                                         "bthci_evt.le_con_interval")
        return int(lines[-1], 0) * 1250

    async def forget(self):
        """What was found is found again by BlueZ itself."""

    async def remove(self):
        """Disconnects, and forgets the device with its keys."""
        if self.device in self.bus.objects:
            await self.bus.call(ADAPTER_PATH, ADAPTER, "RemoveDevice", "o", self.device)
            await self.bus.until(lambda: not self.bus.property(self.device, DEVICE, "Name"), "the device is removed")
        self.bus.values.clear()

    async def exchange_mtu(self):
        """BlueZ did it; it tells what came out with each characteristic."""
        return min(c["MTU"] for _, c in self.bus.having(CHARACTERISTIC, self.device))

    def _characteristics(self, service):
        for path, c in self.bus.having(CHARACTERISTIC, service):
            bits = sum(b for name, b in BITS.items() if name in c["Flags"])
            one = Characteristic(short(c["UUID"]), bits, number(path), number(path) + 1)
            self.paths[one.handle] = (path, CHARACTERISTIC)
            for at, d in self.bus.having(DESCRIPTOR, path):
                one.descriptors[short(d["UUID"])] = number(at)
                self.paths[number(at)] = (at, DESCRIPTOR)
            yield one

    async def tree(self):
        services = []
        self.paths.clear()
        for path, s in self.bus.having(SERVICE, self.device):
            service = Service(short(s["UUID"]), number(path), number(path), s["Primary"])
            service.characteristics = list(self._characteristics(path))
            for c in service.characteristics:
                service.end = max([service.end, c.handle, *c.descriptors.values()])
            for included in s.get("Includes", ()):
                uuid = self.bus.property(included, SERVICE, "UUID")
                service.includes.append((number(included), None, short(uuid)))
            services.append(service)
        return services

    async def services(self, uuid):
        return [(s.start, s.end) for s in await self.tree() if s.uuid == uuid]

    async def read(self, handle):
        path, interface = self.paths[handle]
        value, = await self.bus.call(path, interface, "ReadValue", "a{sv}", {})
        return bytes(value)

    async def _write(self, handle, data, kind):
        path, interface = self.paths[handle]
        options = {"type": Variant("s", kind)} if interface == CHARACTERISTIC else {}
        await self.bus.call(path, interface, "WriteValue", "aya{sv}", data, options)

    async def write(self, handle, data):
        await self._write(handle, data, "request")

    async def command(self, handle, data):
        await self._write(handle, data, "command")

    async def subscribe(self, c, bits):
        path, _ = self.paths[c.handle]
        indication = not c.properties & NOTIFY
        assert bits in (0, 2 if indication else 1), f"BlueZ chooses notifications of what has them, not {bits}"
        if bits:
            self.bus.values[path] = lambda value: self.unasked.put_nowait((c.handle, value, indication))
        await self.bus.call(path, CHARACTERISTIC, "StartNotify" if bits else "StopNotify")

    async def notified(self):
        return await asyncio.wait_for(self.unasked.get(), 30)
