"""A Bluetooth host of a few lines: HCI commands and events over H4 on a unix socket. Numbers: Vol 4 Part E 7."""

import socket
import struct
import time

import kit

RESET, SET_EVENT_MASK, READ_BD_ADDR = 0x0C03, 0x0C01, 0x1009
ADV_PARAMS, ADV_DATA, ADV_ENABLE = 0x2006, 0x2008, 0x200A
SCAN_PARAMS, SCAN_ENABLE, CREATE_CONNECTION, RAND = 0x200B, 0x200C, 0x200D, 0x2018
WRITE_BD_ADDR = 0xFC06  # vendor: see docs/FEATURES.md
COMMAND_COMPLETE, COMMAND_STATUS, DISCONNECTION_COMPLETE, LE_META = 0x0E, 0x0F, 0x05, 0x3E
CONNECTION_COMPLETE, ADVERTISING_REPORT = 0x01, 0x02
ADV_IND, ADV_NONCONN_IND, SCAN_RSP = 0, 3, 4  # event types of a report; the first two are advertising types, too


class Host:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.octets = b""
        self.waiting = []  # packets that were passed over

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.socket.close()

    def send(self, opcode, parameters=b""):
        self.socket.sendall(struct.pack("<BHB", 1, opcode, len(parameters)) + parameters)

    def _packet(self, until):
        """The next packet from the socket: (type, event code or handle, payload)."""
        while True:
            head = {4: 3, 2: 5}.get(self.octets[0], 0) if self.octets else 0
            assert head or not self.octets, f"no H4 packet: {self.octets[:20].hex()}"
            if head and len(self.octets) >= head:
                size = head + (self.octets[2] if head == 3 else struct.unpack_from("<H", self.octets, 3)[0])
                if len(self.octets) >= size:
                    packet, self.octets = self.octets[:size], self.octets[size:]
                    code = packet[1] if head == 3 else struct.unpack_from("<H", packet, 1)[0] & 0xFFF
                    return packet[0], code, packet[head:]
            self.socket.settimeout(max(0.001, until - time.monotonic()))
            more = self.socket.recv(65536)
            assert more, "the controller has hung up"
            self.octets += more

    def expect(self, wanted, within_s=kit.DEADLINE_S):
        """The payload of the next packet for which wanted(type, code, payload) is true; others wait."""
        for i, packet in enumerate(self.waiting):
            if wanted(*packet):
                return self.waiting.pop(i)[2]
        until = time.monotonic() + within_s
        while True:
            packet = self._packet(until)
            if wanted(*packet):
                return packet[2]
            self.waiting.append(packet)

    def command(self, opcode, parameters=b"", status=0):
        """Sends it; what Command Complete returns after the status."""
        self.send(opcode, parameters)
        answer = self.expect(lambda kind, code, p: kind == 4 and code == COMMAND_COMPLETE and p[1:3]
                             == struct.pack("<H", opcode))
        assert answer[3] == status, f"command {opcode:#06x}: status {answer[3]:#04x}, {status:#04x} expected"
        return answer[4:]

    def start(self):
        self.command(RESET)
        self.command(SET_EVENT_MASK, bytes.fromhex("ffffffffffff1f20"))  # the default and LE Meta
        return self

    def address(self):
        return self.command(READ_BD_ADDR)

    def le_event(self, subevent, within_s=kit.DEADLINE_S):
        return self.expect(lambda kind, code, p: kind == 4 and code == LE_META and p[0] == subevent, within_s)

    def advertise(self, kind=ADV_IND, interval=0x20, data=b"\x02\x01\x06"):
        self.command(ADV_PARAMS, struct.pack("<HHBBB6xBB", interval, interval, kind, 0, 0, 7, 0))
        self.command(ADV_DATA, bytes([len(data)]) + data.ljust(31, b"\0"))
        self.command(ADV_ENABLE, b"\1")

    def scan(self, active=False):
        """Without a pause, every packet."""
        self.command(SCAN_PARAMS, struct.pack("<BHHBB", active, 0x10, 0x10, 0, 0))
        self.command(SCAN_ENABLE, b"\1\0")

    def report(self):
        """The event type of the next advertising report."""
        return self.le_event(ADVERTISING_REPORT)[2]

    def connect(self, address, interval=6, supervision=10):
        """The handle. Interval in 1.25 ms, supervision in 10 ms."""
        self.send(CREATE_CONNECTION, struct.pack("<HHBB6sBHHHHHH", 0x10, 0x10, 0, 0, address, 0, interval, interval,
                                                 0, supervision, 0, 0))
        return handle_of(self.le_event(CONNECTION_COMPLETE))

    def send_acl(self, handle, data):
        self.socket.sendall(struct.pack("<BHH", 2, handle, len(data)) + data)

    def acl(self):
        return self.expect(lambda kind, code, p: kind == 2)

    def has_seen(self, event):
        return any(kind == 4 and code == event for kind, code, _ in self.waiting)


def handle_of(connection_complete):
    status, handle = struct.unpack_from("<BH", connection_complete, 1)
    assert status == 0, f"no connection: {status:#04x}"
    return handle
