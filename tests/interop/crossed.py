"""Responses that tshark takes for those of another request.

It remembers of a connection the last request, whichever side has sent it. Where both are clients, and a request of one
comes between request and response of the other, it reads a level of one octet as an appearance of two: malformed. Such a
packet is read again alone, when nothing is known of any request.
"""

import asyncio
import pathlib
import struct
import tempfile

REQUESTS = {0x02, 0x04, 0x06, 0x08, 0x0A, 0x0C, 0x0E, 0x10, 0x12, 0x16, 0x18, 0x20}  # Vol 3 Part F 3.4.8


def record(trace, number):
    """The file with one of its packets only; btsnoop is big-endian, a pcap of ours little-endian."""
    data = trace.read_bytes()
    head, size, order = (16, 24, ">4xI") if trace.suffix == ".btsnoop" else (24, 16, "<8xI")
    at = head
    for _ in range(number - 1):
        at += size + struct.unpack_from(order, data, at)[0]
    return data[:head] + data[at:at + size + struct.unpack_from(order, data, at)[0]]


def is_crossed(number, packets):
    """packets: what `glint decode --json` reads. The last request before it came from who has sent this."""
    att = [p for p in packets if p["layer"] == "att" and p["number"] <= number]
    if not att or att[-1]["number"] != number or att[-1]["opcode"] in REQUESTS:
        return False
    requests = [p for p in att if p["opcode"] in REQUESTS]
    return bool(requests) and requests[-1]["direction"] == att[-1]["direction"]


async def is_well_formed(trace, number):
    with tempfile.TemporaryDirectory() as folder:
        one = pathlib.Path(folder, "one" + trace.suffix)
        one.write_bytes(record(trace, number))
        process = await asyncio.create_subprocess_exec(
            "tshark", "-r", one, "-Y", "btatt and not _ws.malformed", stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL)
        said, _ = await process.communicate()
        return process.returncode == 0 and said


async def malformed(trace, numbers, packets):
    """Those of these packets for which nothing speaks."""
    return [n for n in numbers if not (is_crossed(n, packets) and await is_well_formed(trace, n))]
