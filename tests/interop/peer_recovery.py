"""The controller dies under a link that is bonded and subscribed, and comes back: so do they, without a word of the program.

The air is killed and started again at the same place. Ours, in C (pairing.c) and in Python (bonded.py), says that it has
lost the controller, opens it again, and advertises; Bumble, or ours as the central, connects, encrypts by the bond, and
hears without having to subscribe.
"""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile

import air
import cells
import pairing_peers
from peer_pairing import WAYS, heard, meet, pair, subscribe

JUST_WORKS = WAYS[0]
CHECK = "the controller dies and comes back"


class Mortal:
    """An air that can be killed, and started where it was."""

    def __init__(self, path):
        self.path, self.process = path, None

    async def start(self):
        self.process = await asyncio.create_subprocess_exec(
            air.BIN / "glint-air", "--socket", self.path, "--stay", "--verbose", stderr=asyncio.subprocess.PIPE)
        line = await self.process.stderr.readline()
        assert b"serving" in line, line

    async def die(self):
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        await self.process.communicate()


@contextlib.asynccontextmanager
async def mortal():
    with tempfile.TemporaryDirectory() as folder:
        one = Mortal(os.path.join(folder, "air.sock"))
        await one.start()
        try:
            yield one
        finally:
            await one.die()


async def revive(one_air, *ours):
    """All of ours have noticed; then there is an air again, before they look for one."""
    await one_air.die()
    for one in ours:
        await one.until("lost")
    await one_air.start()


async def bumble_finds_the_program_in_c_again():
    async with mortal() as one_air:
        async with pairing_peers.ours(one_air.path, "bond", "level", "2", driver="virtual:") as one:
            async with pairing_peers.bumble(one_air.path, "central", JUST_WORKS) as other:
                await meet("central", one, other)
                await pair(JUST_WORKS, "central", one, other)
                await subscribe("central", one, other)
                await heard("central", one, other, 0x17)
                keys = other.device.keystore
                await revive(one_air, one)
            async with pairing_peers.bumble(one_air.path, "central", JUST_WORKS, keystore=keys) as other:
                await comes_back(one, other)
                await heard("central", one, other, 0x29)


async def comes_back(one, other):
    """Bumble is another one with the same keys."""
    assert await one.until("ready") == 0  # of the beginning
    assert await one.until("ready") == 1
    await meet("central", one, other)
    words = await one.until("encrypted")
    assert words == ["0", "level", "2"], words
    other.say("ready")
    await other.until("ready")


async def ours_finds_the_program_in_c_again():
    """Both hosts have lost their controllers; virtual: gives each its address again, whoever comes first."""
    async with mortal() as one_air:
        async with pairing_peers.ours(one_air.path, "bond", "level", "2", driver="virtual:") as one, \
                pairing_peers.ours(one_air.path, "central", "seek", "bond", driver="virtual:") as other:
            await one.until("connected")
            await other.until("connected")
            other.say("secure")
            for side in (one, other):
                words = await side.until("paired")
                assert words[0] == "0", words
                await side.until("encrypted")
            other.say("subscribe")
            assert await other.until("done") == 0
            await heard("central", one, other, 0x17)
            await revive(one_air, one, other)
            await one.until("connected")
            await other.until("connected")
            for side in (one, other):
                words = await side.until("encrypted")
                assert words == ["0", "level", "2"], words
            await heard("central", one, other, 0x29)


async def bumble_finds_the_program_in_python_again():
    async with mortal() as one_air:
        async with air.program(one_air.path, "glint", "run", os.path.join(os.path.dirname(__file__), "bonded.py"),
                               driver="virtual:") as process, pairing_peers.Ours(process) as one:
            async with pairing_peers.bumble(one_air.path, "central", JUST_WORKS) as other:
                await meet("central", one, other)
                await other.until("paired")
                await subscribe("central", one, other)
                await rises(other)
                keys = other.device.keystore
                await revive(one_air, one)
            async with pairing_peers.bumble(one_air.path, "central", JUST_WORKS, keystore=keys) as other:
                await meet("central", one, other)
                await other.until("encrypted")
                other.say("ready")
                await other.until("ready")
                await rises(other)


async def rises(other):
    """Three numbers, each one more than the one before."""
    numbers = [int("".join(map(str, await hexadecimal(other))), 16) for _ in range(3)]
    assert numbers == [(numbers[0] + n) % 256 for n in range(3)], numbers


async def hexadecimal(other):
    got = await other.until("notified")
    return [f"{got:02}"] if isinstance(got, int) else got


CASES = (bumble_finds_the_program_in_c_again, ours_finds_the_program_in_c_again, bumble_finds_the_program_in_python_again)
for case in CASES:
    if "bumble" in case.__name__:
        case.cells = {("Bumble", cells.CENTRAL): [CHECK]}

if __name__ == "__main__":
    air.run(*(case for case in CASES if all(word in case.__name__ for word in sys.argv[1:])))
