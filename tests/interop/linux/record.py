"""An air that leaves what it heard in a folder of its own; Linux is its first host, and of each boot a new one."""

import asyncio
import contextlib
import shutil

import air
import cells
from bus import bus
from machine import machine


class Recorded:
    def __init__(self, name):
        self.folder = cells.folder() / "linux" / name
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
        """Boots it. more: of machine()"""
        self.traces.append(self.folder / f"host-{len(list(self.folder.glob('host-*.btsnoop'))) + 1}.btsnoop")
        guest = None
        try:
            async with machine(self.path, **more) as guest:
                async with bus(guest.bus) as one:
                    one.guest = guest
                    yield one
        finally:
            logs = {n: data for n, data in guest.files.items() if n.endswith(".log")} if guest else {}
            for name, data in logs.items():
                (self.folder / f"{self.traces[-1].stem}-{name}").write_bytes(data)

    async def told(self, display_filter, *fields):
        """What Linux has been told, or has said: a line for each HCI packet that passes, so far."""
        options = ["-T", "fields", *(word for field in fields for word in ("-e", field))] if fields else []
        process = await asyncio.create_subprocess_exec(
            "tshark", "-r", self.traces[-1], "-Y", display_filter, *options,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)  # it says that a trace is still being written
        said, _ = await process.communicate()
        return said.decode().splitlines()

    async def traced(self, display_filter, *fields, count=1):
        """Waits for so many packets: what Linux is told of the link changes nothing on the bus."""
        while len(lines := await self.told(display_filter, *fields)) < count:
            pass
        return lines

    async def judged(self):
        assert self.traces, "no Linux was booted: there is nothing to judge"
        for trace in [*self.traces, *self.folder.glob("air.pcap")]:
            await air.judged(trace)
