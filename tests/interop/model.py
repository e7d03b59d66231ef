"""The test device as tree.json tells it: what a central ought to find. UUIDs are text, 4 or 32 hexadecimal digits."""

import json
import pathlib

TREE = json.loads((pathlib.Path(__file__).parent / "tree.json").read_text(encoding="utf-8"))
BITS = {"broadcast": 0x01, "read": 0x02, "write-command": 0x04, "write": 0x08, "notify": 0x10, "indicate": 0x20,
        "reliable": 0x80}
REFUSED, BAD_VALUE = 0x80, 0x81


class AttError(Exception):
    """What the server answered: an error code of Vol 3 Part F 3.4.1.1."""

    def __init__(self, code):
        super().__init__(f"ATT error 0x{code:02X}")
        self.code = code


def uuid(text):
    return TREE["base"].replace("____", text[1:]) if text[0] == "x" else text


def pattern(text, length):
    first = int(text[-2:], 16)
    return bytes((first + 7 * i) & 0xFF for i in range(length))


def numbered(n, length=20):
    """The nth value that a control order sends."""
    return bytes((n + 7 * i) & 0xFF for i in range(length))


def properties(entry):
    return sum(BITS[p] for p in entry["properties"])


def descriptors(entry):
    """uuid: value, as right after a connection."""
    bits, all_of_them = properties(entry), {}
    if bits & (BITS["notify"] | BITS["indicate"]):
        all_of_them["2902"] = bytes(2)
    if bits & BITS["broadcast"]:
        all_of_them["2903"] = bytes(2)
    if bits & BITS["reliable"]:
        all_of_them["2900"] = b"\x01\x00"
    if "description" in entry:
        all_of_them["2901"] = entry["description"].encode()
    if "format" in entry:
        all_of_them["2904"] = bytes.fromhex(entry["format"])
    return all_of_them


def characteristics():
    return {c["uuid"]: c for s in TREE["services"] for c in s["characteristics"]}


def shape(entry):
    """A service without handles, to compare with what was found: Service.shape()."""
    return {
        "uuid": uuid(entry["uuid"]), "primary": not entry.get("secondary", False),
        "includes": [uuid(i) for i in entry.get("includes", [])],
        "characteristics": [
            (uuid(c["uuid"]), f"{properties(c):02x}", sorted(descriptors(c))) for c in entry["characteristics"]],
    }


class Characteristic:
    def __init__(self, uuid_, bits, start, handle):
        self.uuid, self.properties, self.start, self.handle = uuid_, bits, start, handle
        self.end = handle
        self.descriptors = {}  # uuid: handle


class Service:
    def __init__(self, uuid_, start, end, primary=True):
        self.uuid, self.start, self.end, self.primary = uuid_, start, end, primary
        self.includes = []  # (start, end, uuid)
        self.characteristics = []

    def finish(self):
        """Once all characteristics are known: each ends where the next begins."""
        ends = [c.start - 1 for c in self.characteristics[1:]] + [self.end]
        for c, end in zip(self.characteristics, ends):
            c.end = end

    def shape(self):
        return {
            "uuid": self.uuid, "primary": self.primary, "includes": [uuid_ for _, _, uuid_ in self.includes],
            "characteristics": [
                (c.uuid, f"{c.properties:02x}", sorted(c.descriptors)) for c in self.characteristics],
        }
