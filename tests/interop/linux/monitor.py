"""`glint monitor` is the central of a BlueZ that is a peripheral, and pairs with it in every way that both have users for:
what it says in JSON is read, and what its user would type is typed. Then it is started again, and comes back by the bond.
"""

import asyncio
import contextlib
import json
import os
import tempfile

import air
from bus import DEVICE
from pairing import BATTERY, LEVEL, Ours, Seats, connected, place
from peripheral import Peripheral

NAME = "Linux"
# line of the table; capabilities of Linux's user; the level that comes of it
WAYS = (("just works", "NoInputNoOutput", 2), ("passkey, ours shows", "KeyboardOnly", 4),
        ("passkey, ours types", "DisplayOnly", 4), ("numbers compared", "DisplayYesNo", 4))


class Monitor(Ours):
    """With the words of pairing.c, so that the same users sit before it."""

    WORDS = {"passkey_wanted": "wanted"}

    def __init__(self, process):
        self.events = {}
        super().__init__(process)

    async def read(self):
        while line := await self.process.stdout.readline():
            event = json.loads(line)
            if event["event"] == "compare":  # its user looks at the other screen as well
                self.say("yes")
            self.events.setdefault(event["event"], []).append(event)
            await self.put(f"{self.WORDS.get(event['event'], event['event'])} {event.get('passkey', '')}")
        await self.end()

    async def event(self, kind):
        """The next one of this kind, once."""
        await self.until(kind)
        return self.events[kind].pop(0)


@contextlib.asynccontextmanager
async def running(record, folder):
    place(folder, record.path)
    process = await asyncio.create_subprocess_exec(
        air.BIN / "glint", "monitor", "--name", NAME, "--json", "--interval", "15", stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "GLINT_DRIVER": "virtual:", "XDG_STATE_HOME": folder, "XDG_RUNTIME_DIR": folder})
    try:
        yield Monitor(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.stdin.close()
        await process.wait()


async def reads_and_hears(one, device, values):
    """It has subscribed by itself, and is told what is new; what it asks for it gets."""
    for value in values:
        device.values[LEVEL].notify(bytes([value]))
        event = await one.event("notification")
        assert event["value"] == f"{value:02x}", event
    device.values[LEVEL].value = bytes([77])
    one.say(f"read {LEVEL}")
    while (event := await one.event("value"))["value"] != "4d":
        pass


async def pairs(record, bus, device, folder, way, capabilities, level):
    async with Seats(bus, capabilities) as seats, running(record, folder) as one:
        seats.face(one)
        await one.event("subscribed")  # it has shown all that there is
        if way == "just works":
            one.say("pair")
        else:  # a Security Request, for MITM protection
            await bus.until(lambda: connected(bus), "Linux is connected")
            await bus.call(connected(bus)[0], DEVICE, "Pair")
        event = await one.event("paired")
        assert (event["level"], event["key_size"], event["bonded"]) == (level, 16, "yes"), event
        await reads_and_hears(one, device, [5, 6])
    await bus.until(lambda: not connected(bus), "the link has ended")
    async with running(record, folder) as one:
        event = await one.event("encrypted")
        assert (event["level"], event["key_size"]) == (level, 16), event
        await one.event("subscribed")
        await reads_and_hears(one, device, [7])
        assert "paired" not in one.events, one.events["paired"]
    await bus.until(lambda: not connected(bus), "the link has ended")


async def everything(phase, bus):
    device = Peripheral(bus, BATTERY)
    await device.start(NAME)
    for way, capabilities, level in WAYS:
        async def pair(way=way, capabilities=capabilities, level=level):
            with tempfile.TemporaryDirectory() as folder:
                await pairs(phase.record, bus, device, folder, way, capabilities, level)

        await phase.check(f"pairing: {way}, by glint monitor", [f"pairing: {way}"], pair, bus.guest)
