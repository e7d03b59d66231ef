"""Our driver of Linux's user channel, on a real kernel: our programs run in the guest, on its hci0; Bumble is outside.

The adapter belongs to bluetoothd when the first program takes it; the next one comes when bluetoothd has ended. What is
refused is refused by the kernel, and said in one sentence.
"""

import contextlib

import centrals
import programs

PLACE = f"/{programs.PLACE}"
BATTERY, GLINT = f"{PLACE}/bin/battery", f"{PLACE}/bin/glint"
IN_C = f"GLINT_DRIVER=hci:0 {BATTERY}"
IN_PYTHON = f"{GLINT} run --driver hci:0 {PLACE}/battery.py"


@contextlib.asynccontextmanager
async def running(guest, command):
    """A program in the guest; it ends with this block. What it says is in /out, where it is left."""
    await guest.do(f"export XDG_STATE_HOME=/run; {command} >>/out/program.log 2>&1 & echo $! >/run/program.pid")
    try:
        yield
    finally:
        await guest.do("kill $(cat /run/program.pid); while [ -d /proc/$(cat /run/program.pid) ]; do usleep 1000; done")


async def refused(guest, command, words):
    """It ends by itself, and its last word has these."""
    status, said = await guest.do(command)
    assert status and words in said, f"{command}: {status}, {said}"


async def seen(record, name):
    """By Bumble: found by this name, connected to, read, and five of its notifications in order of time."""
    async with centrals.bumble(record.path) as central:
        await central.connect(name)
        found = {c.uuid: c for s in await central.tree() for c in s.characteristics}
        level = found["2a19"]
        assert await central.read(level.descriptors["2901"]) == b"Battery Level"
        value = await central.read(level.handle)
        assert len(value) == 1 and value[0] <= 100, value
        await central.subscribe(level, 1)
        for _ in range(5):
            handle, value, indication = await central.notified()
            assert handle == level.handle and len(value) == 1 and value[0] <= 100 and not indication, (handle, value)
        assert await central.read(level.handle) == value
        await central.disconnect()


async def taken_from_bluetoothd_which_has_it_on(record, guest):
    """hci0 is up, and bluetoothd runs: the driver brings it down and takes it."""
    status, said = await guest.do(f"{GLINT} doctor")
    assert "hci:0" in said and "bluetoothd uses it" in said, f"{status}: {said}"
    async with running(guest, IN_C):
        await seen(record, "Glint")


async def a_program_in_c(record, guest):
    await guest.do("kill $(cat /run/bluetoothd.pid); while [ -d /proc/$(cat /run/bluetoothd.pid) ]; do usleep 1000; done")
    async with running(guest, IN_C):
        await seen(record, "Glint")
        await refused(guest, IN_C, "another program has the adapter for itself already")
        await seen(record, "Glint")


async def a_program_in_python(record, guest):
    async with running(guest, IN_PYTHON):
        await seen(record, "Zerynth")


async def what_the_controller_is(_record, guest):
    status, said = await guest.do(f"{GLINT} info --driver hci:0")
    assert status == 0 and "02:00:4C:49:55:01" in said, f"{status}: {said}"


async def what_the_kernel_refuses(_record, guest):
    await refused(guest, f"GLINT_DRIVER=hci:1 {BATTERY}", "no such adapter")
    await refused(guest, f"su nobody -c 'XDG_STATE_HOME=/tmp {IN_C}'", "CAP_NET_ADMIN")


ALL = (taken_from_bluetoothd_which_has_it_on, a_program_in_c, a_program_in_python, what_the_controller_is,
       what_the_kernel_refuses)
