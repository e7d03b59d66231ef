"""Queues between threads. Times are milliseconds."""

from __future__ import annotations

from collections import deque
from typing import Any, Deque, List

from .. import board
from ..errors import QueueEmpty, QueueFull


class Queue:
    """First in, first out, at most maxsize at a time (0: any number)."""

    def __init__(self, maxsize: int = 0) -> None:
        self.clock = board.here().clock
        self.maxsize = maxsize
        self.items: Deque[Any] = deque()

    def qsize(self) -> int:
        return len(self.items)

    def empty(self) -> bool:
        return not self.items

    def full(self) -> bool:
        return 0 < self.maxsize <= len(self.items)

    def put(self, obj: Any, block: bool = True, timeout: float = -1) -> None:
        """Waits for room; QueueFull when there is none in time, or at once without `block`."""

        def attempt() -> bool:
            if self.full():
                return False
            self.items.append(obj)
            return True

        span = 0.0 if not block else None if timeout <= 0 else timeout / 1000
        if not self.clock.wait(attempt, span):
            raise QueueFull(f"the queue has its {self.maxsize} items")
        with self.clock.change():
            pass

    def get(self, block: bool = True, timeout: float = -1) -> Any:
        """The oldest item, which it waits for; QueueEmpty when none comes in time."""
        got: List[Any] = []

        def attempt() -> bool:
            if self.items:
                got.append(self.items.popleft())
            return bool(got)

        self._await(attempt, block, timeout)
        with self.clock.change():
            return got[0]

    def peek(self, block: bool = True, timeout: float = -1) -> Any:
        """The oldest item, which stays."""
        self._await(lambda: bool(self.items), block, timeout)
        return self.items[0]

    def _await(self, attempt: Any, block: bool, timeout: float) -> None:
        if not self.clock.wait(attempt, 0.0 if not block else None if timeout <= 0 else timeout / 1000):
            raise QueueEmpty("the queue is empty")

    def clear(self) -> None:
        with self.clock.change():
            self.items.clear()
