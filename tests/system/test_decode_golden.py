"""glint decode reads the golden vectors of tests/golden as their sources (tshark, Bumble) do, and stands all truncations."""

import json
import struct
from pathlib import Path

import kit

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
HANDLE = 0x40
ATT, SIGNALLING, SECURITY = 4, 5, 6
# A field of the vectors: what decode calls it, and the unit that is in its name.
NAMES = {
    "connection_handle": ("handle", 1), "status": ("status", 1), "reason": ("reason", 1), "handle": ("handle", 1),
    "error_code": ("error", 1), "request_opcode": ("request_opcode", 1), "rx_mtu": ("mtu", 1), "offset": ("offset", 1),
    "flags": ("flags", 1), "start": ("start", 1), "end": ("end", 1), "latency": ("latency", 1), "max_latency": ("latency", 1),
    "interval_min": ("interval_min_ms", 1.25), "interval_max": ("interval_max_ms", 1.25),
    "connection_interval_min": ("interval_min_ms", 1.25), "connection_interval_max": ("interval_max_ms", 1.25),
    "connection_interval": ("interval_ms", 1.25), "interval": ("interval_ms", 1.25),
    "supervision_timeout": ("supervision_ms", 10), "timeout": ("supervision_ms", 10), "win_size": ("window_ms", 1.25),
    "le_scan_interval": ("scan_interval_ms", 0.625), "advertising_interval_min": ("interval_min_ms", 0.625),
    "advertising_interval_max": ("interval_max_ms", 0.625), "tx_octets": ("octets", 1), "max_tx_octets": ("tx_octets", 1),
    "max_rx_octets": ("rx_octets", 1), "max_tx_time": ("tx_time_us", 1), "max_rx_time": ("rx_time_us", 1),
    "instant": ("instant", 1), "version": ("version", 1), "company_identifier": ("company", 1),
    "io_capability": ("io_capability", 1), "oob_data_flag": ("out_of_band", 1), "auth_req": ("authentication", 1),
    "max_key_size": ("key_size", 1), "initiator_keys": ("central_keys", 1), "responder_keys": ("peripheral_keys", 1),
    "ediv": ("ediv", 1), "subversion": ("subversion", 1), "role": ("role", 1), "rssi": ("rssi", 1), "value": ("value", 1),
}


def records(file):
    """Each vector: the struct, its source, its octets, its fields."""
    for text in (GOLDEN / file).read_text().split("\n\n"):
        lines = [line.split(" ", 1) for line in text.splitlines() if line and not line.startswith("#")]
        fields = {key: rest[0] if rest else "" for key, *rest in lines}
        if "pdu" in fields and "hex" in fields:
            yield fields.pop("pdu"), fields.pop("source"), bytes.fromhex(fields.pop("hex")), fields


def l2cap(channel, payload):
    return struct.pack("<HH", len(payload), channel) + payload


def acl(payload):
    return struct.pack("<BHH", 2, HANDLE | 2 << 12, len(payload)) + payload


def hci_packet(source, octets):
    """H4, by what the source was asked: cmd, ret, evt, le and a number; None: another part of a packet."""
    words = source.replace(",", "").split()
    if len(words) < 3 or words[1] not in ("cmd", "ret", "evt", "le"):
        return None
    kind, code = words[1], int(words[2], 16)
    if kind == "cmd":
        return struct.pack("<BHB", 1, code, len(octets)) + octets
    if kind == "ret":
        octets, code = struct.pack("<BH", 1, code) + octets, 0x0E
    elif kind == "le":
        code = 0x3E
    return bytes([4, code, len(octets)]) + octets


def hci_vectors():
    for pdu, source, octets, fields in records("hci.golden"):
        packet = hci_packet(source, octets)
        if packet:
            yield pdu, packet, fields
    for pdu, _, octets, fields in records("att.golden"):
        if pdu.startswith("att_"):
            yield pdu, acl(l2cap(ATT, octets)), fields
        elif pdu.startswith("l2cap_connection_parameter"):
            code = 0x12 if pdu.endswith("req") else 0x13
            yield pdu, acl(l2cap(SIGNALLING, struct.pack("<BBH", code, 1, len(octets)) + octets)), fields


def smp_vectors():
    for pdu, _, octets, fields in records("smp.golden"):
        if pdu in ("smp_pairing", "smp_central_id"):
            yield pdu, acl(l2cap(SECURITY, octets)), fields
        elif pdu.startswith("smp_"):
            yield pdu, acl(l2cap(SECURITY, octets)), {}


