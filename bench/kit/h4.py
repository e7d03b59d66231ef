"""A controller without an air, for what is measured from Python: H4 on a unix socket, in a process of its own.

It answers what a host asks at its start, connects a host that advertises to a central, sends what that central has to
write, swallows what comes and completes it at once: the work that other stacks' figures are of.
"""
import os
import pathlib
import socket
import struct
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ADVERTISES, ENOUGH = b"a", b"d"  # what it says on `told`

ANSWERS = {  # return parameters behind the status: Vol 4 Part E 7.4, 7.8
    0x1001: struct.pack("<BHBHH", 9, 0, 9, 0xFFFF, 0), 0x1002: b"\xff" * 64, 0x1003: bytes([0, 0, 0, 0, 0x60, 0, 0, 0]),
    0x1009: bytes([1, 2, 3, 4, 5, 0xC6]), 0x1005: struct.pack("<HBHH", 251, 0, 64, 0), 0x2002: struct.pack("<HB", 251, 64),
    0x2003: bytes(8), 0x201C: b"\xff" * 8, 0x2007: b"\0", 0x200F: b"\x08", 0x2018: bytes(8), 0x202A: bytes(1), 0x2023: bytes(4),
    0x202F: struct.pack("<HHHH", 251, 2120, 251, 2120), 0x204B: bytes(2)}
HOST_COMPLETED, ADVERTISE = 0x0C35, 0x200A  # Host Number Of Completed Packets is not answered


class Controller:
    """Serves one host; ends when that hangs up."""

    def __init__(self, host, told, writes=(), enough=0):
        self.host, self.told, self.writes, self.enough = host, told, list(writes), enough
        self.connected, self.seen = False, 0

    def command(self, packet):
        opcode = struct.unpack_from("<H", packet, 1)[0]
        if opcode == HOST_COMPLETED:
            return
        returned = b"\1" + struct.pack("<H", opcode) + b"\0" + ANSWERS.get(opcode, b"")
        self.host.sendall(b"\x04\x0e" + bytes([len(returned)]) + returned)
        if opcode != ADVERTISE or packet[4:5] != b"\1" or self.connected:
            return
        os.write(self.told, ADVERTISES)
        self.connected = bool(self.writes)
        if self.connected:
            self.host.sendall(b"\x04\x3e\x13\x01\0" + struct.pack("<HBB6sHHHB", 0x40, 1, 0, b"\1\2\3\4\5\6", 6, 0, 400, 0))
        for att in self.writes:
            self.host.sendall(b"\x02\x40\x20" + struct.pack("<HHH", len(att) + 4, len(att), 4) + att)

    def data(self, packet):
        if len(packet) > 16 and packet[9] == 0x1B:  # Handle Value Notification behind ACL and L2CAP headers
            self.seen += int.from_bytes(packet[12:16], "little") == self.seen

    def take(self, buffer):
        """Whole packets of the buffer; returns the rest."""
        done = 0
        while len(buffer) >= 5 or len(buffer) == 4 and buffer[0] == 1:
            end = 4 + buffer[3] if buffer[0] == 1 else 5 + struct.unpack_from("<H", buffer, 3)[0]
            if len(buffer) < end:
                break
            if buffer[0] == 1:
                self.command(buffer[:end])
            else:
                self.data(buffer[:end])
                done += 1
            buffer = buffer[end:]
        if done:
            self.host.sendall(b"\x04\x13\x05\x01\x40\x00" + struct.pack("<H", done))
        if self.enough and self.seen >= self.enough:
            os.write(self.told, ENOUGH)
            self.enough = 0
        return buffer

    def serve(self):
        buffer = b""
        while data := self.host.recv(1 << 16):
            buffer = self.take(buffer + data)


def listen(path):
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(1)
    return server


def fork(server, told, writes=(), enough=0):
    """Serves the next host in a child. Returns its process id."""
    child = os.fork()
    if not child:
        try:
            Controller(server.accept()[0], told, writes, enough).serve()
        except ConnectionError:
            pass
        finally:
            os._exit(0)
    return child


def interpreter():
    """Builds the extension; the Python it was built for."""
    for command in (["cmake", "--preset", "python"], ["cmake", "--build", "--preset", "python", "--target", "glint_python"]):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            sys.exit("bench: " + (done.stderr or done.stdout)[-2000:])
    for line in (ROOT / "build/python/CMakeCache.txt").read_text().splitlines():
        if line.startswith("_Python3_EXECUTABLE:"):
            return line.split("=", 1)[1]
    return sys.executable


def environment():
    """Of a program on that extension, with compiled modules as an installed package has them."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "build/python/python"), "GLINT_STORE": ""}
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONDEVMODE", "GLINT_DRIVER"):
        env.pop(name, None)
    return env
