#!/usr/bin/env python3
"""Linux with BlueZ, in virtual machines whose controllers are on our air, against our peripheral and our central.

    tests/interop/linux/run [NAME...]      only the checks whose names contain one of these

Prints a line a check, then the table of cells.py. What Linux and the air recorded is left in build/interop/linux/, and
every HCI packet of Linux's and every PDU on the air is read by tshark, none malformed. Each of PHASES has an air and boots
of its own, so that two run at once. central.py, peripheral.py and client.c's face in centrals.py do what cases.py and
checks.py ask; pairing.py has what takes keys, monitor.py what takes a user, driver.py our driver in the guest.
"""

import asyncio
import contextlib
import os
import sys
import time

import cases
import cells
import centrals
import checks
import driver
import image
import monitor
import pairing
import peripherals
import privacy
import programs
from central import Central
from cells import CENTRAL, PERIPHERAL
from peripheral import Peripheral
from record import Recorded

PEER = "Linux"
CHECK_S = 240  # the slowest takes 30 on an idle machine; others may need its two cores as well
AT_A_TIME = 2
TRACES = "traces are well formed"
ONLY = os.environ.get("GLINT_ONLY")  # names of PHASES, with commas


centrals.WAIT_S = 60


def title(check):
    return check.__name__.replace("_", " ")


class Results:
    """What came of the checks, for the table and as lines to read meanwhile."""

    def __init__(self, wanted):
        self.wanted = wanted
        self.file = cells.Record("linux/part" if wanted or ONLY else "linux")
        self.rows, self.unable = set(), []
        self.passed = self.failed = 0

    def is_wanted(self, name):
        return not self.wanted or any(part in name for part in self.wanted)

    def put(self, role, lines, result, note=""):
        for line in lines:
            self.rows.add((role, line))
            self.file.put(PEER, role, line, result, note)

    def cannot(self, role, name, lines, why):
        """To be noted when it is known what other checks say in the same lines."""
        self.unable.append((role, name, lines, why))

    def finish(self):
        for role, name, lines, why in self.unable:
            missing = [line for line in lines if (role, line) not in self.rows]
            self.put(role, missing or [name], cells.CANNOT, why)

    async def outcome(self, role, name, lines, work, guest=None):
        """Runs one check, while the guest lives, and says how it ended. lines: of the table"""
        began, error = time.monotonic(), None
        try:
            await asyncio.wait_for(guest.meanwhile(work) if guest else work, CHECK_S)
        except (Exception, asyncio.CancelledError) as e:  # Bumble cancels a request whose connection ends
            error = e
        self.passed, self.failed = self.passed + (not error), self.failed + bool(error)
        self.put(role, lines, cells.FAILED if error else cells.OK, f"{name}: {error!r}" if error else "")
        how = f"not ok {role}: {name}: {error!r}" if error else f"ok {role}: {name}"
        print(f"{how} ({time.monotonic() - began:.1f} s)", flush=True)


class Phase:
    """Checks of one role, whose traces are judged in the end."""

    def __init__(self, results, role, record):
        self.results, self.role, self.record = results, role, record
        self.tried = False

    async def check(self, name, lines, make, guest=None):
        """make: makes the work, if it is wanted. lines: of the table; none: its own name"""
        if self.results.is_wanted(name):
            self.tried = True
            await self.results.outcome(self.role, name, lines or [name], make(), guest)

    def cannot(self, name, why):
        if self.results.is_wanted(name):
            self.results.cannot(self.role, name, [name], why)

    async def end(self):
        if self.tried:
            await self.results.outcome(self.role, f"{TRACES}: {self.record.folder.name}", [TRACES], self.record.judged())


@contextlib.asynccontextmanager
async def phase(results, role, name):
    one = Phase(results, role, Recorded(name))
    yield one
    await one.end()


def chosen(results, role, why, peripheral, instead, extra):
    """(name, lines of the table, function of central and record) of what these two can do; the others are noted.

    why: {feature that one of them lacks: how it shows}; peripheral: of the peripheral only; instead: {case: another form}
    """
    for case in (*cases.ALL, *cases.LINKS):
        name, lines = title(case), checks.LINES.get(case) or cases.checks(case)
        lacks = sorted((cases.NEEDS.get(case, frozenset()) | checks.NEEDS.get(case, frozenset())) & why.keys())
        if not cases.WITHOUT.get(case, frozenset()) <= peripheral.keys():
            continue
        if lacks and results.is_wanted(name):
            results.cannot(role, name, lines, why[lacks[0]])
        elif not lacks:
            yield name, lines, instead.get(case) or (lambda central, _record, case=case: case(central))
    for check in extra:
        yield title(check), checks.LINES.get(check), check


