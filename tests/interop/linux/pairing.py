"""Linux and ours pair, in every way that both have users for; keep their keys, start again, and come back encrypted.

Ours is pairing.c, whose folder of state stays from one run to the next; BlueZ's state is taken out of the machine that
ends, and put into the next. That a link is encrypted, and was not paired anew, is seen by both sides.
"""

import asyncio
import contextlib
import os
import pathlib
import tempfile

import air
from agent import User
from bus import ADAPTER, ADAPTER_PATH, CHARACTERISTIC, DEVICE, BluezError
from central import Central
from peripheral import Peripheral
from peer_pairing import Ours

LEVEL = "2a19"
SOCKET = "air-1.sock"  # drivers/virtual_air.c
# name: our words; capabilities of Linux's user; what each side is asked and shown; the level that comes of it
WAYS = {
    "just works": ([], "NoInputNoOutput", 2),
    "passkey, ours shows": (["display", "mitm"], "KeyboardOnly", 4),
    "passkey, Linux shows": (["keyboard", "mitm"], "DisplayOnly", 4),
    "numbers compared": (["yesno", "mitm"], "DisplayYesNo", 4),
}
BATTERY = [{"uuid": "180f", "characteristics": [
    {"uuid": LEVEL, "properties": ["read"], "length": 1, "flags": ["encrypt-read"]}]}]


def place(folder, path):
    """Where virtual: looks for an air, which tells it the device's address as well: it stays from run to run."""
    sockets = pathlib.Path(folder, "glint")
    sockets.mkdir(mode=0o700, exist_ok=True)
    link = sockets / SOCKET
    link.unlink(missing_ok=True)
    link.symlink_to(path)


@contextlib.asynccontextmanager
async def ours(record, folder, *words):
    """pairing.c on the record's air, with the state in this folder."""
    place(folder, record.path)
    process = await asyncio.create_subprocess_exec(
        air.BIN / "interop_pairing", *words, "bond", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "GLINT_DRIVER": "virtual:", "XDG_STATE_HOME": folder, "XDG_RUNTIME_DIR": folder})
    one = Ours(process)
    try:
        yield one
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        process.stdin.close()
        await process.wait()


class Seats:
    """Linux's user, who sees our screen; and ours, who sees Linux's."""

    def __init__(self, bus, capabilities):
        self.user = User(bus, capabilities)
        self.one = self.typing = None
        self.user.number, self.user.same = self._number, self._same

    def face(self, one):
        self.one = one
        self.typing = asyncio.ensure_future(self._type())

    async def _number(self):
        return await self.one.until("passkey")

    async def _same(self, number):
        return await self.one.until("compare") == number

    async def _type(self):
        await self.one.until("wanted")
        self.one.say(f"passkey {await self.user.shown.get()}")

    async def __aenter__(self):
        await self.user.sit_down()
        return self

    async def __aexit__(self, *_):
        if self.typing:
            self.typing.cancel()
        await self.user.leave()


async def agreed(one, level):
    """What ours says of the pairing."""
    words = await one.until("paired")
    assert words == ["0", "reason", "0", "bonded", "1", "level", str(level), "size", "16"], words


async def encrypted(one, level):
    words = await one.until("encrypted")
    assert words == ["0", "level", str(level)], words


def level_of(central):
    path, _ = next((p, c) for p, c in central.bus.having(CHARACTERISTIC, central.device)
                   if c["UUID"].startswith("00002a19-"))
    return path


async def reads_and_hears(central, one, values):
    """The value that wants the level is read; and it is notified."""
    path = level_of(central)
    got, = await central.bus.call(path, CHARACTERISTIC, "ReadValue", "a{sv}", {})
    heard = asyncio.Queue()
    central.bus.values[path] = heard.put_nowait
    await central.bus.call(path, CHARACTERISTIC, "StartNotify")
    for value in values:
        one.say(f"notify {value}")
        assert await asyncio.wait_for(heard.get(), 30) == bytes([value])
    return bytes(got)


async def pairs_as_central(record, bus, folder, words, capabilities, level):
    async with ours(record, folder, *words, "level", str(level)) as one:
        central = Central(bus)
        async with Seats(bus, capabilities) as seats:
            seats.face(one)
            await central.find("Pairing")
            await central.pair()  # connects, too; our Security Request comes in between
            await agreed(one, level)
            await central.until("Paired")
            await central.until("ServicesResolved")
        assert await reads_and_hears(central, one, [7, 8]) == bytes([42])
        await central.disconnect()
        await central.link()
        await one.until("encrypted")  # of the pairing
        await encrypted(one, level)
        assert await reads_and_hears(central, one, [9]) == bytes([8])
        await central.disconnect()
        return central.device


