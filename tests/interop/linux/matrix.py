#!/usr/bin/env python3
"""Linux with BlueZ, in a virtual machine whose controller is on our air, against our peripheral and our central.

    tests/interop/linux/run [NAME...]      only the checks whose names contain one of these

Prints a line a check, then a table: role x check. What Linux and the air recorded is left in build/interop-linux/, and
every HCI packet of Linux's and every PDU on the air is read by tshark, none malformed. central.py, peripheral.py and
client.c's face in centrals.py do what cases.py and checks.py ask; pairing.py has what takes keys.
"""

import asyncio
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import time

import air
import cases
import centrals
import checks
import driver
import image
import pairing
import peripherals
import programs
from bus import bus
from central import Central
from machine import machine
from peripheral import Peripheral

LEFT = pathlib.Path(os.environ.get("GLINT_LEFT", "build/interop-linux"))
CHECK_S = 90  # the slowest takes 40 on a busy machine
OK, BAD, CANNOT, NOTHING = "ok", "FAILED", "-", ""  # NOTHING: the check is about the other role
OURS = {"cancel": "a reliable write of our client that succeeds is executed"}
results = {}  # (check, role): outcome
why = []


def title(check):
    return check.__name__.replace("_", " ")


async def outcome(role, name, work):
    """Runs one check and says how it ended."""
    began = time.monotonic()
    try:
        await asyncio.wait_for(work, CHECK_S)
        results[name, role] = OK
        print(f"ok {role}: {name} ({time.monotonic() - began:.1f} s)", flush=True)
    except Exception as e:
        results[name, role] = BAD
        print(f"not ok {role}: {name}: {type(e).__name__}: {e}", flush=True)


