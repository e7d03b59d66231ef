"""Threads and what they wait for. Times are milliseconds; a negative one is for ever."""

from __future__ import annotations

import itertools
from typing import Any, Callable, List, Optional, Tuple

from .. import board

_idents = itertools.count(1)


def _span(milliseconds: float) -> Optional[float]:
    return None if milliseconds < 0 else milliseconds / 1000


class Semaphore:
    """A counter that acquire() takes from and release() gives to."""

    limit: Optional[int] = None

    def __init__(self, value: int = 1) -> None:
        if value < 0:
            raise ValueError(f"Semaphore: {value} is negative")
        self.clock = board.here().clock
        self.value = value

    def _take(self) -> bool:
        if self.value <= 0:
            return False
        self.value -= 1
        return True

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Takes one, when there is one in time; returns whether."""
        return self.clock.wait(self._take, _span(timeout) if blocking else 0.0)

    def release(self) -> None:
        """Gives one back."""
        with self.clock.change():
            if self.limit is None or self.value < self.limit:
                self.value += 1

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *exc: Any) -> None:
        self.release()


class Lock(Semaphore):
    """One thread at a time."""

    limit = 1

    def __init__(self) -> None:
        super().__init__(1)

    def locked(self) -> bool:
        return self.value == 0


class Event:
    """A flag that threads wait for."""

    def __init__(self) -> None:
        self.clock = board.here().clock
        self.flag = False

    def is_set(self) -> bool:
        return self.flag

    def set(self) -> None:
        with self.clock.change():
            self.flag = True

    def clear(self) -> None:
        self.flag = False

    def wait(self, timeout: float = -1) -> bool:
        """Until it is set; returns whether it is."""
        return self.clock.wait(lambda: self.flag, _span(timeout))


class Condition:
    """Waits to be notified, with a lock that is let go meanwhile."""

    def __init__(self, lock: Optional[Lock] = None) -> None:
        self.clock = board.here().clock
        self.lock = lock or Lock()
        self.waiting: List[List[bool]] = []
        self.acquire = self.lock.acquire
        self.release = self.lock.release

    def wait(self, timeout: float = -1) -> bool:
        if not self.lock.locked():
            raise RuntimeError("Condition.wait: its lock is not held")
        mine = [False]
        with self.clock.change():
            self.waiting.append(mine)
        self.lock.release()
        self.clock.wait(lambda: mine[0], _span(timeout))
        with self.clock.change():  # who notified may have been in between
            told = mine[0]
            self.waiting = [other for other in self.waiting if other is not mine]
        self.lock.acquire()
        return told

    def wait_for(self, predicate: Callable[[], Any], timeout: float = -1) -> Any:
        until = None if timeout < 0 else self.clock.now() + timeout / 1000
        while not predicate():
            left = -1.0 if until is None else (until - self.clock.now()) * 1000
            if until is not None and left < 0.001:  # a clock counts whole microseconds
                break
            self.wait(left)
        return predicate()

    def notify(self, n: int = 1) -> None:
        with self.clock.change():
            for one in self.waiting[:n]:
                one[0] = True
            self.waiting = self.waiting[n:]

    def notify_all(self) -> None:
        self.notify(len(self.waiting))

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *exc: Any) -> None:
        self.release()


class Thread:
    """A function, or run() of a subclass, in a thread of its own."""

    def __init__(self, target: Optional[Callable[..., Any]] = None, name: Optional[str] = None,
                 args: Tuple[Any, ...] = ()) -> None:
        self.target, self.args = target, args
        self.name = name
        self.ident: Optional[int] = None
        self.exc: Optional[BaseException] = None
        self.ended = False
        self.clock = board.here().clock

    def run(self) -> None:
        """What the thread does."""
        if self.target:
            self.target(*self.args)

    def start(self, prio: int = 0, size: int = 512) -> None:
        """Begins. Priority and size make no difference here."""
        if self.ident is not None:
            raise RuntimeError("Thread.start: this thread was started before")
        self.ident = next(_idents)
        self.name = self.name or f"Thread-{self.ident}"
        self.clock.start(self._body)

    def _body(self) -> None:
        try:
            self.run()
        except Exception as e:
            self.exc = e
            raise
        finally:
            with self.clock.change():
                self.ended = True

    def is_alive(self) -> bool:
        return self.ident is not None and not self.ended

    def join(self, timeout: float = -1) -> None:
        """Waits until it has ended, or the time is over."""
        if self.ident is None:
            raise RuntimeError("Thread.join: this thread was not started")
        self.clock.wait(lambda: self.ended, _span(timeout))
