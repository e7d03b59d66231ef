"""Three centrals with one face: Bumble's in this process, ours (client.c) and ble-host's told what to do line by line.

Each has connect, exchange_mtu, tree, services, read, write, ..., and a queue of what comes unasked. An attribute is its
handle. LACKS names what a host's own interface cannot ask for; a case that needs it is left out for that host.
"""

import asyncio
import contextlib
import json
import struct

from bumble import att
from bumble.core import UUID, AdvertisingData
from bumble.device import ConnectionParametersPreferences, Device, Peer
from bumble.hci import HCI_LE_1M_PHY, Address
from bumble.transport import open_transport

import air
from model import AttError, Characteristic, Service

INCLUDED = 0x2802
WAIT_S = 10  # for what comes unasked


def reverse(text):
    return bytes.fromhex(text)[::-1].hex()


class Shell:
    """A program that takes commands line by line and answers in lines of JSON."""

    def __init__(self, process):
        self.process = process
        self.replies, self.unasked, self.changes = asyncio.Queue(), asyncio.Queue(), asyncio.Queue()
        self.intervals = asyncio.Queue()  # in us, in force from then on
        self.hung_up = asyncio.Event()
        self.mtu = 23
        self.reader = asyncio.ensure_future(self.listen())

    async def listen(self):
        while line := await self.process.stdout.readline():
            event = json.loads(line)
            if event["event"] == "notified":
                self.unasked.put_nowait((event["handle"], bytes.fromhex(event["value"]), event["indication"]))
            elif event["event"] == "disconnected":
                self.hung_up.set()
            elif event["event"] == "interval":
                self.intervals.put_nowait(event["us"])
            elif event["event"] == "changed":
                self.changes.put_nowait((event["start"], event["end"]))
            else:
                self.replies.put_nowait(event)
        self.replies.put_nowait({"event": "done", "err": 1, "why": "the central has ended"})

    async def ask(self, *words):
        """The events of one command; AttError when the server refused it."""
        command = " ".join(str(w) for w in words)
        self.process.stdin.write(command.encode() + b"\n")
        events = []
        while not events or events[-1]["event"] != "done":
            events.append(await self.replies.get())
        err = events[-1]["err"]
        if -0x200 < err < -0xFF:
            raise AttError(-err - 0x100)
        if err:
            raise RuntimeError(f"{command[:60]}: error {err} {events[-1].get('why', '')}")
        return events

    async def notified(self):
        return await asyncio.wait_for(self.unasked.get(), WAIT_S)

    async def ended(self):
        """Waits until the link has ended, whoever ended it."""
        await asyncio.wait_for(self.hung_up.wait(), WAIT_S)

    async def end(self):
        self.reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.reader

    async def connect(self, name):
        self.hung_up.clear()
        await self.ask("connect", name)

    async def exchange_mtu(self):
        for event in await self.ask("mtu"):
            self.mtu = event.get("mtu", self.mtu)
        return self.mtu

    async def read(self, handle):
        return b"".join(bytes.fromhex(e["value"]) for e in await self.ask("read", handle) if e["event"] == "value")

    async def write(self, handle, data):
        await self.ask("write", handle, data.hex() or "-")

    async def command(self, handle, data):
        await self.ask("command", handle, data.hex() or "-")

    async def subscribe(self, c, bits):
        await self.ask("subscribe", c.handle, c.end, bits)

    async def disconnect(self):
        await self.ask("disconnect")

    async def interval(self, us):
        """Asks for it; the interval in force then."""
        await self.ask("interval", us)
        return await self.other_interval()

    async def other_interval(self):
        """The next one in force, whoever has asked for it."""
        return await asyncio.wait_for(self.intervals.get(), WAIT_S)


