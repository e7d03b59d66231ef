"""The test device on three hosts: ours (device.c), ble-host's (blehost/peripheral.js), and Bumble's, which is here.

Each is started on an air and yields when it advertises. LACKS names what a host's server cannot do.
"""

import asyncio
import contextlib
import logging

from bumble.att import ATT_Error, Attribute
from bumble.core import UUID, AdvertisingData
from bumble.device import Device
from bumble.gatt import Characteristic, CharacteristicValue, Descriptor, IncludedServiceDeclaration, Service
from bumble.hci import Address
from bumble.transport import open_transport

import air
import model

LATER_S = 0.15
logging.getLogger("bumble").setLevel(logging.ERROR)  # it warns of each request that it does not know
NOT_SUPPORTED = "Bumble 0.0.215 answers Request Not Supported, as server_without_these_procedures of cases.py sees"
WHY = {
    "bumble": {
        "prepared": NOT_SUPPORTED, "read multiple": NOT_SUPPORTED, "read multiple variable": NOT_SUPPORTED,
        "later": "bumble/gatt_server.py of 0.0.215 has no function that removes a service",
    },
    "blehost": {
        "includes": 'a service of ble-host 1.0.3 that includes another dies of "Invalid uuid: [object Object]", so that a '
                    "secondary one is out of reach",
        "extended properties": "ble-host 1.0.3's 0x2900 reads as no octets",
        "read multiple": 'Read Multiple makes ble-host 1.0.3 die of its own buffer, "push is not a function"',
        "read multiple variable": 'Read Multiple makes ble-host 1.0.3 die of its own buffer, "push is not a function"',
    },
    "glint": {},
}
LACKS = {name: frozenset(why) for name, why in WHY.items()}


DESCRIPTORS = (Attribute.READABLE, Attribute.READABLE | Attribute.WRITEABLE)


class BumbleDevice:
    """What device.c does, in Bumble's terms."""

    def __init__(self, device):
        self.device = device
        self.values = {}
        self.characteristics = {}
        self.commands = 0

    async def read(self, entry):
        if "read" not in entry["properties"]:
            raise ATT_Error(0x02)  # what permissions say does not keep Bumble from asking
        if entry.get("read") == "refused":
            raise ATT_Error(model.REFUSED)
        if entry.get("read") == "later":
            due = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_later(LATER_S, due.set_result, None)
            await due
        return self.values[entry["uuid"]]

    async def write(self, entry, connection, value):
        if not model.properties(entry) & 0x0C:
            raise ATT_Error(0x03)
        if len(value) > entry.get("size", entry["length"]):
            raise ATT_Error(0x0D)
        if entry["uuid"] == "x0204":
            asyncio.ensure_future(self.order(connection, value))
        if entry.get("write") == "judged" and value[:1] == b"\xFF":
            raise ATT_Error(model.BAD_VALUE)
        if "write-command" in entry["properties"]:
            self.values["x0207"] = bytes([self.values["x0207"][0] + 1, 0, 0, 0])
        self.values[entry["uuid"]] = bytes(value)

    def order(self, connection, value):
        """What is to be done, as a coroutine."""
        what = value[0]
        if what in (1, 2, 3) and len(value) == 2:
            return self.send(connection, f"x020{what}", value[1], 20)
        if what in (7, 9) and len(value) == 4:
            return self.send(connection, "x0201" if what == 7 else "x0202", value[1] | value[2] << 8, value[3])
        if what == 6:
            return connection.disconnect()
        if what == 8:
            return connection.update_parameters(30, 30, 0, 4000, use_l2cap=True)
        raise ATT_Error(model.BAD_VALUE)

    async def send(self, connection, name, count, length):
        c, server = self.characteristics[name], self.device.gatt_server
        indications = name == "x0202" or server.read_cccd(connection, c)[0] == 2
        one = server.indicate_subscriber if indications else server.notify_subscriber
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):  # of a connection that has ended
            for n in range(count):
                await one(connection, c, model.numbered(n, length))

    def characteristic(self, entry):
        def read(_connection):
            return self.read(entry)

        def write(connection, value):
            return self.write(entry, connection, value)

        self.values[entry["uuid"]] = bytes(4) if entry.get("read") == "commands" \
            else model.pattern(entry["uuid"], entry["length"])
        bits = model.properties(entry)
        may = Attribute.Permissions((Attribute.READABLE if bits & 0x02 else 0) |
                                    (Attribute.WRITEABLE if bits & 0x0C else 0))
        descriptors = [Descriptor(UUID.from_16_bits(int(uuid, 16)), DESCRIPTORS[uuid == "2903"], value)
                       for uuid, value in model.descriptors(entry).items() if uuid != "2902"]
        c = Characteristic(UUID(model.uuid(entry["uuid"])), Characteristic.Properties(bits), may,
                           CharacteristicValue(read=read, write=write), descriptors)
        self.characteristics[entry["uuid"]] = c
        return c

    def build(self):
        made = {}
        for entry in model.TREE["services"]:
            made[entry["uuid"]] = Service(
                UUID(model.uuid(entry["uuid"])), [self.characteristic(c) for c in entry["characteristics"]],
                not entry.get("secondary", False), [made[i] for i in entry.get("includes", [])])
            self.device.add_service(made[entry["uuid"]])
        for attribute in self.device.gatt_server.attributes:
            if isinstance(attribute, IncludedServiceDeclaration) and len(attribute.service.uuid.to_pdu_bytes()) == 16:
                attribute.value = attribute.value[:4]  # Bumble leaves the first octets of the UUID: Vol 3 Part G 3.2


@contextlib.asynccontextmanager
async def bumble(path):
    transport = await open_transport(f"unix:{path}")
    device = Device.with_hci("Interop", Address("F1:F1:F2:F3:F4:F5"), transport.source, transport.sink)
    BumbleDevice(device).build()
    await device.power_on()
    device.advertising_data = bytes(AdvertisingData([
        (AdvertisingData.FLAGS, bytes([6])), (AdvertisingData.COMPLETE_LOCAL_NAME, b"Interop")]))
    advertises_now = asyncio.Event()

    async def advertise():
        await device.start_advertising(advertising_interval_min=20, advertising_interval_max=20)
        advertises_now.set()

    def on_connection(connection):
        advertises_now.clear()
        connection.on("disconnection", lambda _: asyncio.ensure_future(advertise()))

    device.on("connection", on_connection)
    await advertise()
    try:
        yield
    finally:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(advertises_now.wait(), 5)  # Bumble dislikes a transport that ends under a command
        await transport.close()


async def advertises(process):
    line = await process.stdout.readline()
    if b"advertising" not in line:
        raise RuntimeError(f"the peripheral did not start: {line!r}")


@contextlib.asynccontextmanager
async def glint(path):
    async with air.program(path, "interop_device") as process:
        await advertises(process)
        yield


@contextlib.asynccontextmanager
async def blehost(path):
    async with air.node(path, "peripheral.js") as process:
        await advertises(process)
        yield
