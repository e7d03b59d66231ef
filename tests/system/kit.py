"""What the system tests share: running the built programs in a place of their own, and waiting for what they say.

Nothing here sleeps or looks again after a while: a test blocks on a line of a program or on the end of a process, each
with a deadline that only a failure meets.
"""

import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

BIN = Path(os.environ.get("GLINT_BIN", "build/dev/bin")).resolve()
DEADLINE_S = 30
AT_A_TIME = 4


class Place:
    """A runtime folder, a state folder and an environment that no other test and no user shares."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="glint-test-"))
        for name in ("run", "state"):
            (self.folder / name).mkdir(mode=0o700)
        self.env = {key: value for key, value in os.environ.items() if not key.startswith("GLINT_")}
        self.env.update(XDG_RUNTIME_DIR=str(self.folder / "run"), XDG_STATE_HOME=str(self.folder / "state"))
        self.programs = []
        return self

    def __exit__(self, *exc):
        for program in self.programs:
            program.end()
        await_end(self.airs(), "the simulated air", 10)
        shutil.rmtree(self.folder)

    def start(self, *args, **env):
        program = Program([str(BIN / args[0]), *args[1:]], {**self.env, **env})
        self.programs.append(program)
        return program

    def battery(self, **env):
        """The example program that a user starts, with its use of the heap counted (tests/heap)."""
        return self.start("battery-counted", GLINT_STORE="battery", **env)

    def run(self, *args, timeout=DEADLINE_S, **env):
        return subprocess.run([str(BIN / args[0]), *args[1:]], env={**self.env, **env}, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout)

    def airs(self, name=""):
        """Process ids of the airs of this place, alive, or of that of a name."""
        return [pid for pid, words in living() if words and words[0].endswith("glint-air")
                and any(str(self.folder) in word and name in word for word in words)]


class Program:
    def __init__(self, argv, env):
        self.argv = argv
        self.process = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        self.pending = b""
        self.lines = []

    def line(self, text, within_s=DEADLINE_S):
        """The next line that contains text; those before are passed over."""
        until = time.monotonic() + within_s
        while True:
            while b"\n" in self.pending:
                raw, self.pending = self.pending.split(b"\n", 1)
                self.lines.append(raw.decode())
                if text in self.lines[-1]:
                    return self.lines[-1]
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                self.fail(f"no line with {text!r} within {within_s} s")
            more = os.read(self.process.stdout.fileno(), 65536)
            if not more:
                self.fail(f"ended without a line with {text!r}")
            self.pending += more

    def fail(self, why):
        said = "\n".join(self.lines[-40:])
        raise AssertionError(f"{' '.join(self.argv)}: {why}; it said:\n{said}\n{self.pending.decode()}")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(DEADLINE_S)

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process.stdout.close()


def living():
    """(pid, argv) of every process that is not a zombie."""
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            words = Path(entry.path, "cmdline").read_bytes().split(b"\0")
            state = Path(entry.path, "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if state != "Z":
            yield int(entry.name), [word.decode(errors="replace") for word in words]


def kill(pid):
    """SIGKILL, and the end of it."""
    os.kill(pid, signal.SIGKILL)
    await_end([pid], "a killed process")


def await_end(pids, what, within_s=DEADLINE_S):
    """Blocks until these processes, which need not be children, have ended."""
    until = time.monotonic() + within_s
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            left = max(0, until - time.monotonic())
            assert select.select([handle], [], [], left)[0], f"{what} (process {pid}) is there after {within_s} s"
        finally:
            os.close(handle)


def run_alone(test):
    """What went wrong in a place of its own; None: nothing."""
    try:
        with Place() as place:
            test(place)
    except Exception as error:
        return error
    return None


def main(*tests):
    """Runs all, some at a time, since most of their time is spent waiting; each in a fresh place."""
    failed = 0
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        running = {pool.submit(run_alone, test): test.__name__ for test in tests}
        for done in as_completed(running):
            error = done.result()
            failed += error is not None
            print(f"FAILED  {running[done]}: {error}" if error else f"ok      {running[done]}", flush=True)
    sys.exit(1 if failed else 0)
