"""The test device of tree.json on BlueZ: its database and its advertising are objects of ours that BlueZ asks.

What device.c does, in BlueZ's terms. 0x2902 and 0x2900 are made by BlueZ, as its properties ask for them.
"""

import asyncio
import contextlib

from dbus_fast import Variant

import model
from bus import ADAPTER, ADAPTER_PATH, CHARACTERISTIC, DESCRIPTOR, DEVICE, OBJECTS, PROPERTIES, SERVICE, BluezError

MANAGER, ADVERTISING = "org.bluez.GattManager1", "org.bluez.LEAdvertisingManager1"
ADVERTISEMENT = "org.bluez.LEAdvertisement1"
FLAGS = {"write-command": "write-without-response", "reliable": "reliable-write"}
LATER_S = 0.15


def long(uuid):
    text = uuid if len(uuid) == 32 else f"0000{uuid}00001000800000805f9b34fb"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


class Value:
    """A characteristic of tree.json."""

    def __init__(self, device, entry):
        self.device, self.entry, self.name = device, entry, entry["uuid"]
        self.path = None
        self.reset()

    def reset(self):
        commands = self.entry.get("read") == "commands"
        self.value = bytes(4) if commands else model.pattern(self.name, self.entry["length"])

    async def read(self, options):
        if "read" not in self.entry["properties"]:
            raise BluezError("NotPermitted", "write only")  # BlueZ asks all the same
        if self.entry.get("read") == "refused":
            raise BluezError("Failed", f"{model.REFUSED:#x}")
        if self.entry.get("read") == "later":
            due = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_later(LATER_S, due.set_result, None)
            await due
        return "ay", self.value[options.get("offset", 0):]

    async def write(self, data, options):
        value = self.value[:options.get("offset", 0)] + bytes(data) if options.get("offset") else bytes(data)
        if len(value) > self.entry.get("size", self.entry["length"]):
            raise BluezError("InvalidValueLength", "too long")
        if self.entry.get("write") == "judged" and value[:1] == b"\xFF":
            raise BluezError("Failed", f"{model.BAD_VALUE:#x}")
        if self.name == "x0204":
            await self.device.obey(value)
        if "write-command" in self.entry["properties"]:
            count = self.device.values["x0207"]
            count.value = bytes([count.value[0] + 1, 0, 0, 0])
        self.value = value

    async def nothing(self):
        """StartNotify, StopNotify: BlueZ sends to who has subscribed, and only then."""

    def notify(self, value):
        self.device.bus.emit(self.path, PROPERTIES, "PropertiesChanged", "sa{sv}as",
                             CHARACTERISTIC, {"Value": Variant("ay", value)}, [])


class Application:
    """Services at a path of their own: what BlueZ asks for with GetManagedObjects."""

    def __init__(self, device, path, services):
        self.device, self.path = device, path
        self.objects, self.places = {}, {}
        for n, entry in enumerate(services):
            self._add_service(f"{path}/s{n}", entry)
        device.bus.serve(path, OBJECTS, GetManagedObjects=self._managed)

    async def _managed(self):
        return "a{oa{sa{sv}}}", self.objects

    def _add_service(self, path, entry):
        self.places[entry["uuid"]] = path
        self.objects[path] = {SERVICE: {
            "UUID": Variant("s", long(model.uuid(entry["uuid"]))), "Primary": Variant("b", not entry.get("secondary")),
            "Includes": Variant("ao", [self.places[i] for i in entry.get("includes", ())])}}
        for n, characteristic in enumerate(entry["characteristics"]):
            self._add_characteristic(path, f"{path}/c{n}", characteristic)

    def _add_characteristic(self, service, path, entry):
        value = self.device.values[entry["uuid"]] = Value(self.device, entry)
        value.path = path
        flags = entry.get("flags") or [FLAGS.get(p, p) for p in entry["properties"]]
        self.objects[path] = {CHARACTERISTIC: {
            "UUID": Variant("s", long(model.uuid(entry["uuid"]))), "Service": Variant("o", service),
            "Flags": Variant("as", flags)}}
        self.device.bus.serve(path, CHARACTERISTIC, ReadValue=value.read, WriteValue=value.write,
                              StartNotify=value.nothing, StopNotify=value.nothing, Confirm=value.nothing)
        for uuid, first in model.descriptors(entry).items():
            if uuid not in ("2902", "2900"):
                self._add_descriptor(path, f"{path}/d{uuid}", uuid, first)

    def _add_descriptor(self, characteristic, path, uuid, value):
        state = {"value": value}

        async def read(options):
            return "ay", state["value"][options.get("offset", 0):]

        async def write(data, _options):
            state["value"] = bytes(data)

        flags = ["read", "write"] if uuid == "2903" else ["read"]
        self.objects[path] = {DESCRIPTOR: {
            "UUID": Variant("s", long(uuid)), "Characteristic": Variant("o", characteristic),
            "Flags": Variant("as", flags)}}
        self.device.bus.serve(path, DESCRIPTOR, ReadValue=read, WriteValue=write)

    async def register(self):
        await self.device.bus.call(ADAPTER_PATH, MANAGER, "RegisterApplication", "oa{sv}", self.path, {})

    async def unregister(self):
        await self.device.bus.call(ADAPTER_PATH, MANAGER, "UnregisterApplication", "o", self.path)


