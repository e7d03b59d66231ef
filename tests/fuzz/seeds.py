#!/usr/bin/env python3
"""The golden PDUs (tests/golden/*.golden) as inputs of the fuzzers: one file each, and one of all of a kind.

seeds.py DIRECTORY writes DIRECTORY/<fuzzer>/<name>.
"""

import re
import sys
from pathlib import Path

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
# Flags, services, name; iBeacon and Eddystone as published.
ADVERTISED = ["0201060303 0F180509 476C696E", "02011A1AFF4C000215E2C56DB5DFFB48D2B060D0F5A71096E000010002C5",
              "0201060303AAFE1716AAFE00EE00010203040506070809101112131415 0000",
              "0201060303AAFE0F16AAFE10EE00676C696E74000708", "0201060303AAFE1116AAFE20000BB81A80000000640000012C"]
# Status and return parameters of the bring-up, in its order.
BRINGUP = ["80", "80" + "FF" * 64, "800C00000CFFFF0000", "80" + "FF" * 8, "80FB0008", "80112233445566"] + ["80"] * 8


def golden(name):
    """(kind, source, octets) of each PDU of a file."""
    text = (GOLDEN / f"{name}.golden").read_text(encoding="utf-8")
    for part in re.split(r"^pdu ", text, flags=re.M)[1:]:
        octets = re.search(r"^hex ([0-9a-fA-F ]*)$", part, re.M)
        source = re.search(r"^source (.*)$", part, re.M)
        if octets:
            yield part.split()[0], source.group(1) if source else "", bytes.fromhex(octets.group(1))


def packets():
    """{fuzzer: (octets in front, [packets])}"""
    att = [pdu for kind, _, pdu in golden("att") if kind.startswith("att_")]
    signals = [pdu for kind, _, pdu in golden("att") if kind.startswith("l2cap_")]
    frames = [bytes([0]) + len(pdu).to_bytes(2, "little") + bytes([cid, 0]) + pdu
              for cid, pdus in ((4, att), (5, signals)) for pdu in pdus]
    halves = [half for frame in frames for half in (frame[:6], bytes([0x80]) + frame[6:])]
    events = []
    for _, source, params in golden("hci"):
        code = re.search(r"evt, 0x(\w{4})", source)
        number = int(code.group(1), 16) if code else 0x3E if "address type" in source else 0
        if number:
            events.append(bytes([4, number & 0xFF, len(params)]) + params)
    links = bytes.fromhex("043E130100400001010102030405C6180000009001 00".replace(" ", ""))
    said = [b"\0" + pdu for kind, _, pdu in golden("smp") if kind.startswith("smp_")]
    between = [bytes([3]) + bytes(10), bytes([4, 0, 1]), bytes([7, 0, 0]), bytes([7, 1, 7]), bytes([7, 2, 1]), bytes([5])]
    return {"fuzz_pairing": (bytes([0, 0x0C]), [row for pdu in said for row in (pdu, *between)]), "fuzz_att": (bytes([1]), att), "fuzz_l2cap": (b"", frames + halves),
            "fuzz_hci": (bytes([15]), events + [links]), "fuzz_bringup": (b"", [bytes.fromhex(answer) for answer in BRINGUP])}


# fuzz_smp: capabilities, wishes, data out of band; then what two users do until a pairing is over.
PAIRINGS = ["333000", "330000", "440300", "443300", "023300", "203300", "223300", "333303", "330003"]


def pairings():
    """fuzz_smp: whole pairings of each kind, and the golden PDUs said to either side of one."""
    def row(op, side, *octets):
        return bytes([1 + len(octets), op * 2 + side, *octets])
    step, inject, enter, consent = 0, 1, 6, 7
    users = [row(what, side) for what in (consent, enter) for side in (0, 1)]
    rounds = b"".join([row(step, 0, 255), *users] * 3)
    pdus = [pdu for kind, _, pdu in golden("smp") if kind.startswith("smp_")]
    for head in map(bytes.fromhex, PAIRINGS):
        yield head + rounds
        for n in range(8):
            said = b"".join(row(step, 0, 0) + row(inject, side, *pdu) for pdu in pdus[n::8] for side in (0, 1))
            yield head + row(step, 0, n) + said + rounds


def traces():
    """A btsnoop file of HCI, and a pcap file of the air."""
    _, frames = packets()["fuzz_l2cap"]
    _, events = packets()["fuzz_hci"]
    acl = [bytes([2, 0x40, 0x20]) + (len(frame) - 1).to_bytes(2, "little") + frame[1:]
           for frame in frames if not frame[0]]
    snoop = b"btsnoop\0" + (1).to_bytes(4, "big") + (1002).to_bytes(4, "big")
    for packet in [*events[-1:], *acl, *events]:
        n = len(packet).to_bytes(4, "big")
        snoop += n + n + (1).to_bytes(4, "big") + bytes(4) + (0x00E03AB44A676000).to_bytes(8, "big") + packet
    pcap = bytes.fromhex("D4C3B2A1 0200 0400 00000000 00000000 FFFF0000 FB000000")
    for kind, _, pdu in golden("ll"):
        head = bytes([0, len(pdu)]) if kind.startswith("ll_adv") else bytes([3, len(pdu)])
        packet = bytes.fromhex("D6BE898E" if kind.startswith("ll_adv") else "44332211") + head + pdu + bytes(3)
        pcap += bytes(8) + len(packet).to_bytes(4, "little") * 2 + packet
    return [snoop, pcap]


def main():
    to = Path(sys.argv[1])
    (to / "fuzz_decode").mkdir(parents=True, exist_ok=True)
    for i, trace in enumerate(traces()):
        (to / "fuzz_decode" / f"golden-{i}").write_bytes(trace)
    (to / "fuzz_smp").mkdir(parents=True, exist_ok=True)
    for i, pairing in enumerate(pairings()):
        (to / "fuzz_smp" / f"golden-{i}").write_bytes(pairing)
    for fuzzer, (head, rows) in packets().items():
        (to / fuzzer).mkdir(parents=True, exist_ok=True)
        rows = [bytes([len(row)]) + row for row in rows if len(row) < 256]
        for i, row in enumerate([*rows, b"".join(rows)]):
            (to / fuzzer / f"golden-{i}").write_bytes(head + row)
    for fuzzer, rows in (("fuzz_ad", ADVERTISED), ("fuzz_h4", ["07040E0401030C0002402007000300040 00A0300"])):
        (to / fuzzer).mkdir(parents=True, exist_ok=True)
        for i, row in enumerate(rows):
            (to / fuzzer / f"golden-{i}").write_bytes(bytes.fromhex(row.replace(" ", "")))


if __name__ == "__main__":
    main()
