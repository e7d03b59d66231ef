"""What Device and Central share: the device under them, its events on the event loop, and who waits for which."""

from __future__ import annotations

import asyncio
import logging
import uuid as _uuid
from types import TracebackType
from typing import Any, Optional, TypeVar, Union

from glint import _check, _glint, sim
from glint._dispatch import OPERATIONS
from glint._errors import error_of
from glint._pairing import Pairing
from glint._stream import LIMIT, Gate, Stream, Streams
from glint._types import Address

log = logging.getLogger("glint")

T = TypeVar("T")
Self = TypeVar("Self", bound="Radio")


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

    async def rssi(self) -> int:
        """How strong the peer is heard, in dBm; 127: not known."""
        found: int = await self._radio._asked(self._radio.native.rssi, self.peer)
        return found

    @property
    def phy(self) -> tuple[int, int]:
        """On which PHY we send and hear: 1 is 1M, 2 is 2M, 3 is Coded."""
        tx, rx = self._radio.native.connection(self.peer)[7:9]
        return tx, rx

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
        anew = _check.truth("anew", anew)
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
        await self._radio._answer(over)
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
        await self._radio._answer(asyncio.ensure_future(self._closed.wait()))


class Radio(Pairing):
    """A device on an event loop. Use Device or Central."""

    def __init__(self, name: Optional[str], driver: Optional[str], world: Optional[sim.WorldOrNode], connections: int,
                 store: Optional[str], timeout: float) -> None:
        if name is not None:
            _check.text("name", name)
        if store is not None:
            _check.c_text("store", store)
        _check.integer("connections", connections, 1, 250)
        if driver is not None:
            _check.c_text("driver", driver)
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
        self._looks = False  # the loop calls _pump() when there are events
        self._gate = Gate(self._pump_soon)
        self._awaited = 0  # answers
        self._told_of_gate = False
        self._reports: Streams[Report] = Streams()
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
        loop = asyncio.get_running_loop()
        world = self.native.world
        if world is not None and (not isinstance(loop, sim.Loop) or loop.world.native is not world):
            raise _glint.Error("a device of a world runs inside World.run()")
        self._loop = loop
        self._look(True)
        try:
            await self._asked(self.native.start, self._timeout)
        except BaseException:
            self._look(False)
            self._loop = None
            if world is None:  # who is cancelled leaves a start behind, in its thread: this ends it
                loop.run_in_executor(None, self.native.stop)
            raise

    async def stop(self) -> None:
        """Says farewell to who is connected, and releases the radio."""
        loop = self._loop
        if loop is None:
            return
        await self._asked(self.native.stop)
        self._pump(whole=True)
        self._look(False)
        self._loop = None
        self._end()

    def _end(self) -> None:
        """Nobody waits for what cannot come any more."""
        for connection in list(self.peers.values()):
            self._on_disconnected(connection.peer, 0, 0, b"", 0x16)
        self._reports.end()
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

    async def tx_power(self) -> int:
        """How strong this device advertises, in dBm."""
        found: int = await self._asked(self.native.tx_power)
        return found

    async def _asked(self, verb: Any, *args: Any) -> Any:
        """A verb that waits for the controller: in a world that is the world's time."""
        if self.native.world is not None:
            return verb(*args)
        return await asyncio.get_running_loop().run_in_executor(None, verb, *args)

    def stats(self) -> dict[str, int]:
        """What has been counted since the device was made."""
        return self.native.stats()

    # -- events -------------------------------------------------------------------------------------------------

    def _look(self, on: bool) -> None:
        """Whether the loop looks for events."""
        loop = self._loop
        if loop is None or on == self._looks:
            return
        self._looks = on
        if isinstance(loop, sim.Loop):
            loop.watch(self.native, self._pump) if on else loop.unwatch(self.native)
        elif on:
            loop.add_reader(self.native.fileno(), self._pump)
        else:
            loop.remove_reader(self.native.fileno())

    def _pump_soon(self) -> None:
        if self._loop is not None and not self._looks and not self._loop.is_closed():  # an iterator may be let go of in any thread
            self._loop.call_soon_threadsafe(self._pump)

    def _is_held(self) -> bool:
        if not self._gate.is_closed() or self._awaited:
            return False
        if not self._told_of_gate:
            log.warning("%d items of an iterator are not taken: the device's events wait until they are", LIMIT)
        self._told_of_gate = True
        return True

    async def _answer(self, future: asyncio.Future[T]) -> T:
        """Awaits what the device is to bring, past what nobody takes."""
        self._awaited += 1
        self._pump_soon()
        try:
            return await future
        finally:
            self._awaited -= 1

    def _pump(self, whole: bool = False) -> None:
        self._look(True)
        while True:
            if not whole and self._is_held():
                self._look(False)
                return
            event = self.native.poll()
            if event is None:
                return
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
        return await self._answer(future)

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
        self._reports.put(Report(kind, Address(octets, addr_type), rssi, data))

    def _on_scan_stopped(self, *unused: Any) -> None:
        self._reports.end()

    def _on_sent(self, *unused: Any) -> None:
        self._make_room()

    async def _wait_for_room(self) -> None:
        room: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._room.append(room)
        await self._answer(room)

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

        wish = _settings.scanning(interval, window, duplicates, filter, addr, active)
        seconds = _check.seconds("duration", duration, _check.FOREVER_MS / 1000)
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


__all__ = ["Connection", "Radio", "Report", "Stream", "Streams"]
