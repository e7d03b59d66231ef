"""Bumble pairs with ours, in both roles and all ways, over two controllers of Bumble's own.

Its controllers take the key from the central and believe it. Here the peripheral's host is asked for it, as a link layer
would (Vol 6 Part B 5.1.3), and the two keys are compared: an encrypted link is one whose both hosts have the same key.
"""

import asyncio
import contextlib
import os
import tempfile

from bumble import hci
from bumble.controller import Controller
from bumble.core import UUID
from bumble.device import Device, Peer
from bumble.gatt import Characteristic, Service
from bumble.hci import Address
from bumble.host import Host
from bumble.keys import MemoryKeyStore
from bumble.link import LocalLink
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.transport import open_transport

import air

OURS, THEIRS = "F1:F1:F1:F1:F1:F1", "F2:F2:F2:F2:F2:F2"
LEVEL = UUID.from_16_bits(0x2A19)


class AskingController(Controller):
    """A controller that asks its host for the key, when it is the peripheral."""

    asked = None

    def on_link_encrypted(self, peer_address, rand, ediv, ltk):
        connection = self.find_le_connection_by_address(peer_address)
        if connection.role == hci.HCI_CENTRAL_ROLE:
            return  # told when the peripheral has answered
        self.asked = (connection, peer_address, ltk)
        self.send_hci_packet(hci.HCI_LE_Long_Term_Key_Request_Event(
            connection_handle=connection.handle, random_number=rand, encryption_diversifier=ediv))

    def tell(self, address, status):
        connection = self.find_le_connection_by_address(address)
        self.send_hci_packet(hci.HCI_Encryption_Change_Event(
            status=status, connection_handle=connection.handle, encryption_enabled=int(status == 0)))

    def answered(self, key):
        connection, central_address, ltk = self.asked
        central = self.link.find_controller(central_address)
        status = 0 if key == ltk else 0x06 if key is None else 0x3D
        asyncio.get_running_loop().call_soon(central.tell, self.random_address, status)
        if key is not None:  # told last: what it sends then finds the central encrypted
            asyncio.get_running_loop().call_soon(self.tell, central_address, status)
        return b"\0" + connection.handle.to_bytes(2, "little")

    def on_hci_le_long_term_key_request_reply_command(self, command):
        return self.answered(bytes(command.long_term_key))

    def on_hci_le_long_term_key_request_negative_reply_command(self, _command):
        return self.answered(None)


class User(PairingDelegate):
    """Bumble's user, who sees what ours shows."""

    def __init__(self, capability, ours):
        super().__init__(capability)
        self.ours = ours

    async def compare_numbers(self, number, digits):
        return await self.ours.until("compare") == number

    async def get_number(self):
        return await self.ours.until("passkey")

    async def display_number(self, number, digits):
        async def type_it():
            await self.ours.until("wanted")
            self.ours.say(f"passkey {number}")
        self.typing = asyncio.create_task(type_it())


class Ours:
    """Our program: what it says; whoever waits for a word gets the first line that begins with it, once."""

    def __init__(self, process):
        self.process = process
        self.lines, self.seen, self.ended = [], [], False
        self.news = asyncio.Condition()
        self.reading = asyncio.create_task(self.read())

    async def read(self):
        while line := (await self.process.stdout.readline()).decode().split():
            self.seen.append(" ".join(line))
            if line[0] == "compare":  # our user looks at the other screen as well
                self.say("yes")
            async with self.news:
                self.lines.append(line)
                self.news.notify_all()
        async with self.news:
            self.ended = True
            self.news.notify_all()

    async def until(self, word):
        def found():
            return self.ended or any(line[0] in (word, "error", "failed") for line in self.lines)
        async with self.news:
            await self.news.wait_for(found)
            for line in self.lines:
                if line[0] == word:
                    self.lines.remove(line)
                    return int(line[1]) if len(line) == 2 else line[1:]
        raise RuntimeError(f"ours has said {self.seen}")

    def say(self, line):
        self.process.stdin.write(line.encode() + b"\n")