class Peripheral:
    WHY = {
        "read multiple variable": "BlueZ 5.66 leaves the request unanswered (seen: none in 30 s)",
        "the last octet": "BlueZ 5.66 refuses 8 prepared octets at 504 with 0x0D, without asking us for them (seen)",
    }

    def __init__(self, bus, services=None):
        self.bus, self.values = bus, {}
        self.services = services or model.TREE["services"]
        self.later = None
        self.tasks = set()

    async def start(self, name):
        """The database is there, and advertised under this name."""
        await Application(self, "/glint", self.services).register()
        properties = {"Type": Variant("s", "peripheral"), "LocalName": Variant("s", name),
                      "Discoverable": Variant("b", True)}

        async def everything(_interface):
            return "a{sv}", properties

        self.bus.serve("/advertisement", PROPERTIES, GetAll=everything)
        self.bus.serve("/advertisement", ADVERTISEMENT, Release=self.nothing)
        await self.bus.call(ADAPTER_PATH, ADVERTISING, "RegisterAdvertisement", "oa{sv}", "/advertisement", {})

    async def nothing(self):
        """Release: BlueZ has ended it, with our connection to the bus."""

    def connected(self):
        return [path for path, d in self.bus.having(DEVICE) if d.get("Connected")]

    async def alone(self):
        """Nobody is connected any more, and all values are what they were at first."""
        await self.bus.until(lambda: not self.connected(), "the central has gone")
        for path, d in self.bus.having(DEVICE):
            if not d.get("Paired"):
                with contextlib.suppress(BluezError):
                    await self.bus.call(ADAPTER_PATH, ADAPTER, "RemoveDevice", "o", path)
        for value in self.values.values():
            value.reset()

    async def hang_up(self):
        for path in self.connected():
            await self.bus.call(path, DEVICE, "Disconnect")

    async def obey(self, order):
        if len(order) == 2 and 1 <= order[0] <= 3:
            await self.stream(f"x020{order[0]}", order[1], 20)  # before the answer, and so before it is subscribed to
        elif len(order) == 4 and order[0] == 7:
            self._soon(self.stream("x0201", order[1] | order[2] << 8, order[3]))
        elif len(order) == 4 and order[0] == 9:
            self._soon(self.stream("x0202", order[1] | order[2] << 8, order[3]))
        elif order == b"\x04":
            self.later = Application(self, "/later", [model.TREE["later"]])
            self._soon(self.later.register())
        elif order == b"\x05":
            self._soon(self.later.unregister())
        elif order == b"\x06":
            self._soon(self.hang_up())
        else:
            raise BluezError("Failed", f"{model.BAD_VALUE:#x}")

    async def stream(self, name, count, length):
        """Not faster than BlueZ takes them: dbus-fast loses its head when the socket is full."""
        for n in range(count):
            self.values[name].notify(model.numbered(n, length))
            if n % 10 == 9:
                await self.bus.call("/org/bluez", "org.freedesktop.DBus.Peer", "Ping")

    def _soon(self, work):
        """After the answer to what has ordered it."""
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
