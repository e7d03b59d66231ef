"""Time and threads of a program, real or virtual.

Everything in the runner that waits does so here: `sleep`, timers, locks, queues. A wait is an attempt that is made
again whenever something was stirred, until it succeeds or the time is over. In virtual time the program's threads take
part in the time of a world (`glint.sim`): it moves when all of them wait, and of several that could go on one goes at a
time, so that two runs are the same.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable, Iterator, Optional

if TYPE_CHECKING:
    from glint.sim import World


class Clock:
    """Real time."""

    virtual = False

    def __init__(self) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.begun = time.monotonic()
        self.alive = 0  # threads of the program, besides the main one
        self.away = 0  # threads that wait for the world outside
        self.trips = 0  # how often one has gone there

    def now(self) -> float:
        """Seconds since the program began."""
        return time.monotonic() - self.begun

    def epoch(self) -> float:
        """The time of day in seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Lets this thread wait."""
        if seconds > 0:
            time.sleep(seconds)

    def wait(self, attempt: Callable[[], Any], seconds: Optional[float] = None) -> bool:
        """Until attempt() gives something true, which is asked with the lock held; False: the time is over."""
        with self.changed:
            return bool(self.changed.wait_for(attempt, seconds))

    @contextmanager
    def change(self) -> Iterator[None]:
        """Around what may let somebody's attempt succeed."""
        with self.changed:
            yield
            self.changed.notify_all()

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Around what waits for the world outside: a socket, the keyboard."""
        with self.changed:
            self.away += 1
            self.trips += 1
        try:
            yield
        finally:
            with self.changed:
                self.away -= 1
                self.changed.notify_all()

    def start(self, fn: Callable[[], Any], keeps_alive: bool = True) -> None:
        """Runs fn in a thread. The program goes on as long as threads that keep it alive do."""
        with self.change():
            self.alive += keeps_alive
        try:
            self._start(lambda: self._body(fn, keeps_alive))
        except RuntimeError:  # the system has no more threads: none will say that it has ended
            with self.change():
                self.alive -= keeps_alive
            raise

    def _start(self, body: Callable[[], None]) -> None:
        threading.Thread(target=body, daemon=True).start()

    def _body(self, fn: Callable[[], Any], keeps_alive: bool) -> None:
        try:
            fn()
        except Exception:
            report(sys.exc_info())
        finally:
            with self.change():
                self.alive -= keeps_alive


class WorldClock(Clock):
    """The time of a world. The thread that made the world takes part."""

    virtual = True
    EPOCH = 1577836800.0  # 2020-01-01: the same in every run

    def __init__(self, world: World) -> None:
        super().__init__()
        self.place = world
        self.world = world.native

    def now(self) -> float:
        return self.place.now

    def epoch(self) -> float:
        return self.EPOCH + self.now()

    def sleep(self, seconds: float) -> None:
        self.world.wait(max(seconds, 0.0))

    def wait(self, attempt: Callable[[], Any], seconds: Optional[float] = None) -> bool:
        # in whole microseconds, as the world counts: a rest below one would never pass
        until_us = None if seconds is None else self.world.now_us + round(seconds * 1e6)
        while True:
            with self.changed:
                seq = self.world.seq
                if attempt():
                    return True
            left_us = None if until_us is None else until_us - self.world.now_us
            if left_us is not None and left_us <= 0:
                return False
            self.world.wait(None if left_us is None else left_us / 1e6, seq)

    @contextmanager
    def change(self) -> Iterator[None]:
        with self.changed:
            yield
        self.world.stir()

    @contextmanager
    def outside(self) -> Iterator[None]:
        with super().outside():  # told before time may pass without this thread, until after it may not
            was = self.world.leave()
            try:
                yield
            finally:
                if was:
                    self.world.enter()

    def _start(self, body: Callable[[], None]) -> None:
        entered = threading.Event()

        def run() -> None:
            self.world.enter()
            entered.set()
            try:
                self.world.wait(0.0)  # not before the thread that starts it waits
                body()
            finally:
                self.world.leave()

        threading.Thread(target=run, daemon=True).start()
        entered.wait()


def report(exc_info: Any) -> None:
    """A traceback on standard error, of the program's own lines."""
    kind, value, tb = exc_info
    own = [frame for frame in traceback.extract_tb(tb) if not frame.filename.startswith(_HERE)]
    lines = ["Traceback (most recent call last):\n", *traceback.format_list(own)] if own else []
    if isinstance(value, SyntaxError):
        lines = []
    sys.stdout.flush()
    sys.stderr.write("".join(lines + traceback.format_exception_only(kind, value)))
    sys.stderr.flush()


_HERE = __file__[: -len("clock.py")]
