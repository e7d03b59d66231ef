"""Timers that call a function once or again and again, and stop-watches. Times are milliseconds."""

from __future__ import annotations

import sys
from typing import Any, Callable

from .. import board
from ..clock import report


def now() -> int:
    """Milliseconds since the program began."""
    return int(board.here().clock.now() * 1000 + 1e-6)


def _called(fun: Callable[..., Any], arg: Any) -> Callable[[], Any]:
    if arg is None:
        return fun
    return lambda: fun(arg)


class timer:
    """A timer, which does nothing until it is told to."""

    def __init__(self) -> None:
        self.clock = board.here().clock
        self.turn = 0  # grows with every new order, so an old one knows that it is over
        self.since = 0.0

    def _order(self, first: float, again: bool, fun: Callable[[], Any]) -> None:
        with self.clock.change():
            self.turn += 1
        turn, due = self.turn, self.clock.now() + first / 1000

        def run() -> None:
            at = due
            while not self.clock.wait(lambda: self.turn != turn, max(at - self.clock.now(), 0)):
                try:
                    fun()
                except Exception:
                    report(sys.exc_info())  # as of a callback of the radio: it ends nothing
                if not again:
                    return
                at += first / 1000

        self.clock.start(run)

    def one_shot(self, delay: float, fun: Callable[..., Any], arg: Any = None) -> None:
        """Calls fun(arg), or fun(), once after so many milliseconds."""
        self._order(delay, False, _called(fun, arg))

    def interval(self, period: float, fun: Callable[..., Any], arg: Any = None) -> None:
        """Calls it every so many milliseconds."""
        if period <= 0:
            raise ValueError(f"timer.interval: {period!r} is no period")
        self._order(period, True, _called(fun, arg))

    def clear(self) -> None:
        """Calls nothing any more."""
        with self.clock.change():
            self.turn += 1

    destroy = clear

    def start(self) -> None:
        """Counts milliseconds from now."""
        self.since = self.clock.now()

    def get(self) -> int:
        """Milliseconds since start() or reset()."""
        return int((self.clock.now() - self.since) * 1000 + 1e-6)

    def reset(self) -> int:
        """Counts from zero again, and returns what get() would have."""
        passed = self.get()
        self.since = self.clock.now()
        return passed
