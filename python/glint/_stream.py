"""Asynchronous iterators over what happens, bounded: what is not taken is kept up to a number, and then one of two things.

What may be lost, reports of advertising, is dropped and counted. What may not, writes and values, closes the device's
gate: its events stay in the queue under them, which fills, the controller gets no more credits, and in the end the peer
waits. The gate is open while the program awaits an answer of the device, which may be behind what nobody takes.

An iterator that the program let go of is forgotten.
"""

from __future__ import annotations

import asyncio
import weakref
from collections import deque
from typing import Callable, Generic, Iterator, Optional, TypeVar

T = TypeVar("T")

LIMIT = 1024  # items that are kept


class Gate:
    """Closed while an iterator is full that must not lose anything."""

    def __init__(self, on_open: Callable[[], None]) -> None:
        self._full: set[int] = set()
        self._on_open = on_open

    def close(self, who: int) -> None:
        self._full.add(who)

    def open(self, who: int) -> None:
        if who in self._full:
            self._full.discard(who)
            if not self._full:
                self._on_open()

    def is_closed(self) -> bool:
        return bool(self._full)


class Streams(Generic[T]):
    """The iterators over one kind of thing, in the order they were made. Without a gate what is too much is dropped."""

    def __init__(self, gate: Optional[Gate] = None) -> None:
        self.gate = gate
        self._all: dict[int, weakref.ref[Stream[T]]] = {}

    def __iter__(self) -> Iterator[Stream[T]]:
        return iter([stream for stream in (ref() for ref in tuple(self._all.values())) if stream is not None])

    def __bool__(self) -> bool:
        return bool(self._all)

    def add(self, stream: Stream[T]) -> None:
        who = id(stream)
        self._all[who] = weakref.ref(stream, lambda _: self.forget(who))

    def forget(self, who: int) -> None:
        self._all.pop(who, None)
        if self.gate is not None:
            self.gate.open(who)

    def put(self, item: T) -> None:
        for stream in self:
            stream.put(item)

    def end(self) -> None:
        for stream in self:
            stream.end()


class Stream(Generic[T]):
    """An asynchronous iterator over what happens; what is not taken yet is kept, 1024 items.

    Reports beyond that are dropped and counted; writes and values are held back, at last by the peer. ``async with`` or
    ``aclose()`` ends it early.

    Attributes
    ----------
    lost : int
        Items that were dropped.
    """

    def __init__(self, home: Streams[T], on_close: Optional[Callable[[], None]] = None,
                 matters: Callable[[T], bool] = lambda _: True) -> None:
        self._items: deque[T] = deque()
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._home = home
        self._on_close = on_close
        self._matters = matters  # yet: asked when there is no room
        self._ended = False
        self.lost = 0
        home.add(self)

    def put(self, item: T) -> None:
        gate = self._home.gate
        if gate is None and len(self._items) >= LIMIT:
            self._items = deque(filter(self._matters, self._items))
            if len(self._items) >= LIMIT:
                self.lost += 1
                return
        self._items.append(item)
        if gate is not None and len(self._items) >= LIMIT:
            gate.close(id(self))
        self._wake()

    def end(self) -> None:
        """Nothing more comes; what is there can still be taken."""
        self._ended = True
        self._home.forget(id(self))
        self._wake()

    def _wake(self) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)

    def __aiter__(self) -> Stream[T]:
        return self

    async def __anext__(self) -> T:
        while not self._items:
            if self._ended:
                raise StopAsyncIteration
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter
        item = self._items.popleft()
        if self._home.gate is not None and len(self._items) == LIMIT // 2:
            self._home.gate.open(id(self))
        return item

    async def aclose(self) -> None:
        """Ends the iterator, and what was begun for it."""
        if not self._ended:
            self.end()
            if self._on_close is not None:
                self._on_close()

    async def __aenter__(self) -> Stream[T]:
        return self

    async def __aexit__(self, *unused: object) -> None:
        await self.aclose()
