"""What tshark reads: small captures written from octets, and the fields that it finds in them."""

import os
import struct
import subprocess
import tempfile
import xml.etree.ElementTree as ET

BTSNOOP_EPOCH = 0xDCDDB30F2F8000  # any time after 1970; nobody looks
FLAGS = 0x0001 | 0x0010 | 0x0400 | 0x0800  # dewhitened, access address valid, CRC checked and valid
ADV_AA = 0x8E89BED6


def hci(packets):
    """packets: (H4 octets, from the controller?). A list of field lists comes back, one for each."""
    out = b"btsnoop\0" + struct.pack(">II", 1, 1002)
    for data, received in packets:
        flags = int(received) | (2 if data[0] in (1, 4) else 0)
        out += struct.pack(">IIIIQ", len(data), len(data), flags, 0, BTSNOOP_EPOCH) + data
    return tshark(out)


def acl(pdu, cid=4, received=False):
    """One L2CAP message in one ACL packet on handle 0x0040."""
    data = struct.pack("<HH", len(pdu), cid) + pdu
    return b"\x02" + struct.pack("<HH", 0x0040 | (0x2000 if received else 0), len(data)) + data, received


def air(packets):
    """packets: (channel index, access address, header and payload, CRC octets, from the peripheral?)."""
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 256)
    for t, (channel, aa, pdu, crc, from_peripheral) in enumerate(packets):
        rf = {37: 0, 38: 12, 39: 39}.get(channel, channel + (1 if channel < 11 else 2))
        kind = 0 if aa == ADV_AA else 3 if from_peripheral else 2
        head = struct.pack("<BbbBIH", rf, -60, -100, 0, aa, FLAGS | kind << 7)
        data = head + struct.pack("<I", aa) + pdu + crc
        out += struct.pack("<IIII", 1, 1000 * t, len(data), len(data)) + data
    return tshark(out)


def tshark(capture):
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "capture")
        with open(path, "wb") as f:
            f.write(capture)
        run = subprocess.run(["tshark", "-r", path, "-T", "pdml"], capture_output=True, text=True, check=True)
    packets = []
    for packet in ET.fromstring(run.stdout):
        fields = [(f.get("name"), int(f.get("pos") or 0), int(f.get("size") or 0), f.get("show"), f.get("value"))
                  for f in packet.iter("field")]
        names = [f[0] for f in fields] + [p.get("name") for p in packet]
        assert "_ws.malformed" not in names, fields
        packets.append(fields)
    return packets


def values(fields, name):
    """All showings of a field, as numbers or octets (x…); not those that tshark made up (size 0)."""
    return [number(show, raw) for n, _, size, show, raw in fields if n == name and size]


def number(show, raw):
    try:
        return str(int(show, 0))
    except ValueError:
        pass
    if show in ("True", "False"):
        return str(int(show == "True"))
    return "x" + (raw or show.replace(":", ""))


def octets(fields, name):
    """The octets of a field as they stand in the packet."""
    return ["x" + raw for n, _, size, _, raw in fields if n == name and size]
