"""glint decode: a real session's traces, compared with what tshark reads in them; every option; and damaged files."""

import json
import random
import struct
import subprocess

import kit
from screen import Terminal

EPOCH = struct.pack(">Q", 0x00DCDDB30F2F8000)  # btsnoop's 1970


def session(place):
    """A battery found, read and subscribed to on an air that records: (the central's btsnoop, the air's pcap)."""
    path, folder = place.folder / "air.sock", place.folder / "hci"
    folder.mkdir()
    air = place.start("glint-air", "--socket", str(path), "--verbose", "--btsnoop", str(folder), "--pcap",
                      str(place.folder / "air.pcap"))
    air.line("serving on")
    uri = f"unix:{path}"
    place.battery(GLINT_DRIVER=uri)
    air.line("host 1 is here")  # so that host 2 is the monitor
    result = place.run("glint", "monitor", "--name", "Glint", "--count", "1", "--driver", uri)
    assert result.returncode == 0, result.stderr
    place.programs[1].end()
    assert air.process.wait(kit.DEADLINE_S) == 0
    return folder / "host-2.btsnoop", place.folder / "air.pcap"


def decode(place, *args, code=0):
    result = place.run("glint", "decode", *[str(arg) for arg in args])
    assert result.returncode == code, (result.returncode, result.stdout[-2000:], result.stderr)
    return result


def packets(place, *args):
    return [json.loads(line) for line in decode(place, *args, "--json").stdout.splitlines()]


FIELDS = ("bthci_cmd.opcode", "bthci_evt.code", "bthci_evt.le_meta_subevent", "btatt.opcode", "btatt.handle",
          "btle.advertising_header.pdu_type", "btle.control_opcode")


