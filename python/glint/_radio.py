"""What Device and Central share: the device under them, its events on the event loop, and who waits for which."""

from __future__ import annotations

import asyncio
import logging
import uuid as _uuid
from collections import deque
from types import TracebackType
from typing import Any, AsyncIterator, Callable, Generic, Optional, TypeVar, Union

from glint import _check, _glint, sim
from glint._dispatch import OPERATIONS
from glint._errors import error_of
from glint._pairing import Pairing
from glint._types import Address, btos

log = logging.getLogger("glint")

T = TypeVar("T")
Self = TypeVar("Self", bound="Radio")


class Stream(Generic[T]):
    """An asynchronous iterator over what happens; what is not taken yet is kept.

    ``async with`` or ``aclose()`` ends it early.
    """

    def __init__(self, home: set[Stream[T]], on_close: Optional[Callable[[], None]] = None) -> None:
        self._items: deque[T] = deque()
        self._waiter: Optional[asyncio.Future[None]] = None
        self._home = home
        self._on_close = on_close
        self._ended = False
        home.add(self)

    def put(self, item: T) -> None:
        self._items.append(item)
        self._wake()

    def end(self) -> None:
        """Nothing more comes; what is there can still be taken."""
        self._ended = True
        self._home.discard(self)
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def __aiter__(self) -> Stream[T]:
        return self

    async def __anext__(self) -> T:
        while not self._items:
            if self._ended:
                raise StopAsyncIteration
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self._items.popleft()

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


class Report:
    """An advertising report.

    Attributes
    ----------
    kind : int
        ADV_CONN_UND .. ADV_SCAN_RSP.
    address : Address
    rssi : int
        dBm; 127: not known.
    data : bytes
        AD structures, 0..31 octets.
    """

    def __init__(self, kind: int, address: Address, rssi: int, data: bytes) -> None:
        self.kind, self.address, self.rssi, self.data = kind, address, rssi, data

    def __repr__(self) -> str:
        return f"<Report of {self.address}, kind {self.kind}, {self.rssi} dBm, {self.data.hex()}>"

    def structures(self) -> list[tuple[int, bytes]]:
        """(AD type, value) of each AD structure; what is cut is left out (Vol 3 Part C 11)."""
        found, at = [], 0
        while at < len(self.data) and self.data[at] and at + 1 + self.data[at] <= len(self.data):
            found.append((self.data[at + 1], self.data[at + 2:at + 1 + self.data[at]]))
            at += 1 + self.data[at]
        return found

    @property
    def name(self) -> Optional[str]:
        """The local name, complete or shortened; None: the packet has none."""
        names = {kind: value for kind, value in self.structures() if kind in (0x08, 0x09)}
        value = names.get(0x09, names.get(0x08))
        return None if value is None else value.decode("utf-8", "replace")

    @property
    def services(self) -> list[Union[int, _uuid.UUID]]:
        """The service UUIDs that are listed."""
        found: list[Union[int, _uuid.UUID]] = []
        for kind, value in self.structures():
            if kind in (0x02, 0x03):
                found += [int.from_bytes(value[i:i + 2], "little") for i in range(0, len(value) - 1, 2)]
            elif kind in (0x06, 0x07):
                found += [_uuid.UUID(bytes=value[i:i + 16][::-1]) for i in range(0, len(value) - 15, 16)]
        return found


class Connection:
    """A connection, of either role.

    Attributes
    ----------
    address : Address
        Of the peer.
    level : int
        Of security mode 1: 1 not encrypted, 2 encrypted, 3 with protection against someone in the middle, 4 by LE Secure
        Connections.
    """

    def __init__(self, radio: Radio, peer: int, address: Address, interval_us: int, latency: int,
                 supervision_ms: int) -> None:
        self._radio, self.peer, self.address = radio, peer, address
        self.interval, self.latency, self.supervision = interval_us / 1000, latency, supervision_ms
        self.mtu = 23
        self.level = 1
        self.reason: Optional[int] = None
        self._securing: list[asyncio.Future[None]] = []
        self._closed = asyncio.Event()

    def __repr__(self) -> str:
        return f"<Connection with {self.address}{'' if self.is_open else ', closed'}>"

    @property
    def is_open(self) -> bool:
        return self.reason is None

    async def closed(self) -> int:
        """Waits until the connection has ended; returns the reason, an HCI error code (Vol 1 Part F)."""
        await self._closed.wait()
        return self.reason or 0

    async def pair(self, *, anew: bool = False) -> int:
        """Makes the connection secure: encrypts with the bond if there is one that suffices, else pairs, as
        ``security()`` of the device says. A peripheral asks its central to, and may wait for ever.

        Parameters
        ----------
        anew : bool, optional
            Pairs although the connection is encrypted or a bond is there.

        Returns
        -------
        int
            The level, 2..4.

        Raises
        ------
        Error
            Why it failed (REFUSED, TIMEOUT, CONN ...).
        """
        if self.level > 1 and not anew:
            return self.level
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._securing.append(over)
        try:
            self._radio.native.secure(self.peer, anew)
        except _glint.Error as refusal:
            if refusal.code != _glint._EBUSY:  # else it is under way
                self._securing.remove(over)
                raise
        await over
        return self.level

    def _secured(self, why: Optional[_glint.Error]) -> None:
        waiting, self._securing = self._securing, []
        for future in waiting:
            if not future.done():
                if why is None:
                    future.set_result(None)
                else:
                    future.set_exception(why)

    async def disconnect(self) -> None:
        """Ends the connection and waits until it has."""
        if self.is_open:
            try:
                self._radio.native.disconnect(self.peer)
            except _glint.Error:
                if self.is_open and self._radio.native.started:
                    raise
        await self._closed.wait()