async def comes_back(record, bus, folder, device, words, level):
    """After both were started again: encrypted with the bond, no pairing, notifications as before."""
    async with ours(record, folder, *words, "level", str(level)) as one:
        await one.until("advertising")
        central = Central(bus)
        central.device = device
        assert central.is_so("Paired"), "BlueZ has lost the bond"
        await central.link()
        await encrypted(one, level)
        assert await reads_and_hears(central, one, [1, 2]) == bytes([42])
        assert not any(line.startswith("paired") for line in one.seen), one.seen
        await central.remove()


async def refuses_a_wrong_number(record, bus, folder):
    """Linux's user sees another number: the pairing fails on both sides, and nothing is kept."""
    async with ours(record, folder, "yesno", "mitm", "level", "4") as one:
        central = Central(bus)
        async def another(_number):
            return False

        async with Seats(bus, "DisplayYesNo") as seats:
            seats.user.same = another
            await central.find("Pairing")
            try:
                await central.pair()
            except BluezError as e:
                assert "Authentication" in str(e), e
            else:
                raise AssertionError("paired")
            words = await one.until("paired")
            assert words[0] != "0" and words[2] == "12", words  # Numeric Comparison Failed: Vol 3 Part H 3.5.5
            assert not central.is_so("Paired")
        await central.remove()


def chosen(wanted):
    return [(name, *way) for name, way in WAYS.items() if not wanted or any(w in name for w in wanted)]


async def linux_is_central(record, wanted, outcome):
    kept = {}
    with tempfile.TemporaryDirectory() as state:
        def folder(name):
            os.makedirs(os.path.join(state, name), exist_ok=True)
            return os.path.join(state, name)

        async with record.linux() as bus:
            for name, words, capabilities, level in chosen(wanted):
                async def pair(name=name, words=words, capabilities=capabilities, level=level):
                    kept[name] = await pairs_as_central(record, bus, folder(name), words, capabilities, level)
                await outcome(f"pairing: {name}", pair())
            if not wanted:
                await outcome("pairing: a number that is not the same",
                              refuses_a_wrong_number(record, bus, folder("other")))
            guest = bus.guest
        async with record.linux(state=guest.state()) as bus:
            for name, device in kept.items():
                words, _, level = WAYS[name]
                await outcome(f"bond after a reboot: {name}",
                              comes_back(record, bus, folder(name), device, words, level))


async def pairs_as_peripheral(record, bus, folder, words, capabilities, level):
    """Ours connects to Linux, and pairs."""
    address = bus.property(ADAPTER_PATH, ADAPTER, "Address")
    async with Seats(bus, capabilities) as seats:  # first: a link has the capabilities of the time when it is made
        async with ours(record, folder, "central", "public", address, *words) as one:
            seats.face(one)
            await one.until("connected")
            one.say("secure")
            await agreed(one, level)
            device, = connected(bus)
            await bus.until(lambda: bus.property(device, DEVICE, "Paired"), "Linux says that it is paired")
            await at_rest(bus, device)
    await bus.until(lambda: not connected(bus), "the link has ended")


async def at_rest(bus, device):
    """BlueZ has read our database, too. Linux 6.1 panics (hci_chan_del) when a link is lost while it asks for features.
    """
    await bus.until(lambda: bus.property(device, DEVICE, "ServicesResolved"), "Linux knows our services")


def connected(bus):
    return [path for path, d in bus.having(DEVICE) if d.get("Connected")]


async def ours_comes_back(record, bus, folder, words, level):
    """Started again, it encrypts by itself: no pairing."""
    address = bus.property(ADAPTER_PATH, ADAPTER, "Address")
    async with ours(record, folder, "central", "public", address, *words) as one:
        await one.until("connected")
        await encrypted(one, level)
        assert not any(line.startswith("paired") for line in one.seen), one.seen
        await bus.until(lambda: connected(bus), "Linux is connected")
        device, = connected(bus)
        assert bus.property(device, DEVICE, "Paired")
        await at_rest(bus, device)
    await bus.until(lambda: not connected(bus), "the link has ended")


async def linux_is_peripheral(record, wanted, outcome):
    kept = []
    with tempfile.TemporaryDirectory() as state:
        def folder(name):
            os.makedirs(os.path.join(state, name), exist_ok=True)
            return os.path.join(state, name)

        async with record.linux() as bus:
            await Peripheral(bus, BATTERY).start("Linux")
            for name, words, capabilities, level in chosen(wanted):
                async def pair(name=name, words=words, capabilities=capabilities, level=level):
                    await pairs_as_peripheral(record, bus, folder(name), words, capabilities, level)
                    kept.append(name)
                await outcome(f"pairing: {name}", pair())
            for name in kept:
                words, _, level = WAYS[name]
                await outcome(f"bond: {name}", ours_comes_back(record, bus, folder(name), words, level))
            guest = bus.guest
        async with record.linux(state=guest.state()) as bus:
            await Peripheral(bus, BATTERY).start("Linux")
            for name in kept:
                words, _, level = WAYS[name]
                await outcome(f"bond after a reboot: {name}", ours_comes_back(record, bus, folder(name), words, level))