def tshark(path):
    """What it reads in each frame: the first of every field, None where there is none."""
    words = ["tshark", "-n", "-r", str(path), "-T", "fields", "-E", "occurrence=f"]
    for field in FIELDS:
        words += ["-e", field]
    result = subprocess.run(words, text=True, capture_output=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return [{field: int(text, 0) if text else None for field, text in zip(FIELDS, line.split("\t"))}
            for line in result.stdout.splitlines()]


def column(frames, field, *more):
    """The field of the frames that have it, with further ones."""
    return [(frame[field], *(frame[other] for other in more)) for frame in frames if frame[field] is not None]


def agrees_with_tshark(place):
    hci, air = session(place)
    ours, theirs = packets(place, hci, "--all"), tshark(hci)
    assert len(ours) == len(theirs) and not any(p.get("malformed") for p in ours)
    commands = [(p["opcode"],) for p in ours if p["layer"] == "hci" and p["direction"] == ">" and "opcode" in p]
    assert commands == column(theirs, "bthci_cmd.opcode") and len(commands) > 10
    events = [(p["code"], p.get("subevent")) for p in ours if "code" in p and p["direction"] == "<"]
    assert events == column(theirs, "bthci_evt.code", "bthci_evt.le_meta_subevent") and len(events) > 10
    same_att(ours, theirs)
    ours, theirs = packets(place, air, "--all"), tshark(air)
    assert len(ours) == len(theirs) and not any(p.get("malformed") for p in ours)
    assert [(p["type"],) for p in ours if p["layer"] == "ll" and "type" in p] == column(
        theirs, "btle.advertising_header.pdu_type")
    assert [(p["opcode"],) for p in ours if p["layer"] == "ll" and "opcode" in p] == column(theirs, "btle.control_opcode")
    same_att(ours, theirs)
    formats(place, hci, air, theirs)
    options(place, hci, air)
    damaged(place, hci, air)


def same_att(ours, theirs):
    """Opcodes in order, and the handle of those that have one."""
    att = [p for p in ours if p["layer"] == "att"]
    assert [(p["opcode"],) for p in att] == column(theirs, "btatt.opcode") and len(att) > 20
    for opcode in (0x0A, 0x12, 0x1B):  # Read Request, Write Request, Notification
        handles = [p["handle"] for p in att if p["opcode"] == opcode]
        assert handles == [f["btatt.handle"] for f in theirs if f["btatt.opcode"] == opcode] and handles, opcode


def formats(place, hci, air, theirs):
    """The same packets in the other containers that are known."""
    names = [p["name"] for p in packets(place, hci)]
    records = list(btsnoop_records(hci.read_bytes()))
    h1 = b"btsnoop\0" + struct.pack(">II", 1, 1001) + b"".join(
        struct.pack(">IIII", len(d) - 1, len(d) - 1, flags, 0) + t + d[1:] for flags, t, d in records)
    kinds = {(1, 0): 2, (4, 1): 3, (2, 0): 4, (2, 1): 5}
    monitor = b"btsnoop\0" + struct.pack(">II", 1, 2001) + struct.pack(">IIII", 2, 2, 0, 0) + EPOCH + b"xx" + b"".join(
        struct.pack(">IIII", len(d) - 1, len(d) - 1, kinds[d[0], flags & 1], 0) + t + d[1:] for flags, t, d in records)
    h4 = struct.pack(">IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 201) + b"".join(
        struct.pack(">IIIII", i, 0, len(d) + 4, len(d) + 4, flags & 1) + d for i, (flags, _, d) in enumerate(records))
    for name, octets in (("h1", h1), ("btmon", monitor), ("h4.pcap", h4)):
        (place.folder / name).write_bytes(octets)
        assert [p["name"] for p in packets(place, place.folder / name)] == names, name
    octets = air.read_bytes()
    bare = struct.pack("<IHHIIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 251)  # nanoseconds, no pseudo-header: who speaks is guessed
    at = 24
    while at < len(octets):
        s, us, size, _ = struct.unpack_from("<IIII", octets, at)
        bare += struct.pack("<IIII", s, us * 1000, size - 10, size - 10) + octets[at + 26:at + 16 + size]
        at += 16 + size
    (place.folder / "251.pcap").write_bytes(bare)
    ours = packets(place, place.folder / "251.pcap", "--only", "att")
    same_att(ours, theirs)
    assert [p["direction"] for p in ours] == [p["direction"] for p in packets(place, air, "--only", "att")]


def btsnoop_records(octets):
    at = 16
    while at < len(octets):
        _, size, flags, _ = struct.unpack_from(">IIII", octets, at)
        yield flags, octets[at + 16:at + 24], octets[at + 24:at + 24 + size]
        at += 24 + size


def options(place, hci, air):
    said = decode(place, hci).stdout
    assert "Read Response: handle 14 (Battery Level) = " in said and " %" in said, said[-3000:]
    assert "handle 15 (Client Characteristic Configuration of Battery Level) = notifications" in said
    assert "Handle Value Notification: handle 14 (Battery Level)" in said
    assert "connection 256: ended from this side (0x16)" in said and "packet of connection" not in said
    assert "left out; --all shows them" in said and "packet of connection" in decode(place, hci, "--all").stdout
    assert "empty PDU" not in decode(place, air).stdout and "empty PDU" in decode(place, air, "--all").stdout
    for layer in ("hci", "ll", "l2cap", "att", "smp"):
        some = packets(place, hci, air, "--only", layer)
        assert {p["layer"] for p in some} <= {layer} and (some or layer in ("l2cap", "smp")), layer
    both = packets(place, air, hci)
    assert [p["time"] for p in both] == sorted(p["time"] for p in both), "one order of time"
    assert {p["file"] for p in both} == {"air", "host-2"}
    assert "host-2" in decode(place, air, hci).stdout and "air  " in decode(place, air, hci).stdout
    assert "01 03 0c 00"[3:] in decode(place, hci, "--hex").stdout.splitlines()[1]
    assert packets(place, hci, "--hex")[0]["octets"] == "030c00"
    assert decode(place, hci, "--absolute").stdout[:4].isdigit() and decode(place, hci).stdout.startswith("     0.000000 ")
    with open(hci, "rb") as file:
        piped = subprocess.run([str(kit.BIN / "glint"), "decode", "-"], stdin=file, capture_output=True, text=True,
                               timeout=kit.DEADLINE_S)
    assert piped.returncode == 0 and piped.stdout == said
    for words, coloured in ((["--only", "att"], True), (["--only", "att", "--no-color"], False)):
        with Terminal(place, "glint", "decode", str(hci), *words, rows=60, columns=120) as t:
            assert t.end(key="") == 0
            assert ("\x1b[32m" in t.raw) == coloured and "(Battery Level) = " in t.text(), t.text()


def damaged(place, hci, air):
    octets, file = hci.read_bytes(), place.folder / "damaged"
    first = 16 + 24 + struct.unpack_from(">I", octets, 20)[0]
    for cut, words in ((0, ("the file is empty",)), (9, ("neither a btsnoop nor a pcap",)),
                       (20, ("at octet 16", "header of record 1 is cut", "4 of 24")),
                       (first - 1, ("at octet 16", "record 1 says that it has 4 octets, but 3 are left")),
                       (first + 30, (f"at octet {first}", "record 2 says"))):
        file.write_bytes(octets[:cut])
        refused(place, file, words)
    for header, words in ((b"btsnoop\0" + struct.pack(">II", 2, 1002), ("at octet 8", "version 2")),
                          (b"btsnoop\0" + struct.pack(">II", 1, 7), ("at octet 12", "datalink 7")),
                          (struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1), ("at octet 20", "link type 1,")),
                          (bytes.fromhex("0a0d0d0a") + bytes(40), ("pcapng", "editcap"))):
        file.write_bytes(header)
        refused(place, file, words)
    refused(place, place.folder / "none", ("No such file",))
    # What is before the damage is shown.
    file.write_bytes(octets[:-1])
    result = decode(place, file, code=1)
    assert "Reset" in result.stdout and result.stderr.count("\n") == 1, result.stderr
    chance = random.Random(1)
    files = []
    for i in range(30):
        source = bytearray((octets, air.read_bytes())[i % 2])
        for _ in range(40):
            source[chance.randrange(24, len(source))] = chance.randrange(256)
        files.append(place.folder / f"noise-{i}")
        files[-1].write_bytes(source)
    for words in ([], ["--json"]):
        result = place.run("glint", "decode", *map(str, files), *words)
        assert result.returncode in (0, 1) and "ERROR" not in result.stderr, result.stderr
        assert all(line.startswith("glint decode: ") for line in result.stderr.splitlines()), result.stderr
        if words:
            assert all(json.loads(line) for line in result.stdout.splitlines())


def refused(place, file, words):
    result = decode(place, file, code=1)
    assert result.stderr.count("\n") == 1 and str(file) in result.stderr, result.stderr
    assert all(word in result.stderr for word in words), (words, result.stderr)


def usage(place):
    for args, words in (([], ("a trace is wanted",)), (["--only", "smoke", "x"], ("--only smoke", "hci ll l2cap att smp")),
                        (["--jsn", "x"], ("--jsn", "--json perhaps"))):
        result = decode(place, *args, code=2)
        assert result.stderr.count("\n") == 1 and all(word in result.stderr for word in words), result.stderr


if __name__ == "__main__":
    kit.main(agrees_with_tshark, usage)