class Radio(Pairing):
    """A device on an event loop. Use Device or Central."""

    def __init__(self, name: Optional[str], driver: Optional[str], world: Optional[sim.WorldOrNode], connections: int,
                 store: Optional[str], timeout: float) -> None:
        if name is not None:
            _check.text("name", name)
        _check.integer("connections", connections, 1, 250)
        if driver is not None:
            _check.text("driver", driver)
            if world is not None:
                _check.refuse("driver: a device in a world has none", _glint._EINVAL)
        self._timeout = _check.seconds("timeout", timeout)
        from wireless._module import store_name

        where = dict(sim.place(world)) if world is not None else {"driver": driver or _default_driver()}
        self.native = _glint.Device(connections=connections, store=store_name() if store is None else store, **where)
        self.native.set_interest((1 << 63) - 1)
        self._init_pairing()
        self.peers: dict[int, Connection] = {}
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self._reports: set[Stream[Report]] = set()
        self._waiting: dict[int, list[asyncio.Future[Any]]] = {}  # by event, for what is not about a connection
        self._room: list[asyncio.Future[None]] = []

    # -- up and down --------------------------------------------------------------------------------------------

    async def __aenter__(self: Self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: Optional[type[BaseException]], error: Optional[BaseException],
                        trace: Optional[TracebackType]) -> None:
        await self.stop()

    async def start(self) -> None:
        """Brings the radio up. Started already: does nothing.

        Raises
        ------
        HardwareInitializationError
            No such driver, or it fails.
        """
        if self.native.started:
            return
        loop = self._loop = asyncio.get_running_loop()
        if self.native.world is not None:
            if not isinstance(loop, sim.Loop) or loop.world.native is not self.native.world:
                raise _glint.Error("a device of a world runs inside World.run()")
            loop.watch(self.native, self._pump)
            self.native.start(self._timeout)
        else:
            loop.add_reader(self.native.fileno(), self._pump)
            await loop.run_in_executor(None, self.native.start, self._timeout)

    async def stop(self) -> None:
        """Says farewell to who is connected, and releases the radio."""
        loop = self._loop
        if loop is None:
            return
        if self.native.world is not None:
            self.native.stop()
        else:
            await loop.run_in_executor(None, self.native.stop)
        self._pump()
        if isinstance(loop, sim.Loop):
            loop.unwatch(self.native)
        else:
            loop.remove_reader(self.native.fileno())
        self._loop = None
        self._end()

    def _end(self) -> None:
        """Nobody waits for what cannot come any more."""
        for connection in list(self.peers.values()):
            self._on_disconnected(connection.peer, 0, 0, b"", 0x16)
        for streams in (self._reports,):
            for stream in list(streams):
                stream.end()
        for futures in self._waiting.values():
            for future in futures:
                if not future.done():
                    future.set_exception(_glint.Error("the device has stopped"))
        self._waiting.clear()

    @property
    def address(self) -> Address:
        """Of this device, once it has started."""
        kind, octets = self.native.address()
        return Address(octets, kind)

    def stats(self) -> dict[str, int]:
        """What has been counted since the device was made."""
        return self.native.stats()

    # -- events -------------------------------------------------------------------------------------------------

    def _pump(self) -> None:
        while (event := self.native.poll()) is not None:
            handler = _HANDLERS.get(event[0])
            try:
                if handler is not None:
                    getattr(self, handler)(*event[1:])
                else:
                    self._on_other(*event)
            except Exception:
                log.exception("an exception while event %s was handled", event[0])
            for future in self._waiting.pop(event[0], []):
                if not future.done():
                    future.set_result(event)

    async def _until(self, event: int) -> Any:
        """The next event of this kind."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(event, []).append(future)
        return await future

    def _on_other(self, kind: int, *what: Any) -> None:
        """For the roles."""

    def _on_connected(self, peer: int, t_us: int, addr_type: int, octets: bytes, role: int, interval_us: int,
                      latency: int, supervision_ms: int) -> None:
        connection = self._make_connection(peer, Address(octets, addr_type, peer), interval_us, latency,
                                           supervision_ms)
        self.peers[peer] = connection
        self._connected(connection)

    def _make_connection(self, peer: int, address: Address, interval_us: int, latency: int,
                         supervision_ms: int) -> Connection:
        return Connection(self, peer, address, interval_us, latency, supervision_ms)

    def _connected(self, connection: Connection) -> None:
        """For the roles."""

    def _on_disconnected(self, peer: int, t_us: int, addr_type: int, octets: bytes, reason: int) -> None:
        connection = self.peers.pop(peer, None)
        if connection is not None:
            connection.reason = reason
            connection._closed.set()
            connection._secured(error_of(_glint._ECONN, "pair"))
            self._disconnected(connection)
        self._make_room()

    def _disconnected(self, connection: Connection) -> None:
        """For the roles."""

    def _on_mtu(self, peer: int, t_us: int, mtu: int) -> None:
        if peer in self.peers:
            self.peers[peer].mtu = mtu

    def _on_params(self, peer: int, t_us: int, err: int, interval_us: int, latency: int, supervision_ms: int) -> None:
        connection = self.peers.get(peer)
        if connection is not None and not err:
            connection.interval, connection.latency = interval_us / 1000, latency
            connection.supervision = supervision_ms

    def _on_report(self, peer: int, t_us: int, kind: int, addr_type: int, rssi: int, data: bytes,
                   octets: bytes) -> None:
        for stream in tuple(self._reports):
            stream.put(Report(kind, Address(octets, addr_type), rssi, data))

    def _on_scan_stopped(self, *unused: Any) -> None:
        for stream in tuple(self._reports):
            stream.end()

    def _on_sent(self, *unused: Any) -> None:
        self._make_room()

    def _make_room(self) -> None:
        waiting, self._room = self._room, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def _on_error(self, peer: int, t_us: int, code: int, operation: int) -> None:
        waited_for = {_glint._OP_ADVERTISE: _glint._EV_ADV_STARTED}.get(operation, 0)
        for future in self._waiting.pop(waited_for, []):
            if not future.done():
                future.set_exception(error_of(code, OPERATIONS[operation]))
        log.warning("%s: %s", OPERATIONS.get(operation, "the controller has gone away"), _glint.strerror(code))

    # -- scanning, for both roles -------------------------------------------------------------------------------

    def scan(self, duration: Optional[float] = None, *, active: bool = True, interval: float = 10, window: float = 10,
             duplicates: bool = False, filter: int = 0, addr: int = 0) -> Stream[Report]:
        """Scans until the time is over or the iterator is closed.

        Parameters
        ----------
        duration : float, optional
            Seconds; None: until closed.
        active : bool, optional
            Asks for scan responses.
        interval, window : float, optional
            2.5..10240 milliseconds, window not above interval.
        duplicates : bool, optional
            Also reports equal in address, kind and data to one before.
        filter, addr : int, optional
            SCAN_FILTER_..., SCAN_ADDR_...

        Returns
        -------
        asynchronous iterator of Report
        """
        from wireless import _settings

        wish = _settings.scanning(interval, window, int(duplicates), filter, addr, int(active))
        seconds = _check.seconds("duration", duration)
        self.native.scanning(*wish.arguments())
        self.native.start_scanning(0 if seconds is None else max(1, round(seconds * 1000)))
        return Stream(self._reports, self._scan_closed)

    def _scan_closed(self) -> None:
        if not self._reports and self.native.started:
            self.native.stop_scanning()


_HANDLERS = {  # by name, since roles have their own
    _glint._EV_CONNECTED: "_on_connected", _glint._EV_DISCONNECTED: "_on_disconnected", _glint._EV_MTU: "_on_mtu",
    _glint._EV_REPORT: "_on_report", _glint._EV_SENT: "_on_sent", _glint._EV_CONFIRMED: "_on_sent",
    _glint._EV_SCAN_STOPPED: "_on_scan_stopped", _glint._EV_PARAMS: "_on_params", _glint._EV_ERROR: "_on_error",
    _glint._EV_LOST: "_on_error", _glint._EV_PASSKEY: "_on_passkey", _glint._EV_COMPARE: "_on_compare",
    _glint._EV_PASSKEY_WANTED: "_on_passkey_wanted", _glint._EV_ENCRYPTED: "_on_encrypted",
    _glint._EV_PAIRED: "_on_paired",
}


def _default_driver() -> str:
    import os

    named = os.environ.get("GLINT_DRIVER")
    if named:
        return named
    from wireless import _module, drivers

    chosen = drivers.registered()
    if isinstance(chosen, str):
        return chosen
    _module._say_virtual()
    return "virtual:"


__all__ = ["AsyncIterator", "Connection", "Radio", "Report", "Stream", "btos"]
