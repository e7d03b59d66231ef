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
from pairing_peers import Ours

LEVEL = "2a19"
SOCKET = "air-1.sock"  # drivers/virtual_air.c
# line of the table: our words; capabilities of Linux's user; the level that comes of it
WAYS = {
    "just works": ([], "NoInputNoOutput", 2),
    "just works, legacy": (["legacy"], "NoInputNoOutput", 2),
    "passkey, ours shows": (["display", "mitm"], "KeyboardOnly", 4),
    "passkey, ours shows, legacy": (["display", "mitm", "legacy"], "KeyboardOnly", 3),
    "passkey, ours types": (["keyboard", "mitm"], "DisplayOnly", 4),
    "passkey, ours types, legacy": (["keyboard", "mitm", "legacy"], "DisplayOnly", 3),
    "numbers compared": (["yesno", "mitm"], "DisplayYesNo", 4),
}
BATTERY = [{"uuid": "180f", "characteristics": [
    {"uuid": LEVEL, "properties": ["read", "notify"], "length": 1, "flags": ["encrypt-read", "notify"]}]}]


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


async def remember(guest, address, command):
    """btmgmt's remote-oob, which does not end by itself, and at once where its standard input does."""
    status, said = await guest.do(
        "mkfifo /run/quiet; mount -t debugfs debugfs /sys/kernel/debug;"
        f" btmgmt --index 0 remote-oob {command} {address} <>/run/quiet &"
        f" until grep -qi {address} /sys/kernel/debug/bluetooth/hci0/remote_oob; do usleep 10000; done; kill $!")
    assert not status, f"{command}: {status}, {said}"


async def give(one, guest, address, kind):
    """Linux is given what ours has made, as if it came by another way. Ours gets nothing: of a controller without BR/EDR
    Linux 6.1 makes no data (le-oob: Not Supported, as read_local_oob_ext_data() wants Secure Simple Pairing of it), and
    one side's is enough for Secure Connections (Vol 3 Part H 2.3.5.6.4).
    """
    random, confirm = await one.until("oob")
    await remember(guest, address, f"-t {kind} -r {'0' * 32} -h {'0' * 32} -R {random} -H {confirm}")


OOB = ["oob", "mitm"]


async def out_of_band_as_central(record, bus, folder):
    async with ours(record, folder, *OOB, "level", "4") as one, Seats(bus, "NoInputNoOutput"):
        central = Central(bus)
        await central.find("Pairing")
        kind = 1 if bus.property(central.device, DEVICE, "AddressType") == "public" else 2
        await give(one, bus.guest, bus.property(central.device, DEVICE, "Address"), kind)
        await central.pair()
        await agreed(one, 4)
        await central.until("ServicesResolved")
        assert await reads_and_hears(central, one, [7]) == bytes([42])
        await central.remove()


async def out_of_band_as_peripheral(record, bus, folder):
    """Ours wants no level of its values: BlueZ, which reads a battery's, would ask for security before it has the data."""
    address = bus.property(ADAPTER_PATH, ADAPTER, "Address")
    async with Seats(bus, "NoInputNoOutput"), ours(record, folder, "central", "public", address, *OOB) as one:
        await one.until("connected")
        await bus.until(lambda: connected(bus), "Linux is connected")
        device, = connected(bus)
        await give(one, bus.guest, bus.property(device, DEVICE, "Address"), 1)
        one.say("secure")
        await agreed(one, 4)
        await at_rest(bus, device)
    await bus.until(lambda: not connected(bus), "the link has ended")


LEGACY_OOB = ("Linux 6.1 refuses such data: add_remote_oob_data() of net/bluetooth/mgmt.c takes none for 192 bits \"as long as "
              "legacy SMP OOB isn't implemented\"")


@contextlib.contextmanager
def folders():
    """A function that makes one by name."""
    with tempfile.TemporaryDirectory() as state:
        def folder(name):
            path = os.path.join(state, name)
            os.makedirs(path, exist_ok=True)
            return path

        yield folder


async def linux_is_central(phase):
    kept = {}
    with folders() as folder:
        async with phase.record.linux() as bus:
            for name, (words, capabilities, level) in WAYS.items():
                async def pair(name=name, words=words, capabilities=capabilities, level=level):
                    kept[name] = await pairs_as_central(phase.record, bus, folder(name), words, capabilities, level)
                await phase.check(f"pairing: {name}", None, pair, bus.guest)
            await phase.check("pairing: a number that is not the same", None,
                              lambda: refuses_a_wrong_number(phase.record, bus, folder("other")), bus.guest)
            await phase.check("pairing: out of band", None,
                              lambda: out_of_band_as_central(phase.record, bus, folder("oob")), bus.guest)
            phase.cannot("pairing: out of band, legacy", LEGACY_OOB)
            guest = bus.guest
        if not kept:
            return
        async with phase.record.linux(state=guest.state()) as bus:
            for name, device in kept.items():
                words, _, level = WAYS[name]
                await phase.check(f"pairing: {name}, after a reboot", ["bond after a reboot"], lambda: comes_back(
                    phase.record, bus, folder(name), device, words, level), bus.guest)


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


async def linux_is_peripheral(phase):
    kept = []
    with folders() as folder:
        async def come_back(bus, how, line):
            for name in kept:
                words, _, level = WAYS[name]
                await phase.check(f"pairing: {name}, {how}", [line], lambda: ours_comes_back(
                    phase.record, bus, folder(name), words, level), bus.guest)

        async with phase.record.linux() as bus:
            await Peripheral(bus, BATTERY).start("Linux")
            for name, (words, capabilities, level) in WAYS.items():
                async def pair(name=name, words=words, capabilities=capabilities, level=level):
                    await pairs_as_peripheral(phase.record, bus, folder(name), words, capabilities, level)
                    kept.append(name)
                await phase.check(f"pairing: {name}", None, pair, bus.guest)
            await come_back(bus, "again", "bonded reconnection")
            await phase.check("pairing: out of band", None,
                              lambda: out_of_band_as_peripheral(phase.record, bus, folder("oob")), bus.guest)
            phase.cannot("pairing: out of band, legacy", LEGACY_OOB)
            guest = bus.guest
        if not kept:
            return
        async with phase.record.linux(state=guest.state()) as bus:
            await Peripheral(bus, BATTERY).start("Linux")
            await come_back(bus, "after a reboot", "bond after a reboot")