class Glint(Shell):
    """client.c. A reliable write that succeeds is executed: the program cannot cancel it half way."""

    WHY = {"cancel": "our client executes a reliable write that succeeds"}
    LACKS = frozenset(WHY)

    async def services(self, uuid):
        return [(e["start"], e["end"]) for e in await self.ask("services", reverse(uuid)) if e["event"] == "service"]

    async def inside(self, service):
        for e in await self.ask("includes", service.start, service.end):
            if e["event"] == "included":
                service.includes.append((e["start"], e["end"], reverse(e["uuid"])))
        for e in await self.ask("characteristics", service.start, service.end):
            if e["event"] == "characteristic":
                service.characteristics.append(
                    Characteristic(reverse(e["uuid"]), e["properties"], e["start"], e["handle"]))
        service.finish()
        for c in service.characteristics:
            if c.end == c.handle:
                continue
            for e in await self.ask("descriptors", c.handle + 1, c.end):
                if e["event"] == "descriptor":
                    c.descriptors[reverse(e["uuid"])] = e["handle"]

    async def tree(self):
        services = [Service(reverse(e["uuid"]), e["start"], e["end"])
                    for e in await self.ask("services") if e["event"] == "service"]
        for service in services:  # grows by what is included
            await self.inside(service)
            known = {s.start for s in services}
            services += [Service(u, start, end, False) for start, end, u in service.includes if start not in known]
        return services

    async def read_by_uuid(self, uuid):
        events = await self.ask("readuuid", 1, 0xFFFF, reverse(uuid))
        return [(e["handle"], bytes.fromhex(e["value"])) for e in events if e["event"] == "value"]

    async def read_multiple(self, *handles):
        events = await self.ask("multiple", *handles)
        return b"".join(bytes.fromhex(e["value"]) for e in events if e["event"] == "value")

    async def read_multiple_variable(self, *handles):
        return [bytes.fromhex(e["value"]) for e in await self.ask("variable", *handles) if e["event"] == "value"]

    async def reliable(self, *values):
        await self.ask("reliable", *(w for handle, data in values for w in (handle, data.hex() or "-")))

    async def changed(self, _characteristic):
        return await asyncio.wait_for(self.changes.get(), WAIT_S)


class BleHost(Shell):
    """blehost/central.js"""

    WHY = {
        "includes": "ble-host 1.0.3's findIncludedServices asks for ever: it compares a 16-bit one's declaration, not its "
                    "length, with 6 (lib/internal/gatt.js)",
        "read by uuid": "ble-host 1.0.3's readUsingCharacteristicUuid loses its arguments (lib/internal/gatt.js)",
        "read multiple": "no function of ble-host 1.0.3's docs/api/gatt-client.md",
        "read multiple variable": "no function of ble-host 1.0.3's docs/api/gatt-client.md",
    }
    LACKS = frozenset(WHY)

    async def services(self, uuid):
        text = uuid if len(uuid) == 4 else "-".join((uuid[:8], uuid[8:12], uuid[12:16], uuid[16:20], uuid[20:]))
        text = text if len(uuid) == 32 else f"0000{uuid}-0000-1000-8000-00805F9B34FB"
        return [(e["start"], e["end"]) for e in await self.ask("services", text) if e["event"] == "service"]

    async def tree(self):
        services = []
        for e in await self.ask("tree"):
            if e["event"] == "service":
                services.append(Service(e["uuid"], e["start"], e["end"]))
            elif e["event"] == "characteristic":
                services[-1].characteristics.append(
                    Characteristic(e["uuid"], e["properties"], e["start"], e["handle"]))
            elif e["event"] == "descriptor":
                services[-1].characteristics[-1].descriptors[e["uuid"]] = e["handle"]
        for service in services:
            service.finish()
        return services

    async def reliable(self, *values, commit=True):
        await self.ask("begin")
        for handle, data in values:
            await self.ask("write", handle, data.hex() or "-")
        await self.ask("commit" if commit else "cancel")

    async def changed(self, characteristic):
        handle, value, indication = await self.notified()
        assert handle == characteristic.handle and indication, (handle, indication)
        return struct.unpack("<HH", value)

    async def forget(self):
        """It keeps what it has found until told, and listens to nothing that it has not found."""
        await self.ask("forget", 1, 0xFFFF)
        await self.ask("tree")