def air_vectors():
    """LL control PDUs in data packets, advertisements in theirs."""
    types = {"ll_adv": 0, "ll_adv_direct_ind": 1, "ll_scan_req": 3, "ll_connect_ind": 5}
    for pdu, _, octets, fields in records("ll.golden"):
        if pdu in types:
            yield pdu, struct.pack("<IBB", 0x8E89BED6, types[pdu], len(octets)) + octets, fields
        elif not pdu.endswith("_hdr") and "enc_" not in pdu:
            yield pdu, struct.pack("<IBB", 0x50655535, 3, len(octets)) + octets, fields


def btsnoop(packets):
    body = b"".join(struct.pack(">IIII", len(p), len(p), int(p[0] == 4), 0) + struct.pack(">Q", 0x00DCDDB30F2F8000 + i) + p
                    for i, p in enumerate(packets))
    return b"btsnoop\0" + struct.pack(">II", 1, 1002) + body


def pcap(packets):
    """Each is said to be of the central, with a sequence number of its own."""
    octets = struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 256)
    for i, p in enumerate(packets):
        p = bytearray(p) + b"crc"
        if p[:4] != bytes.fromhex("d6be898e"):
            p[4] |= (i & 1) << 3
        octets += struct.pack("<IIII", i, 0, len(p) + 10, len(p) + 10)
        octets += struct.pack("<BbbBIH", 5, -40, 0, 0, 0, 0x0D13) + p
    return octets


def decode(place, octets):
    path = place.folder / "vectors"
    path.write_bytes(octets)
    result = place.run("glint", "decode", str(path), "--json", "--all", timeout=60)
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def compare(vectors, shown):
    compared = 0
    assert len(vectors) == len(shown)
    for (pdu, packet, fields), ours in zip(vectors, shown):
        assert not ours.get("malformed"), (pdu, packet.hex(), ours)
        for name, value in fields.items():
            key, unit = NAMES.get(name, (None, 1))
            if key not in ours:
                continue
            wanted = value[1:] if value.startswith("x") else int(value) * unit
            assert ours[key] == wanted, (pdu, packet.hex(), name, value, ours)
            compared += 1
    return compared


def host_vectors_are_read(place):
    vectors = list(hci_vectors())
    compared = compare(vectors, decode(place, btsnoop([packet for _, packet, _ in vectors])))
    assert len(vectors) > 100 and compared > 130, (len(vectors), compared)


def pairing_vectors_are_read(place):
    vectors = list(smp_vectors())
    shown = decode(place, btsnoop([packet for _, packet, _ in vectors]))
    compared = compare(vectors, shown)
    assert len(vectors) > 8 and compared > 12, (len(vectors), compared)
    assert all(packet["layer"] == "smp" and "code" in packet for packet in shown), shown
    # What stands on the screen; the bits by Vol 3 Part H 3.5.1 and 3.6.1
    path = place.folder / "vectors"
    said = place.run("glint", "decode", str(path), "--only", "smp").stdout
    assert ("Pairing Request: IO capability keyboard and display (0x04), out of band off (0x00), authentication bonding MITM "
            "secure connections CT2, key size 16, central keys LTK IRK CSRK, peripheral keys LTK IRK") in said, said
    assert "Pairing Failed: reason Confirm Value Failed (0x04)" in said, said
    for _, packet, _ in vectors:  # one octet more or less is no such PDU
        grown = packet[:3] + struct.pack("<HH", len(packet) - 4, len(packet) - 8) + packet[7:] + b"\0"
        cut = packet[:3] + struct.pack("<HH", len(packet) - 6, len(packet) - 10) + packet[7:-1]
        for other in (grown, cut):
            shown, = decode(place, btsnoop([other]))
            assert shown.get("malformed"), (other.hex(), shown)


def air_vectors_are_read(place):
    vectors = list(air_vectors())
    compared = compare(vectors, decode(place, pcap([packet for _, packet, _ in vectors])))
    assert len(vectors) > 18 and compared > 25, (len(vectors), compared)


def truncations_are_stood(place):
    """What is cut says so, or is a shorter packet that is well formed as well; nothing worse happens."""
    cut = []
    for _, packet, _ in hci_vectors():
        for size in range(1, len(packet)):
            cut.append(packet[:size])
    shown = decode(place, btsnoop(cut))
    assert len(shown) == len(cut) and all(p.get("malformed") for p in shown if p["name"] != "cut packet"), "lengths disagree"
    cut = [packet[:5] + bytes([size - 6]) + packet[6:size] for _, packet, _ in air_vectors() for size in range(6, len(packet))]
    assert len(decode(place, pcap(cut))) == len(cut)


if __name__ == "__main__":
    kit.main(host_vectors_are_read, pairing_vectors_are_read, air_vectors_are_read, truncations_are_stood)