@contextlib.asynccontextmanager
async def pair_of_devices(words, config):
    """Ours with these words, and a Bumble device."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "hci.sock")
        link = LocalLink()
        serving = asyncio.create_task(open_transport(f"unix-server:{path}"))
        transport = await serving
        AskingController("ours", host_source=transport.source, host_sink=transport.sink, link=link,
                         public_address=Address("00:00:00:00:00:00"))
        host = Host()
        controller = AskingController("theirs", link=link)
        host.controller = controller
        device = Device(name="theirs", address=Address(THEIRS), host=host)
        device.keystore = MemoryKeyStore()
        await device.power_on()
        process = await asyncio.create_subprocess_exec(
            air.BIN / "interop_pairing", *words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "GLINT_DRIVER": f"unix:{path}", "XDG_STATE_HOME": folder})
        ours = Ours(process)
        device.pairing_config_factory = lambda connection: config(ours)
        try:
            yield ours, device
        finally:
            process.stdin.close()
            await process.wait()
            await transport.close()


IO = PairingDelegate.IoCapability
# name, our words, Bumble: Secure Connections, MITM, capability; the level that comes of it
WAYS = [
    ("just works", [], True, False, IO.NO_OUTPUT_NO_INPUT, 2),
    ("just works, legacy", ["legacy"], True, False, IO.NO_OUTPUT_NO_INPUT, 2),
    ("just works, a legacy peer", [], False, False, IO.NO_OUTPUT_NO_INPUT, 2),
    ("passkey, ours shows", ["display", "mitm"], True, True, IO.KEYBOARD_INPUT_ONLY, 4),
    ("passkey, ours types", ["keyboard", "mitm"], True, True, IO.DISPLAY_OUTPUT_ONLY, 4),
    ("passkey, ours shows, legacy", ["display", "mitm", "legacy"], True, True, IO.KEYBOARD_INPUT_ONLY, 3),
    ("passkey, ours types, legacy", ["keyboard", "mitm", "legacy"], True, True, IO.DISPLAY_OUTPUT_ONLY, 3),
    ("numbers compared", ["yesno", "mitm"], True, True, IO.DISPLAY_OUTPUT_AND_YES_NO_INPUT, 4),
    ("numbers compared, both can do all", ["both", "mitm"], True, True, IO.DISPLAY_OUTPUT_AND_KEYBOARD_INPUT, 4),
]


async def outcome(ours, level):
    """What ours says of the pairing; the level is the expected one, and the keys are kept."""
    words = await ours.until("paired")
    assert words == ["0", "reason", "0", "bonded", "1", "level", str(level), "size", "16"], words


async def central_pairs(words, sc, mitm, capability, level):
    """Bumble connects, finds that it may not read, pairs, reads; comes back and encrypts with the bond."""
    def config(ours):
        return PairingConfig(sc=sc, mitm=mitm, bonding=True, delegate=User(capability, ours))
    async with pair_of_devices(words + ["bond"], config) as (ours, device):
        await ours.until("advertising")
        found = asyncio.get_running_loop().create_future()
        device.on("advertisement", lambda a: found.done() or found.set_result(a.address))
        await device.start_scanning(legacy=True)
        address = await found
        await device.stop_scanning(legacy=True)
        connection = await device.connect(address)
        await ours.until("connected")
        ours.say("secure")  # a Security Request changes nothing
        done = asyncio.create_task(outcome(ours, level))
        await connection.pair()
        await done
        assert connection.is_encrypted
        peer = Peer(connection)
        await peer.discover_services()
        await peer.services[-1].discover_characteristics()
        (value,) = peer.get_characteristics_by_uuid(LEVEL)
        assert await value.read_value() == b"\x2a"
        await connection.disconnect()
        await ours.until("encrypted")
        await ours.until("advertising")
        connection = await device.connect(address)
        await connection.encrypt()
        words = await ours.until("encrypted")
        assert words == ["0", "level", str(level)], words


async def peripheral_pairs(words, sc, mitm, capability, level):
    """Ours connects to Bumble and pairs; comes back and encrypts by itself."""
    def config(ours):
        return PairingConfig(sc=sc, mitm=mitm, bonding=True, delegate=User(capability, ours))
    async with pair_of_devices(["central", THEIRS, *words, "bond"], config) as (ours, device):
        device.add_service(Service(UUID.from_16_bits(0x180F), [
            Characteristic(LEVEL, Characteristic.Properties.READ, Characteristic.READABLE, b"\x07")]))
        await device.start_advertising(auto_restart=True)
        await ours.until("connected")
        ours.say("secure")
        await outcome(ours, level)
        await ours.until("encrypted")
        # Of two keys of legacy pairing Bumble 0.0.215, as the peripheral, gives out the one that it has got; it is
        # to be the one that it has distributed: Vol 3 Part H 2.4.4.2.
        for _, keys in await device.keystore.get_all():
            keys.ltk_peripheral = keys.ltk_central
        ours.say("disconnect")
        await ours.until("disconnected")
        kind = await ours.until("connected")
        assert kind == 3, kind  # the identity, known
        words = await ours.until("encrypted")
        assert words == ["0", "level", str(level)], words


def cases():
    for name, words, sc, mitm, capability, level in WAYS:
        for role, run in (("central", central_pairs), ("peripheral", peripheral_pairs)):
            yield f"bumble is the {role}: {name}", run(words, sc, mitm, capability, level)


async def main():
    failed = 0
    for name, case in cases():
        try:
            await asyncio.wait_for(case, 10)
            print(f"ok {name}", flush=True)
        except Exception as error:
            failed += 1
            print(f"not ok {name}: {error!r}", flush=True)
    return failed


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()) != 0)