class Bumble:
    """Bumble's device and client; what its client has no verb for is sent by it as a request of its own making."""

    WHY = {"read multiple variable": "bumble/att.py of 0.0.215 has no such PDU"}
    LACKS = frozenset(WHY)

    def __init__(self, transport, device):
        self.transport, self.device = transport, device
        self.unasked, self.intervals = asyncio.Queue(), asyncio.Queue()
        self.hung_up = asyncio.Event()
        self.connection = self.client = None

    async def connect(self, name):
        found = asyncio.get_running_loop().create_future()

        def on_advertisement(advertisement):
            if advertisement.data.get(AdvertisingData.COMPLETE_LOCAL_NAME) == name and not found.done():
                found.set_result(advertisement.address)

        self.device.on("advertisement", on_advertisement)
        await self.device.start_scanning(legacy=True)
        address = await found
        await self.device.stop_scanning(legacy=True)
        fast = ConnectionParametersPreferences(connection_interval_min=7.5, connection_interval_max=7.5)
        self.connection = await self.device.connect(
            address, connection_parameters_preferences={HCI_LE_1M_PHY: fast})
        self.client = Peer(self.connection).gatt_client
        self.hung_up.clear()
        self.connection.on("disconnection", lambda _: self.hung_up.set())
        self.connection.on("connection_parameters_update", lambda *_: self.intervals.put_nowait(
            round(self.connection.parameters.connection_interval * 1000)))

    async def ended(self):
        await asyncio.wait_for(self.hung_up.wait(), WAIT_S)

    async def interval(self, us):
        await self.connection.update_parameters(us / 1000, us / 1000, 0, 4000)
        return await self.other_interval()

    async def other_interval(self):
        return await asyncio.wait_for(self.intervals.get(), WAIT_S)

    async def request(self, pdu):
        response = await self.client.send_request(pdu)
        if response.op_code == att.Opcode.ATT_ERROR_RESPONSE:
            raise AttError(response.error_code)
        return response

    async def guarded(self, call):
        try:
            return await call
        except att.ATT_Error as e:
            raise AttError(e.error_code) from e

    async def exchange_mtu(self):
        return await self.guarded(self.client.request_mtu(517))

    async def services(self, uuid):
        return [(s.handle, s.end_group_handle) for s in await self.client.discover_service(UUID(uuid))]

    async def includes(self, service):
        """Not Bumble's own procedure: it cannot take a declaration without UUID, which a 128-bit one is."""
        at = service.start
        while at <= service.end:
            try:
                response = await self.request(att.ATT_Read_By_Type_Request(
                    starting_handle=at, ending_handle=service.end, attribute_type=UUID.from_16_bits(INCLUDED)))
            except AttError as e:
                assert e.code == att.ATT_ATTRIBUTE_NOT_FOUND_ERROR, e
                return
            for handle, value in response.attributes:
                start, end = struct.unpack_from("<HH", value)
                uuid = value[4:] or await self.read(start)
                service.includes.append((start, end, uuid[::-1].hex()))
                at = handle + 1

    async def inside(self, service, proxy):
        await self.includes(service)
        for c in await self.client.discover_characteristics((), proxy):
            one = Characteristic(bytes(c.uuid.to_pdu_bytes())[::-1].hex(), int(c.properties), c.handle - 1, c.handle)
            one.proxy = c
            service.characteristics.append(one)
            for d in await self.client.discover_descriptors(c):
                one.descriptors[d.type.to_pdu_bytes()[::-1].hex()] = d.handle
        service.finish()

    async def tree(self):
        services = []
        for proxy in await self.client.discover_services():
            services.append(Service(proxy.uuid.to_pdu_bytes()[::-1].hex(), proxy.handle, proxy.end_group_handle))
            await self.inside(services[-1], proxy)
        known = {s.start for s in services}
        for start, end, uuid in [i for s in services for i in s.includes if i[0] not in known]:
            services.append(Service(uuid, start, end, False))
            proxy = type(proxy)(self.client, start, end, UUID.from_bytes(reverse_bytes(uuid)), False)
            await self.inside(services[-1], proxy)
        return services

    async def read(self, handle):
        return bytes(await self.guarded(self.client.read_value(handle)))

    async def read_by_uuid(self, uuid):
        found, at = [], 1
        while True:
            try:
                response = await self.request(att.ATT_Read_By_Type_Request(
                    starting_handle=at, ending_handle=0xFFFF, attribute_type=UUID(uuid)))
            except AttError as e:
                if e.code == att.ATT_ATTRIBUTE_NOT_FOUND_ERROR and found:
                    return found
                raise
            found += [(handle, bytes(value)) for handle, value in response.attributes]
            at = found[-1][0] + 1

    async def read_multiple(self, *handles):
        response = await self.request(att.ATT_Read_Multiple_Request(
            set_of_handles=struct.pack(f"<{len(handles)}H", *handles)))
        return bytes(response.set_of_values)

    async def prepare(self, handle, data):
        piece = self.connection.att_mtu - 5
        for offset in range(0, max(len(data), 1), piece):
            part = data[offset:offset + piece]
            response = await self.request(att.ATT_Prepare_Write_Request(
                attribute_handle=handle, value_offset=offset, part_attribute_value=part))
            assert (response.attribute_handle, response.value_offset, bytes(response.part_attribute_value)) == \
                (handle, offset, part), "the server repeated something else"

    async def execute(self, commit=True):
        await self.request(att.ATT_Execute_Write_Request(flags=int(commit)))

    async def write(self, handle, data):
        if len(data) <= self.connection.att_mtu - 3:
            await self.guarded(self.client.write_value(handle, data, True))
            return
        await self.prepare(handle, data)
        await self.execute()

    async def reliable(self, *values, commit=True):
        for handle, data in values:
            await self.prepare(handle, data)
        await self.execute(commit)

    async def command(self, handle, data):
        await self.client.write_value(handle, data, False)

    async def subscribe(self, c, bits):
        for subscribers, indication in ((self.client.notification_subscribers, False),
                                        (self.client.indication_subscribers, True)):
            subscribers[c.handle] = {
                lambda value, indication=indication: self.unasked.put_nowait((c.handle, bytes(value), indication))}
        await self.guarded(self.client.write_value(c.descriptors["2902"], bytes([bits, 0]), True))

    async def notified(self):
        return await asyncio.wait_for(self.unasked.get(), WAIT_S)

    async def changed(self, characteristic):
        handle, value, indication = await self.notified()
        assert handle == characteristic.handle and indication, (handle, indication)
        return struct.unpack("<HH", value)

    async def disconnect(self):
        await self.connection.disconnect()


def reverse_bytes(text):
    return bytes.fromhex(text)[::-1]


@contextlib.asynccontextmanager
async def bumble(path):
    transport = await open_transport(f"unix:{path}")
    device = Device.with_hci("central", Address("F0:F1:F2:F3:F4:F5"), transport.source, transport.sink)
    await device.power_on()
    try:
        yield Bumble(transport, device)
    finally:
        await transport.close()


@contextlib.asynccontextmanager
async def glint(path):
    async with air.program(path, "interop_client") as process:
        central = Glint(process)
        try:
            yield central
        finally:
            await central.end()


@contextlib.asynccontextmanager
async def blehost(path):
    async with air.node(path, "central.js") as process:
        central = BleHost(process)
        try:
            yield central
        finally:
            await central.end()
