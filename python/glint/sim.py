"""A simulated air with a virtual clock: an hour of Bluetooth passes in a second, and twice the same way.

::

    world = glint.sim.World(seed=7)

    async def scene():
        async with glint.Device("Glint", world=world) as device, glint.Central(world=world) as central:
            await device.advertise()
            report = await central.find(name="Glint")
            ...

    world.run(scene())

Time stands while a thread that takes part in the world does something, and moves when all that take part wait in it:
in ``run``, in ``sleep``, in a ``set_value`` that has to wait for room. The thread that makes a world takes part; another
one says so by ``taking_part``. A thread that waits for something outside of the world, as ``Thread.join`` does, holds
its time up unless it waits inside ``waiting_outside()``.
"""

from __future__ import annotations

import asyncio
import os
import selectors
from contextlib import contextmanager
from typing import Any, Callable, Coroutine, Iterator, Mapping, Optional, TypeVar, Union

from glint import _check, _glint

T = TypeVar("T")


class Node:
    """A place in a world: what a device is made of there, and a driver of ``wireless.ble``."""

    def __init__(self, world: World, x: float = 0, y: float = 0) -> None:
        if not isinstance(world, World):
            _check.refuse_type(f"world: a World is taken, not {_check.kind(world)}")
        self.world = world
        self.x, self.y = _check.metres("x", x), _check.metres("y", y)

    def device_arguments(self) -> dict[str, Any]:
        """For the device that is made here."""
        return {"world": self.world.native, "x": self.x, "y": self.y}

    def init(self) -> None:
        """Registers this place as the driver of ``wireless.ble``."""
        from wireless import drivers

        drivers.register(self)


class World:
    """A radio medium, a link layer for each device, and a clock.

    Parameters
    ----------
    seed : int, optional
        0..2**64-1. The same seed and the same program give the same trace, octet for octet.
    loss_ppm : int, optional
        Random loss of every packet at every receiver, 0..1000000.
    """

    def __init__(self, seed: int = 0, loss_ppm: int = 0) -> None:
        _check.integer("seed", seed, 0, 2**64 - 1)
        _check.integer("loss_ppm", loss_ppm, 0, 1000000)
        self.native = _glint.World(seed, loss_ppm)
        self.native.enter()

    @property
    def now(self) -> float:
        """Seconds since the world began."""
        return self.native.now_us / 1e6

    def node(self, x: float = 0, y: float = 0) -> Node:
        """A place x and y metres from the middle, for a device of either face."""
        return Node(self, x, y)

    def sleep(self, seconds: float) -> None:
        """Waits in the world's time."""
        if seconds is None:
            _check.refuse_type("seconds: a number is taken, not NoneType")
        wanted = _check.seconds("seconds", seconds)
        if wanted is None:
            _check.refuse(f"seconds: {_check.shown(seconds)} is more than a world has")
        end = self.native.now_us + round(wanted * 1e6)
        while self.native.now_us < end:
            self.native.wait((end - self.native.now_us) / 1e6)

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine in an event loop whose clock is the world's, and returns what it returns."""
        if not asyncio.iscoroutine(main):
            _check.refuse_type(f"main: a coroutine is taken, as scene(), not {_check.kind(main)}")
        was = self.native.enter()
        try:
            with asyncio.Runner(loop_factory=lambda: Loop(self)) as runner:
                found: T = runner.run(main)
                return found
        finally:
            if not was:
                self.native.leave()

    @contextmanager
    def taking_part(self) -> Iterator[None]:
        """This thread takes part: time stands while it does not wait."""
        was = self.native.enter()
        try:
            yield
        finally:
            if not was:
                self.native.leave()

    @contextmanager
    def waiting_outside(self) -> Iterator[None]:
        """This thread does not hold the time up while it is in here."""
        was = self.native.leave()
        try:
            yield
        finally:
            if was:
                self.native.enter()

    def wait_for(self, is_over: Callable[[], bool], timeout: Optional[float] = None) -> bool:
        """Waits until is_over(), asked again after each ``stir()``; False: the time was over before."""
        if not callable(is_over):
            _check.refuse_type(f"is_over: a function is taken, not {_check.kind(is_over)}")
        wanted = _check.seconds("timeout", timeout)
        end = None if wanted is None else self.native.now_us + round(wanted * 1e6)
        while True:
            seq = self.native.seq
            if is_over():
                return True
            if end is not None and self.native.now_us >= end:
                return False
            self.native.wait(None if end is None else (end - self.native.now_us) / 1e6, seq)

    def stir(self) -> None:
        """Something has changed that a ``wait_for`` may be about."""
        self.native.stir()

    def trace(self, path: Union[str, os.PathLike[str], None]) -> None:
        """Writes all packets of the air to a pcap file, from now on; None ends it."""
        if path is not None and not isinstance(path, (str, bytes, os.PathLike)):
            _check.refuse_type(f"path: a path or None is taken, not {_check.kind(path)}")
        self.native.trace(path)

    def stats(self) -> dict[str, int]:
        """Transmissions, receptions, collisions and losses since the world began."""
        return self.native.stats()


class _Selector(selectors.SelectSelector):
    """Lets the world's time pass where another would sleep."""

    def __init__(self, loop: Loop) -> None:
        super().__init__()
        self._glint_loop = loop

    def select(self, timeout: Optional[float] = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._glint_loop.pass_time(timeout)
        return super().select(0)


class Loop(asyncio.SelectorEventLoop):
    """An asyncio event loop on a world's clock. What it waits for are timers, devices of the world, and other threads
    (``call_soon_threadsafe``); sockets and pipes are looked at, and not waited for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._pumps: dict[_glint.Device, Callable[[], None]] = {}
        self._seq = world.native.seq
        super().__init__(_Selector(self))
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self.world.native.now_us / 1e6

    def watch(self, device: _glint.Device, pump: Callable[[], None]) -> None:
        """Calls pump() when the device has events."""
        self._pumps[device] = pump

    def unwatch(self, device: _glint.Device) -> None:
        self._pumps.pop(device, None)

    def pass_time(self, timeout: Optional[float]) -> None:
        native = self.world.native
        if timeout is None or timeout > 0:
            native.wait(timeout, self._seq, tuple(self._pumps))
        self._seq = native.seq
        for pump in tuple(self._pumps.values()):
            self.call_soon(pump)

    def call_soon_threadsafe(self, callback: Any, *args: Any, context: Any = None) -> asyncio.Handle:
        handle = super().call_soon_threadsafe(callback, *args, context=context)
        self.world.native.stir()
        return handle


WorldOrNode = Union[World, Node]


def place(world: Optional[WorldOrNode]) -> Mapping[str, Any]:
    """Arguments of a device in a world; none: of one outside."""
    if world is None:
        return {}
    if isinstance(world, World):
        return world.node().device_arguments()
    if isinstance(world, Node):
        return world.device_arguments()
    _check.refuse_type(f"world: a glint.sim.World or its node() is taken, not {_check.kind(world)}")
