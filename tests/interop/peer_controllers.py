"""Our host over controllers that others wrote, RootCanal and Bumble's; the other side is Bumble, on a controller of the same.

It is brought up, advertises or connects, is read, paired with, notifies; then the link is made again and encrypted by the
bond. What they do otherwise than our link layer is in docs/INTEROP.md.
"""

import asyncio
import contextlib
import os
import socket
import sys
import tempfile

from bumble import hci
from bumble.controller import Controller
from bumble.hci import Address
from bumble.link import LocalLink
from bumble.transport import open_transport
from rootcanal import binaries

import air
import cells
import pairing_peers
from peer_pairing import WAYS, come_back, heard, meet, ours_words, pair, part, subscribe


class AskingController(Controller):
    """Bumble's controllers take the key from the central and believe it. This one asks its host for it when it is the
    peripheral, as a link layer would (Vol 6 Part B 5.1.3), and compares: an encrypted link is one whose hosts have the same.
    """

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


@contextlib.asynccontextmanager
async def bumbles():
    """Two of Bumble's controllers on one link; what ours, and what Bumble, attaches to."""
    with tempfile.TemporaryDirectory() as folder:
        link, ends = LocalLink(), []
        for name, address in (("ours", "00:00:00:00:00:00"), ("theirs", "00:00:00:00:00:00")):
            path = os.path.join(folder, f"{name}.sock")
            transport = await open_transport(f"unix-server:{path}")
            AskingController(name, host_source=transport.source, host_sink=transport.sink, link=link,
                             public_address=Address(address))
            ends.append((path, transport))
        yield f"unix:{ends[0][0]}", f"unix:{ends[1][0]}"
        for _, transport in ends:
            await transport.close()


def free_ports(count):
    """They may be taken by somebody else meanwhile; then RootCanal ends, and says so."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@contextlib.asynccontextmanager
async def rootcanal():
    """Every host that connects to its port has a controller; all are in reach of each other."""
    ports = free_ports(4)
    names = ("hci_port", "test_port", "link_port", "link_ble_port")
    program = binaries.get_package_binary_resource_path("rootcanal")
    os.chmod(program, 0o755)  # the wheel has it without
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            program, *(f"-{name}={port}" for name, port in zip(names, ports)), cwd=folder,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        try:
            said = b""
            while b"initialize: Finished" not in said:
                line = await process.stdout.readline()
                assert line, f"rootcanal did not start: {said[-500:]}"
                said += line
            reading = asyncio.ensure_future(drain(process.stdout))
            async with without_flow_control(ports[0]) as ours:
                yield ours, f"tcp-client:127.0.0.1:{ports[0]}"
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def drain(stream):
    while await stream.read(65536):
        pass


HEADS = {1: (3, 1), 2: (4, 2), 4: (2, 1)}  # octets of the header and, last in it, of the length: Vol 4 Part A 2, Part E 5.4
FLOW_CONTROL = b"\x31\x0c"  # Set Controller To Host Flow Control
UNKNOWN = b"\x04\x0e\x04\x01" + FLOW_CONTROL + b"\x01"


async def packets(reader):
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            kind = await reader.readexactly(1)
            size, octets = HEADS[kind[0]]
            head = await reader.readexactly(size)
            yield kind + head + await reader.readexactly(int.from_bytes(head[-octets:], "little"))


@contextlib.asynccontextmanager
async def without_flow_control(port):
    """RootCanal ends with "Unimplemented command" at one that it claims to have; here it is answered as what it does not."""
    async def serve(reader, writer):
        controller, to_controller = await asyncio.open_connection("127.0.0.1", port)

        async def up():
            async for packet in packets(controller):
                writer.write(packet)

        going = asyncio.ensure_future(up())
        async for packet in packets(reader):
            if packet[:3] == b"\x01" + FLOW_CONTROL:
                writer.write(UNKNOWN)
            else:
                to_controller.write(packet)
        going.cancel()
        to_controller.close()
        writer.close()

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "hci.sock")
        server = await asyncio.start_unix_server(serve, path)
        yield f"unix:{path}"
        server.close()


CONTROLLERS = {"RootCanal": rootcanal, "Bumble's controller": bumbles}


async def whole(controller, role, way):
    """Bumble is the one with that role."""
    async with CONTROLLERS[controller]() as (for_ours, for_theirs):
        async with pairing_peers.bumble(for_theirs, role, way) as other, \
                pairing_peers.ours("/nowhere", *ours_words(way, role), driver=for_ours) as one:
            await meet(role, one, other)
            await pair(way, role, one, other)
            await subscribe(role, one, other)
            if role == "peripheral":
                one.say("read")
                assert await one.until("value") in (0x2A, ["2a"])
            await heard(role, one, other, 0x17)
            await part(role, one, other)
            await come_back(way, role, one, other)
            if role == "central":
                other.say("ready")
                await other.until("ready")
                await heard(role, one, other, 0x29)
            await part(role, one, other)


def make(controller, role, way):
    async def one():
        await whole(controller, role, way)

    one.__name__ = f"{controller}: Bumble is {role}: {way.check}"
    one.cells = {("Bumble", role): [f"over {controller}"]}
    return one


def main(arguments):
    ways = [way for way in WAYS if not way.name and not way.oob and (way.check.startswith("just") or way.level == 4)]
    everything = [make(controller, role, way) for controller in CONTROLLERS
                  for role in (cells.CENTRAL, cells.PERIPHERAL) for way in ways]
    air.run(*(case for case in everything if all(word in case.__name__ for word in arguments)))


if __name__ == "__main__":
    main(sys.argv[1:])
