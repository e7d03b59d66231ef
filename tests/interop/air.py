"""One air for an interop case: starts glint-air on a socket of its own and ends it, and reports cases.

What the air has recorded of a case stays in build/interop/traces/, and what came of it in the script's file of cells.py.
"""

import asyncio
import contextlib
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile

import cells
import crossed

BIN = pathlib.Path(os.environ["GLINT_BIN"])
DEADLINE_S = 180  # only what hangs meets it: a thousand indications alone take 15 s of an idle machine
# What tshark finds malformed, except two things that it takes for wrong and that are right: the declaration of a
# 128-bit included service, which has no UUID (Vol 3 Part G 3.2), and the empty end of a value that is read in parts
# (Vol 3 Part F 3.4.4.6). All three hosts send both.
MALFORMED = ("_ws.malformed and not (btatt.opcode == 0x09 and btatt.length == 6)"
             " and not (btatt.opcode == 0x0d and frame.len == {empty})")
EMPTY_BLOB = {".btsnoop": 10, ".pcap": 24}  # octets of a frame: H4, ACL and L2CAP headers; pseudo-header, LL, L2CAP, CRC
AT_A_TIME = 2 * (os.cpu_count() or 1)  # they wait for the air, which is as slow as a real one


@contextlib.asynccontextmanager
async def air(*options):
    """Yields the path of the socket of a running glint-air."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "air.sock")
        process = await asyncio.create_subprocess_exec(
            BIN / "glint-air", "--socket", path, "--stay", "--verbose", *options,
            stderr=asyncio.subprocess.PIPE)
        try:
            line = await asyncio.wait_for(process.stderr.readline(), 10)
            if b"serving" not in line:
                raise RuntimeError(f"glint-air did not start: {line!r}")
            yield path
        finally:
            process.terminate()
            await process.communicate()


async def output_of(*words):
    """What a program says on stdout; its status has to be 0."""
    process = await asyncio.create_subprocess_exec(*map(str, words), stdout=asyncio.subprocess.PIPE,
                                                   stderr=asyncio.subprocess.DEVNULL)
    said, _ = await process.communicate()
    if process.returncode:
        raise AssertionError(f"{words[0]}: status {process.returncode}")
    return said.decode()


async def judged(trace):
    """tshark finds all packets of a trace well formed, and glint decode reads the same ATT PDUs in it.

    What a link layer repeats, because the other's host has not taken it yet, counts once.
    """
    said = await output_of("tshark", "-r", trace, "-Y", MALFORMED.format(empty=EMPTY_BLOB[trace.suffix]),
                           "-T", "fields", "-e", "frame.number")
    theirs = await output_of("tshark", "-r", trace, "-Y", "btatt and not btle.retransmit",
                             "-T", "fields", "-e", "btatt.opcode", "-E", "occurrence=f")
    ours = [json.loads(line) for line in (await output_of(BIN / "glint", "decode", trace, "--json")).splitlines()]
    if said := await crossed.malformed(trace, [int(number) for number in said.split()], ours):
        raise AssertionError(f"tshark finds malformed: {trace}, packets {said[:9]}")
    malformed = [packet for packet in ours if packet.get("malformed")]
    if malformed:
        raise AssertionError(f"glint decode finds malformed: {malformed[:2]}")
    opcodes = [packet["opcode"] for packet in ours if packet["layer"] == "att"]
    if opcodes != [int(opcode, 0) for opcode in theirs.split()] or not opcodes:
        raise AssertionError(f"glint decode reads {len(opcodes)} ATT PDUs, tshark {len(theirs.split())}, or others")


class BadTrace(Exception):
    """What somebody recorded cannot be read, or not as glint decode reads it."""


@contextlib.asynccontextmanager
async def traced(name, encrypted=False, hosts=1):
    """An air whose packets to and from its first hosts are kept, and read by tshark and glint decode in the end.

    Those on the air as well, unless they are encrypted.
    """
    folder = cells.folder() / "traces" / re.sub(r"[^\w.]+", "-", name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    heard = () if encrypted else ("--pcap", str(folder / "air.pcap"))
    async with air("--btsnoop", str(folder), *heard) as path:
        yield path
    try:
        for host in range(1, hosts + 1):
            await judged(folder / f"host-{host}.btsnoop")
        if not encrypted:
            await judged(folder / "air.pcap")
    except AssertionError as e:
        raise BadTrace(f"{folder}: {e}") from e


def place(folder, path):
    """Where virtual: looks for an air: this one, which tells it the device's address as well, the same from run to run."""
    sockets = pathlib.Path(folder, "glint")
    sockets.mkdir(mode=0o700, exist_ok=True)
    (sockets / "air-1.sock").symlink_to(path)  # drivers/virtual_air.c


@contextlib.asynccontextmanager
async def program(path, name, *arguments, driver=None):
    """Runs one of our programs on the air at path; yields the process, its output piped."""
    with tempfile.TemporaryDirectory() as state:
        place(state, path)
        env = dict(os.environ, GLINT_DRIVER=driver or f"unix:{path}", XDG_STATE_HOME=state, XDG_RUNTIME_DIR=state,
                   GLINT_PYTHON=sys.executable)
        process = await asyncio.create_subprocess_exec(
            BIN / name, *arguments, env=env, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.communicate()


@contextlib.asynccontextmanager
async def node(path, script, *arguments):
    """Runs a script of blehost/ on the air at path, in a folder of its own: ble-host keeps files where it runs."""
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            "node", pathlib.Path(__file__).parent.resolve() / "blehost" / script, *arguments, cwd=folder,
            env=dict(os.environ, AIR=path), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.communicate()


TRACES = "traces are well formed"


def note_down(case, error):
    """The cells that a case speaks of: case.cells, pairs of (peer, role) and the names of checks."""
    for (peer, role), checks in getattr(case, "cells", {}).items():
        for check in checks if not isinstance(error, BadTrace) else ():
            record.put(peer, role, check, cells.FAILED if error else cells.OK, f"{title(case)}: {error!r}" if error else "")
        if isinstance(error, BadTrace) or not error and hasattr(case, "traced"):
            record.put(peer, role, TRACES, cells.FAILED if error else cells.OK, error or "")


def title(case):
    return f"{SCRIPT}.{case.__name__}"


async def outcome(case, turn):
    """Runs one case when it is its turn; prints its name and outcome. True: it failed."""
    error = None
    async with turn:
        try:
            await asyncio.wait_for(case(), DEADLINE_S)
        except (Exception, asyncio.CancelledError) as e:  # Bumble cancels a request whose connection ends
            error = e
    note_down(case, error)
    print(f"not ok {title(case)}: {type(error).__name__}: {error}" if error else f"ok {title(case)}", flush=True)
    return error is not None


def cannot(peer, role, checks, why):
    """There is no such thing at that peer, and why tells how that was established."""
    for check in checks:
        record.put(peer, role, check, cells.CANNOT, why)


def run(*cases):
    """Runs the cases, async functions without arguments; several at a time, for each has an air of its own."""
    async def everything():
        turn = asyncio.Semaphore(AT_A_TIME)
        return await asyncio.gather(*(outcome(case, turn) for case in cases))

    sys.exit(any(asyncio.run(everything())))


SCRIPT = pathlib.Path(sys.argv[0]).stem
record = cells.Record(SCRIPT) if SCRIPT.startswith("peer_") else None
