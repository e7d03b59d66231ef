"""Every driver that there can be without hardware, by a program in C and one in Python: found, read and heard by Bumble.

The programs are examples/c/battery.c and examples/python/battery.py, the latter by `glint run`; what differs is what
GLINT_DRIVER names. Bumble is on the same air, by its socket. (hci: is tried in the Linux of tests/interop/linux; usb: wants an
adapter, and what is in software of both is in tests/radios.)
"""

import asyncio
import contextlib
import ctypes
import os
import sys
import tempfile
import tty

import air
import cells
import centrals

PROGRAMS = {"C": (("battery",), "Glint"), "Python": (("glint", "run", "examples/python/battery.py"), "Zerynth")}
BATTERY_LEVEL, CCCD = "2a19", "2902"


async def is_there(path):
    """Waits until something makes that file."""
    loop, libc = asyncio.get_running_loop(), ctypes.CDLL(None)
    watch, made = libc.inotify_init1(os.O_NONBLOCK), asyncio.Event()
    assert watch >= 0 and libc.inotify_add_watch(watch, os.path.dirname(path).encode(), 0x100) >= 0  # IN_CREATE
    loop.add_reader(watch, made.set)
    try:
        while not os.path.lexists(path):
            await made.wait()
            made.clear()
            with contextlib.suppress(BlockingIOError):
                os.read(watch, 4096)
    finally:
        loop.remove_reader(watch)
        os.close(watch)


async def relay(link, path):
    """What a board does: octets from the terminal at link to the air at path, and back."""
    await is_there(link)
    line = os.open(link, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(line)
    reader, writer = await asyncio.open_unix_connection(path)
    loop, from_line = asyncio.get_running_loop(), asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(from_line), os.fdopen(line, "rb", 0))

    async def out():
        while data := await from_line.read(4096):
            writer.write(data)

    going = asyncio.ensure_future(out())
    try:
        while data := await reader.read(4096):
            os.write(line, data)
    finally:
        going.cancel()
        transport.close()
        writer.close()


@contextlib.asynccontextmanager
async def driver(kind, path, folder, port):
    """A URI of that kind, whose controller is on the air at path."""
    if kind == "pty:":
        link = os.path.join(folder, "controller")
        going = asyncio.ensure_future(relay(link, path))
        yield f"pty:{link}"
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
    else:
        yield {"virtual:": "virtual:", "unix:": f"unix:{path}", "tcp:": port.split()[-1],
               "serial:": f"serial:{folder}/line,1000000"}[kind]


@contextlib.asynccontextmanager
async def air_with_doors(folder):
    """An air with a socket, a port and a line: the socket's path, and what it says of the port."""
    path = os.path.join(folder, "air.sock")
    process = await asyncio.create_subprocess_exec(
        air.BIN / "glint-air", "--socket", path, "--tcp", "0", "--pty", os.path.join(folder, "line"), "--stay", "--verbose",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    try:
        port = (await process.stdout.readline()).decode()
        served = await process.stderr.readline()
        assert b"serving" in served, f"glint-air did not start: {served}"
        yield path, port
    finally:
        process.terminate()
        await process.communicate()


async def is_heard(path, name):
    """By Bumble: found by name, the level read, two levels notified."""
    async with centrals.bumble(path) as central:
        await central.connect(name)
        (level,) = [c for s in await central.tree() for c in s.characteristics if c.uuid == BATTERY_LEVEL]
        value = await central.read(level.handle)
        assert len(value) == 1 and value[0] <= 100, value
        await central.subscribe(level, 1)
        assert await central.read(level.descriptors[CCCD]) == b"\x01\x00"
        for _ in range(2):
            handle, value, indication = await central.notified()
            assert (handle, indication) == (level.handle, False) and len(value) == 1 and value[0] <= 100, value
        await central.disconnect()


def make(kind, language):
    words, name = PROGRAMS[language]

    async def one():
        with tempfile.TemporaryDirectory() as folder:
            async with air_with_doors(folder) as (path, port), driver(kind, path, folder, port) as uri, \
                    air.program(path, *words, driver=uri):
                await is_heard(path, name)

    one.__name__ = f"{kind} {language}"
    one.cells = {("Bumble", cells.CENTRAL): [f"driver {kind}, program in {language}"]}
    return one


def main(arguments):
    everything = [make(kind, language) for kind in ("virtual:", "unix:", "tcp:", "serial:", "pty:") for language in PROGRAMS]
    air.run(*(case for case in everything if all(word in case.__name__ for word in arguments)))


if __name__ == "__main__":
    main(sys.argv[1:])