class Recorded:
    """An air that leaves what it heard in a folder of its own; Linux is its first host."""

    def __init__(self, name):
        self.folder = LEFT / name
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.path = None
        self.traces = []  # of Linux's controllers, one a boot

    @contextlib.asynccontextmanager
    async def air(self, *options):
        async with air.air("--btsnoop", str(self.folder), *options) as self.path:
            yield self

    def heard(self):
        """What is on the air is recorded as well; where links are encrypted, nobody could read it."""
        return self.air("--pcap", str(self.folder / "air.pcap"))

    @contextlib.asynccontextmanager
    async def linux(self, **more):
        self.traces.append(self.folder / f"host-{len(list(self.folder.glob('host-*.btsnoop'))) + 1}.btsnoop")
        async with machine(self.path, **more) as guest:
            try:
                async with bus(guest.bus) as one:
                    one.guest = guest
                    yield one
            finally:
                (self.folder / "console.log").write_text(guest.console())
        for name in ("bluetoothd.log", "dmesg.log"):
            (self.folder / f"{self.traces[-1].stem}-{name}").write_bytes(guest.files.get(name, b""))

    def packets(self, display_filter):
        """How many of Linux's HCI packets pass, so far."""
        said = subprocess.run(["tshark", "-r", self.traces[-1], "-Y", display_filter],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
        return len(said.splitlines())


class Link:
    """What checks.py asks of the two that are connected."""

    def __init__(self, record, bus_, central):
        self.record, self.bus, self.central = record, bus_, central

    async def gone(self):
        if isinstance(self.central, Central):
            await self.central.until("Connected", False)
        else:
            await self.central.ended()

    async def traced(self, display_filter):
        """Waits until Linux has been told such a packet; what it tells changes nothing on the bus."""
        while not await asyncio.to_thread(self.record.packets, display_filter):
            pass


def chosen(wanted, role, lacks, peripheral, extra):
    """(name, function of central and link) of what these two can do; why they cannot do the others is noted.

    lacks: {feature: how it shows} of both; peripheral: those of the peripheral.
    """
    for case in cases.ALL:
        missing = sorted(cases.NEEDS.get(case, frozenset()) & frozenset(lacks))
        if not cases.WITHOUT.get(case, frozenset()) <= frozenset(peripheral) or not is_wanted(case, wanted):
            continue
        if missing:
            results[title(case), role] = CANNOT
            why.append(f"{role}: {title(case)}: {lacks[missing[0]]}")
        else:
            yield title(case), lambda central, link, case=case: case(central)
    yield from ((title(check), check) for check in extra if is_wanted(check, wanted))


def is_wanted(case, wanted):
    return not wanted or any(part in title(case) for part in wanted)


async def gatt_central(wanted):
    """Linux is the central of the test device."""
    role = "Linux is central"
    record = Recorded("central")
    async with record.heard(), record.linux() as one:
        for name, check in chosen(wanted, role, Central.LACKS, {}, checks.CENTRAL):
            async def case(check=check):
                central = Central(one)
                central.lacking = central.LACKS
                async with peripherals.glint(record.path):
                    try:
                        await central.connect("Interop")
                        await check(central, Link(record, one, central))
                    finally:
                        await central.remove()

            await outcome(role, name, case())
    await outcome(role, "traces are well formed", judged(record))


async def gatt_peripheral(wanted):
    """Linux is the test device, our client the central."""
    role = "Linux is peripheral"
    record = Recorded("peripheral")
    async with record.heard(), record.linux() as one:
        device = Peripheral(one)
        await device.start("Interop")
        for name, check in chosen(wanted, role, OURS | Peripheral.LACKS, Peripheral.LACKS, checks.PERIPHERAL):
            async def case(check=check):
                async with centrals.glint(record.path) as central:
                    central.lacking = centrals.Glint.LACKS | frozenset(Peripheral.LACKS)
                    await central.connect("Interop")
                    await check(central, Link(record, one, central))
                    await central.disconnect()
                await device.alone()

            await outcome(role, name, case())
    await outcome(role, "traces are well formed", judged(record))


async def judged(record):
    for trace in [*record.traces, *record.folder.glob("air.pcap")]:
        await air.judged(trace)


async def drivers(wanted):
    """Our driver hci:, on this Linux's kernel."""
    role = "Linux has our driver"
    record = Recorded("driver")
    async with record.heard(), record.linux(programs=programs.archive(os.environ["GLINT_PYTHON_BUILD"])) as one:
        for check in driver.ALL:
            if is_wanted(check, wanted):
                await outcome(role, title(check), check(record, one.guest))
    await outcome(role, "traces are well formed", judged(record))


async def paired(wanted):
    runs = {"Linux is central": pairing.linux_is_central, "Linux is peripheral": pairing.linux_is_peripheral}
    for role, run in runs.items():
        record = Recorded(f"pairing-{role.split()[-1]}")
        async with record.air():
            await run(record, wanted, lambda name, work, role=role: outcome(role, name, work))
        await outcome(role, "traces of pairing are well formed", judged(record))


def table():
    roles = ("Linux is central", "Linux is peripheral")
    names = list(dict.fromkeys(name for name, _ in results))
    width = max(map(len, names), default=0)
    print(f"\n{'':{width}}  {'  '.join(roles)}")  # a dash: the peer cannot, and the lines below say how that shows
    for name in names:
        print(f"{name:{width}}  {'  '.join(f'{results.get((name, r), NOTHING):{len(r)}}' for r in roles)}")
    for line in why:
        print(f"- {line}")


async def everything(wanted):
    for part in (gatt_central, paired, gatt_peripheral, drivers):
        if not os.environ.get("GLINT_ONLY") or part.__name__ in os.environ["GLINT_ONLY"]:
            try:
                await part(wanted)
            except Exception as e:
                results[title(part), "Linux is central"] = BAD
                print(f"not ok {title(part)}: {type(e).__name__}: {e}", flush=True)


def main():
    began = time.monotonic()
    made = image.manifest()
    if not made:
        sys.exit("linux: there is no machine, or an old one: tests/interop/linux/image.py makes it")
    print(f"linux: Linux {made['linux']}, BlueZ {made['bluez']}")
    asyncio.run(everything(sys.argv[1:]))
    table()
    counts = [list(results.values()).count(word) for word in (OK, BAD)]
    print(f"\nlinux: {time.monotonic() - began:.0f} s; traces in {LEFT}")
    print(f"{counts[0]} passed, {counts[1]} failed")
    sys.exit(counts[1] > 0 or not counts[0])


if __name__ == "__main__":
    main()
