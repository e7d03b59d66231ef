"""Programs of the old language, run with another side in one simulated world: a process each, in virtual time."""

import importlib
import io
import json
import logging
import os
import pkgutil
import re
import select
import signal
import sys
import tempfile
import threading
import traceback
import warnings
from pathlib import Path

from glint import runner
from peer import Peer, Wrong

PROGRAM_S = 60.0  # what runs longer without another side is ended
AFTER_S = 2.0  # of the program's time, after the other side is done

# Read here, once: in each child it would take three times what its program does.
for module in pkgutil.walk_packages(runner.__path__, runner.__name__ + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)


class Screen(io.TextIOBase):
    """Standard output of the program: lines, as they are finished."""

    def __init__(self, world):
        self.world, self.rest, self.lines = world, "", []
        self.buffer = self

    def write(self, text):
        if isinstance(text, (bytes, bytearray)):
            text = text.decode("latin-1")
        *lines, self.rest = (self.rest + text).split("\n")
        self.lines += lines
        if lines:
            self.world.stir()
        return len(text)

    def flush(self):
        pass


class Result:
    """Lines, standard error and exit status (None: it was ended) of a program, and what its other side missed."""

    def __init__(self, lines, stderr, status, wrong, peer):
        self.lines, self.stderr, self.status, self.wrong, self.peer = lines, stderr, status, wrong, peer


def play(program, script=None, changes=(), seed=1, stdin=b"", env=None, shown=False):
    """Runs a program in a child of this process. script: the other side's steps; None: there is none."""
    read_fd, write_fd = os.pipe()
    in_read, in_write = os.pipe()
    os.write(in_write, stdin)
    os.close(in_write)
    child = os.fork()
    if child == 0:
        status = 70
        try:
            os.close(read_fd)
            os.dup2(in_read, 0)
            os.environ.update(env or {})
            Play(Path(program), script, list(changes), seed, write_fd, shown).run()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(write_fd)
    os.close(in_read)
    with os.fdopen(read_fd, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    if not said:
        raise AssertionError("the process of the program ended without a word")
    return Result(**json.loads(said))


def alone(program, *options, env=None):
    """Runs a program as `glint run --virtual-time` does, in a child of this process, without another side."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            command_line(["--virtual-time", *options, str(program)], out.fileno(), err.fileno(), env or {})
        with os.fdopen(os.pidfd_open(child)) as handle:
            if not select.select([handle], [], [], PROGRAM_S)[0]:
                os.kill(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.seek(0)
        err.seek(0)
        return Result(out.read().decode().splitlines(), err.read().decode(), status, "", "")


def command_line(words, out, err, env):
    """The child's side of alone(): never returns."""
    status = 70
    try:
        from glint.runner import main

        for fd, name in ((out, "stdout"), (err, "stderr")):
            number = {"stdout": 1, "stderr": 2}[name]
            os.dup2(fd, number)
            setattr(sys, name, open(number, "w", closefd=False))
        outlets_of_its_own()
        os.environ.update(env)
        sys.argv = ["glint run", *words]
        status = main.main()
    except SystemExit as e:
        status = e.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def outlets_of_its_own():
    """Warnings and logging go to standard error as in a process that pytest has not begun."""
    logging.getLogger().handlers.clear()
    warnings.showwarning = lambda *args: sys.stderr.write(warnings.formatwarning(*args[:4]))


def mtu_of(script):
    """The other side's. One that looks before it pairs is from before Secure Connections, whose keys do not fit: a newer
    one pairs as soon as it is asked to."""
    mtu = re.search(r"\bmtu (\d+)", script)
    return int(mtu.group(1)) if mtu else 64 if re.search("= error 05 .*; pair", script) else 247


class Play:
    """The child's side."""

    def __init__(self, program, script, changes, seed, out, shown):
        from glint import sim

        self.program, self.script, self.changes, self.shown = program, script, changes, shown
        self.seed, self.out = seed, out
        self.place = sim.World(seed=seed)
        self.world = self.place.native
        self.screen = Screen(self.world)
        self.peer = None
        self.wrong = ""
        self.over = False
        self.ending = threading.Lock()

    def run(self):
        from glint.runner import clock, main

        sys.stdout, sys.stderr = self.screen, io.StringIO()
        outlets_of_its_own()
        own = clock.WorldClock(self.place)
        own.start(self.other_side if self.script else lambda: self.watch(own), keeps_alive=False)
        status = main.run(self.program.resolve(), self.changes, self.shown, {}, own, self.seed)
        if self.script and not status:
            own.wait(lambda: self.over)
        self.end(status)

    def watch(self, own):
        while True:
            self.world.leave()
            with own.changed:  # while a thread waits for the system, not for time, time says nothing
                own.changed.wait_for(lambda: not own.away)
                trips = own.trips
            self.world.enter()
            self.world.wait(PROGRAM_S)
            if own.trips == trips:
                self.end(None)

    def other_side(self):
        try:
            self.peer = Peer(self.world, self.screen, mtu_of(self.script))
            self.peer.start()
            self.peer.run(self.script)
        except Wrong as e:
            self.wrong = str(e)
        except Exception:
            self.wrong = traceback.format_exc()
        self.world.wait(0.0 if self.wrong else AFTER_S)
        self.over = True
        self.end(None)

    def end(self, status):
        """Says what has been, and ends this process, whoever waits."""
        with self.ending:
            lines = self.screen.lines + ([self.screen.rest] if self.screen.rest else [])
            address = ":".join(f"{octet:02X}" for octet in self.peer.address) if self.peer and self.peer.address else ""
            said = {"lines": lines, "stderr": sys.stderr.getvalue(), "status": status, "wrong": self.wrong,
                    "peer": address}
            os.write(self.out, json.dumps(said).encode())
            os._exit(0)