async def gatt_central(results):
    """Linux is the central of the test device."""
    async with phase(results, CENTRAL, "central") as one, one.record.heard(), one.record.linux(files=image.FAST) as bus:
        for name, lines, check in chosen(results, CENTRAL, Central.WHY, {}, {}, checks.CENTRAL):
            async def case(check=check):
                central = Central(bus, one.record)
                central.lacking = Central.WHY.keys()
                async with peripherals.glint(one.record.path):
                    try:
                        await central.connect("Interop")
                        await check(central, one.record)
                    finally:
                        await central.remove()

            await one.check(name, lines, case, bus.guest)


async def gatt_peripheral(results):
    """Linux is the test device, our client the central."""
    why = centrals.Glint.WHY | Peripheral.WHY
    async with phase(results, PERIPHERAL, "peripheral") as one, one.record.heard(), one.record.linux() as bus:
        device = Peripheral(bus)
        await device.start("Interop")
        for name, lines, check in chosen(results, PERIPHERAL, why, Peripheral.WHY, checks.INSTEAD, checks.PERIPHERAL):
            async def case(check=check):
                try:
                    async with centrals.glint(one.record.path) as central:
                        central.lacking = why.keys()
                        await central.connect("Interop")
                        await checks.granted(central)
                        await check(central, one.record)
                        await central.disconnect()
                finally:
                    await device.alone()

            await one.check(name, lines, case, bus.guest)


async def paired_central(results):
    async with phase(results, CENTRAL, "pairing-central") as one, one.record.air():
        await pairing.linux_is_central(one)


async def paired_peripheral(results):
    async with phase(results, PERIPHERAL, "pairing-peripheral") as one, one.record.air():
        await pairing.linux_is_peripheral(one)


async def watched(results):
    """`glint monitor` is the central."""
    async with phase(results, PERIPHERAL, "monitor") as one, one.record.air(), one.record.linux() as bus:
        await monitor.everything(one, bus)


async def private_central(results):
    async with phase(results, CENTRAL, "private-central") as one, one.record.air():
        await privacy.linux_is_central(one)


async def private_peripheral(results):
    async with phase(results, PERIPHERAL, "private-peripheral") as one, one.record.air():
        await privacy.linux_is_peripheral(one)


async def drivers(results):
    """Our driver hci:, on this Linux's kernel: what is beyond the controller is Linux."""
    async with phase(results, PERIPHERAL, "driver") as one, one.record.heard(), \
            one.record.linux(programs=programs.archive(os.environ["GLINT_PYTHON_BUILD"])) as bus:
        for check in driver.ALL:
            await one.check(f"driver hci: {title(check)}", None, lambda check=check: check(one.record, bus.guest), bus.guest)


PHASES = (gatt_central, gatt_peripheral, paired_central, paired_peripheral, private_central, private_peripheral, watched,
          drivers)


async def everything(results):
    turn = asyncio.Semaphore(AT_A_TIME)

    async def one(part):
        async with turn:
            try:
                await part(results)
            except Exception as e:  # what comes after it has not been tried
                results.failed += 1
                results.put(CENTRAL if "central" in part.__name__ else PERIPHERAL, [title(part)], cells.FAILED, repr(e))
                print(f"not ok {title(part)}: {e!r}", flush=True)

    await asyncio.gather(*(one(part) for part in PHASES if not ONLY or part.__name__ in ONLY.split(",")))
    results.finish()


def main(wanted):
    began = time.monotonic()
    (cells.folder() / "linux").mkdir(parents=True, exist_ok=True)
    made = image.manifest()
    if not made:
        sys.exit("linux: there is no machine, or an old one: tests/interop/linux/image.py makes it")
    print(f"linux: Linux {made['linux']}, BlueZ {made['bluez']}")
    results = Results(wanted)
    asyncio.run(everything(results))
    spent = sum(os.times()[:4])
    print(f"\nlinux: {results.passed} ok, {results.failed} not, in {time.monotonic() - began:.0f} s, {spent:.0f} s of processors;"
          f" traces in {cells.folder() / 'linux'}", flush=True)
    if wanted or ONLY:
        sys.exit(results.failed > 0 or not results.passed)
    sys.exit(cells.main([results.file.path]) or results.failed > 0)


if __name__ == "__main__":
    main(sys.argv[1:])
