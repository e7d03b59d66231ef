"""Bumble and ble-host as pairing.c is: told what to do by lines, and saying by lines what they see.

ble-host's lines are those of blehost/pairing.js; Bumble, in this process, has the same words. Whoever waits for a word gets
the first line that begins with it, once.
"""

import asyncio
import contextlib
import os
import pathlib
import tempfile

from bumble.core import UUID, AdvertisingData
from bumble.device import Device, DeviceConfiguration, Peer
from bumble.gatt import Characteristic, Service
from bumble.hci import Address, HCI_LE_Set_Random_Address_Command
from bumble.keys import MemoryKeyStore
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.smp import OobContext, OobLegacyContext, OobSharedData
from bumble.transport import open_transport

import air

BATTERY, LEVEL = UUID.from_16_bits(0x180F), UUID.from_16_bits(0x2A19)
ADDRESS = {"central": "F1:F1:F1:F1:F1:F1", "peripheral": "F2:F2:F2:F2:F2:F2"}


class Lines:
    """What somebody has said."""

    def __init__(self):
        self.lines, self.seen, self.ended = [], [], False
        self.news = asyncio.Condition()

    async def put(self, line):
        self.seen.append(line)
        async with self.news:
            self.lines.append(line.split())
            self.news.notify_all()

    async def end(self):
        async with self.news:
            self.ended = True
            self.news.notify_all()

    async def until(self, word):
        """The number behind it, or the words if there are more or none."""
        def found():
            return self.ended or any(line[0] in (word, "error", "failed") for line in self.lines)
        async with self.news:
            await self.news.wait_for(found)
            for line in self.lines:
                if line[0] == word:
                    self.lines.remove(line)
                    return int(line[1]) if len(line) == 2 and line[1].isdigit() else line[1:]
        raise RuntimeError(f"it has said {self.seen}")


class Ours(Lines):
    """A program: what it says."""

    def __init__(self, process):
        super().__init__()
        self.process = process
        self.reading = asyncio.create_task(self.read())

    async def read(self):
        while line := (await self.process.stdout.readline()).decode().strip():
            if line.startswith("compare"):  # its user looks at the other screen as well
                self.say("yes")
            await self.put(line)
        await self.end()

    def say(self, line):
        self.process.stdin.write(line.encode() + b"\n")

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        self.reading.cancel()
        await asyncio.gather(self.reading, return_exceptions=True)


class BleHost(Ours):
    """blehost/pairing.js"""


@contextlib.asynccontextmanager
async def ours(path, *words, driver=None):
    """pairing.c on the air, or the controller, at path."""
    async with air.program(path, "interop_pairing", *words, driver=driver) as process:
        async with Ours(process) as one:
            yield one


@contextlib.asynccontextmanager
async def blehost(path, role, way, _private=False):
    words = [role, way.capability] + ["mitm"] * way.mitm + ["legacy"] * (not way.sc)
    async with air.node(path, "pairing.js", *words) as process:
        async with BleHost(process) as one:
            await one.until("advertising" if role == "peripheral" else "up")
            yield one


class Screen(PairingDelegate):
    """Bumble's user."""

    def __init__(self, capability, lines):
        super().__init__(capability)
        self.lines, self.typed = lines, asyncio.Queue()

    async def compare_numbers(self, number, digits):
        await self.lines.put(f"compare {number:06}")
        return await self.typed.get() == "yes"

    async def get_number(self):
        await self.lines.put("wanted")
        return int(await self.typed.get())

    async def display_number(self, number, digits):
        await self.lines.put(f"passkey {number:06}")


class Bumble(Lines):
    """Bumble's device; whatever it has to do is a task of its own."""

    def __init__(self, device, role, way):
        super().__init__()
        self.device, self.role, self.way = device, role, way
        self.screen = Screen(PairingDelegate.IoCapability[CAPABILITIES[way.capability]], self)
        self.context, self.secret = OobContext(), OobLegacyContext()
        self.theirs = self.connection = None
        self.tasks = set()
        device.pairing_config_factory = lambda _connection: self.config()
        device.keystore = MemoryKeyStore()
        device.on("connection", self.on_connection)
        self.level = Characteristic(LEVEL, Characteristic.Properties.READ | Characteristic.Properties.NOTIFY,
                                    Characteristic.READABLE | Characteristic.READ_REQUIRES_ENCRYPTION, b"\x2a")
        if role == "peripheral":
            device.add_service(Service(BATTERY, [self.level]))

    def config(self):
        oob = PairingConfig.OobConfig(self.context, self.theirs, self.secret) if self.way.oob else None
        return PairingConfig(sc=self.way.sc, mitm=self.way.mitm, bonding=True, delegate=self.screen, oob=oob,
                             identity_address_type=PairingConfig.AddressType.RANDOM)

    def begin(self, work):
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def tell(self, line):
        self.begin(self.put(line))

    def on_connection(self, connection):
        self.connection = connection
        address = connection.peer_resolvable_address or connection.peer_address
        connection.on("connection_encryption_change", lambda: self.tell("encrypted"))
        connection.on("security_request", lambda _wanted: self.begin(self.obey("secure", ())))
        connection.on("pairing_failure", lambda reason: self.tell(f"failed {reason}"))
        connection.on("disconnection", lambda _reason: self.tell("disconnected"))
        self.tell(f"connected {address.to_string(False)} {connection.peer_address.to_string(False)}")

    async def on_kept(self):
        """Its keys are there, and addresses resolved by them."""
        # Of two keys of legacy pairing Bumble 0.0.215, as the peripheral, gives out the one that it has got; it is
        # to be the one that it has distributed: Vol 3 Part H 2.4.4.2.
        for _, keys in await self.device.keystore.get_all():
            if self.role == "peripheral" and not self.way.sc_in_force():
                keys.ltk_peripheral = keys.ltk_central
        await self.put("paired")

    async def found(self):
        """The first that is called Pairing."""
        heard = asyncio.get_running_loop().create_future()

        def on_advertisement(advertisement):
            if advertisement.data.get(AdvertisingData.COMPLETE_LOCAL_NAME) == "Pairing" and not heard.done():
                heard.set_result(advertisement.address)

        self.device.on("advertisement", on_advertisement)
        await self.device.start_scanning()
        address = await heard
        await self.device.stop_scanning()
        self.device.remove_listener("advertisement", on_advertisement)
        return address

    async def known(self):
        peer = Peer(self.connection)
        (service,) = await peer.discover_service(BATTERY)
        (level,) = await service.discover_characteristics((LEVEL,))
        await level.discover_descriptors()
        return peer, level

    async def do_connect(self):
        await self.device.connect(await self.found())

    async def do_secure(self):
        """What a Security Request asks for: Vol 3 Part H 2.4.6."""
        if await self.device.keystore.get(str(self.connection.peer_address)):
            await self.connection.encrypt()
        else:
            await self.connection.pair()

    async def do_subscribe(self):
        _, level = await self.known()
        await level.subscribe(lambda value: self.tell(f"notified {value.hex()}"))
        await self.put("subscribed 1")

    async def do_ready(self):
        """Values are told of, and the CCCD is left alone."""
        peer, level = await self.known()
        peer.gatt_client.notification_subscribers[level.handle] = {lambda value: self.tell(f"notified {value.hex()}")}
        await self.put("ready")

    async def do_notify(self, value):
        await self.device.notify_subscriber(self.connection, self.level, bytes([int(value)]))

    async def do_disconnect(self):
        await self.connection.disconnect()

    async def do_rotate(self):
        """As Device.update_rpa(), which in this version sends the address that it has already. While connected."""
        self.device.random_address = Address.generate_private_address(self.device.irk)
        await self.device.send_command(
            HCI_LE_Set_Random_Address_Command(random_address=self.device.random_address), check_result=True)
        await self.put("rotated")

    async def do_advertise(self):
        await self.device.start_advertising(auto_restart=True, advertising_interval_min=20, advertising_interval_max=20)

    async def do_oob(self, r, c):
        self.theirs = OobSharedData(c=bytes.fromhex(c), r=bytes.fromhex(r))

    async def obey(self, name, words):
        try:
            await getattr(self, f"do_{name}")(*words)
        except Exception as e:
            await self.put(f"error {e!r}")

    def say(self, line):
        name, *words = line.split()
        if name in ("passkey", "yes"):
            self.screen.typed.put_nowait(words[0] if words else "yes")
        else:
            self.begin(self.obey(name, words))


CAPABILITIES = {
    "NO_INPUT_NO_OUTPUT": "NO_OUTPUT_NO_INPUT", "DISPLAY_ONLY": "DISPLAY_OUTPUT_ONLY",
    "KEYBOARD_ONLY": "KEYBOARD_INPUT_ONLY", "DISPLAY_YES_NO": "DISPLAY_OUTPUT_AND_YES_NO_INPUT",
    "KEYBOARD_DISPLAY": "DISPLAY_OUTPUT_AND_KEYBOARD_INPUT",
}


@contextlib.asynccontextmanager
async def bumble(path, role, way, private=False, keystore=None):
    transport = await open_transport(path if ":" in path else f"unix:{path}")
    config = DeviceConfiguration(name="Pairing", address=Address(ADDRESS[role]), irk=role.encode().ljust(16, b"_"),
                                 le_privacy_enabled=private, le_rpa_timeout=0)
    device = Device.from_config_with_hci(config, transport.source, transport.sink)
    one = Bumble(device, role, way)
    device.keystore = keystore or device.keystore
    device.on(device.EVENT_KEY_STORE_UPDATE, lambda: one.begin(one.on_kept()))
    await device.power_on()
    if role == "peripheral":
        device.advertising_data = bytes(AdvertisingData([
            (AdvertisingData.FLAGS, bytes([6])), (AdvertisingData.COMPLETE_LOCAL_NAME, b"Pairing")]))
        await one.do_advertise()
    try:
        yield one
    finally:
        await transport.close()
