"""Central: scans, connects, discovers, reads, writes, subscribes."""

from __future__ import annotations

import asyncio
import uuid as _uuid
from types import TracebackType
from typing import Any, Optional, Union

from glint import _check, _glint, sim
from glint._errors import error_of
from glint._radio import Connection, Radio, Report, Stream, Streams
from glint._types import Address

Uuid = Union[int, _uuid.UUID]

__all__ = ["Central", "Peer", "RemoteCharacteristic", "RemoteService"]


def uuid_of(octets: bytes) -> Uuid:
    """A UUID as it is on the air: an int of 16 bits, or a uuid.UUID."""
    return int.from_bytes(octets, "little") if len(octets) == 2 else _uuid.UUID(bytes=octets[::-1])


def whole(name: str, value: object) -> _uuid.UUID:
    """All 128 bits of it (Vol 3 Part B 2.5.1)."""
    found = _check.whole_uuid(name, value)
    if found is not None:
        return found
    number = _check.integer(name, value, 0, 0xFFFF, "16 bits; a uuid.UUID or its text has 128")
    return _uuid.UUID(f"{number:08X}-0000-1000-8000-00805F9B34FB")


def same(a: Uuid, b: Union[Uuid, str]) -> bool:
    """Equal, also a 16-bit UUID and its whole form."""
    return whole("uuid", a) == whole("uuid", b)


class RemoteCharacteristic:
    """A characteristic of a peer.

    Attributes
    ----------
    uuid : int or uuid.UUID
    properties : int
        READ, WRITE, NOTIFY ..., or'ed.
    handle, end_handle : int
        Of its value; the last that belongs to it.
    """

    def __init__(self, uuid: Uuid, properties: int, handle: int, end_handle: int) -> None:
        self.uuid, self.properties, self.handle, self.end_handle = uuid, properties, handle, end_handle

    def __repr__(self) -> str:
        name = f"0x{self.uuid:04X}" if isinstance(self.uuid, int) else str(self.uuid)
        return f"<RemoteCharacteristic {name}, handle {self.handle}, properties 0x{self.properties:02X}>"


class RemoteService:
    """A service of a peer.

    Attributes
    ----------
    uuid : int or uuid.UUID
    handle, end_handle : int
    characteristics : list of RemoteCharacteristic
    """

    def __init__(self, uuid: Uuid, handle: int, end_handle: int) -> None:
        self.uuid, self.handle, self.end_handle = uuid, handle, end_handle
        self.characteristics: list[RemoteCharacteristic] = []

    def __repr__(self) -> str:
        name = f"0x{self.uuid:04X}" if isinstance(self.uuid, int) else str(self.uuid)
        return f"<RemoteService {name}, {len(self.characteristics)} characteristics>"


Target = Union[RemoteCharacteristic, int]


class Peer(Connection):
    """A connection to a peripheral. ``async with`` ends it. One procedure runs at a time; others wait for their turn.

    Attributes
    ----------
    services : list of RemoteService
        What ``discover()`` has found.
    """

    def __init__(self, radio: Radio, peer: int, address: Address, interval_us: int, latency: int,
                 supervision_ms: int) -> None:
        super().__init__(radio, peer, address, interval_us, latency, supervision_ms)
        self.services: list[RemoteService] = []
        self._turn = asyncio.Lock()
        self._found: list[tuple[Any, ...]] = []
        self._done: Optional[asyncio.Future[tuple[int, int]]] = None
        self._streams: dict[int, Streams[bytes]] = {}
        self._params: list[asyncio.Future[int]] = []

    async def __aenter__(self) -> Peer:
        return self

    async def __aexit__(self, kind: Optional[type[BaseException]], error: Optional[BaseException],
                        trace: Optional[TracebackType]) -> None:
        await self.disconnect()

    async def _procedure(self, what: str, verb: Any, *args: Any) -> list[tuple[Any, ...]]:
        """Begins a procedure and waits for its end; returns what was found on the way."""
        async with self._turn:
            while True:
                self._found = []
                self._done = asyncio.get_running_loop().create_future()
                try:
                    verb(self.peer, *args)
                    break
                except _glint.Error as refusal:
                    if refusal.code != _glint._EBUSY:
                        raise
                await self._radio._wait_for_room()
            err, _ = await self._radio._answer(self._done)
            if err:
                raise error_of(err, what)
            return self._found

    async def exchange_mtu(self) -> int:
        """Agrees on ATT_MTU, once a connection; returns it, 23..517 octets."""
        await self._procedure("exchange_mtu", self._radio.native.exchange_mtu)
        return self.mtu

    async def discover(self) -> list[RemoteService]:
        """Finds all services and their characteristics."""
        native = self._radio.native
        found = await self._procedure("discover", native.services)
        services = [RemoteService(uuid_of(uuid), start, end) for _, start, end, uuid in found]
        for service in services:
            items = await self._procedure("discover", native.characteristics, service.handle, service.end_handle)
            ends = [item[1] - 1 for item in items[1:]] + [service.end_handle]
            service.characteristics = [
                RemoteCharacteristic(uuid_of(uuid), properties, value_handle, end)
                for (_, _, value_handle, properties, uuid), end in zip(items, ends)]
        self.services = services
        return services

    def find(self, uuid: Union[Uuid, str], service: Union[Uuid, str, None] = None) -> RemoteCharacteristic:
        """The first characteristic of this UUID among what ``discover()`` has found.

        Raises
        ------
        Error
            There is none (NOENT).
        """
        whole("uuid", uuid)
        if service is not None:
            whole("service", service)
        for candidate in self.services:
            if service is not None and not same(candidate.uuid, service):
                continue
            for ch in candidate.characteristics:
                if same(ch.uuid, uuid):
                    return ch
        raise error_of(_glint._ENOENT, f"characteristic {uuid if isinstance(uuid, (str, _uuid.UUID)) else hex(uuid)}")

    async def read(self, ch: Target) -> bytes:
        """Reads a whole value, however long.

        Raises
        ------
        Error
            What the peer refuses: `.name` "ATT" and its code.
        """
        found = await self._procedure("read", self._radio.native.read, _handle(ch))
        return b"".join(data for _, _, _, data, _ in found)

    async def write(self, ch: Target, value: _check.Octets, response: bool = True, signed: bool = False) -> None:
        """Writes 0..512 octets; without a response at most MTU - 3, and as soon as there is room.

        Signed, and so without a response: at most MTU - 15 octets, with the key that the pairing has given to the peer
        (``security(signing=True)``). Over an encrypted link nothing is signed: it is a write without a response there.

        Raises
        ------
        Error
            What the peer refuses: `.name` "ATT" and its code; signed, and it has no key of ours (NOENT).
        """
        data = _check.octets("value", value)
        if len(data) > 512:
            _check.refuse(f"value: {len(data)} octets are outside 0..512")
        response, signed = _check.truth("response", response), _check.truth("signed", signed)
        if response and not signed:
            await self._procedure("write", self._radio.native.write, _handle(ch), data)
            return
        verb = self._radio.native.write_signed if signed else self._radio.native.write_command
        while True:
            try:
                verb(self.peer, _handle(ch), data)
                return
            except _glint.Error as refusal:
                if refusal.code != _glint._EBUSY:
                    raise
            await self._radio._wait_for_room()

    async def subscribe(self, ch: RemoteCharacteristic, indications: bool = False) -> Stream[bytes]:
        """Asks for notifications (or indications); returns an asynchronous iterator of values.

        Raises
        ------
        Error
            The characteristic has no such property: what the peer refuses, or NOENT.
        """
        bits = 2 if _check.truth("indications", indications) else 1
        stream: Stream[bytes] = Stream(self._streams.setdefault(_remote(ch).handle, Streams(self._radio._gate)))
        try:
            await self._procedure("subscribe", self._radio.native.subscribe, ch.handle, ch.end_handle, bits)
        except BaseException:
            stream.end()
            raise
        return stream

    async def unsubscribe(self, ch: RemoteCharacteristic) -> None:
        """Asks for no more, and ends the iterators of this characteristic."""
        await self._procedure("unsubscribe", self._radio.native.subscribe, _remote(ch).handle, ch.end_handle, 0)
        if ch.handle in self._streams:
            self._streams[ch.handle].end()

    async def update(self, interval: float, latency: int = 0, supervision: float = 4000) -> None:
        """Changes interval (milliseconds, 7.5..4000), latency and supervision time-out (milliseconds)."""
        ms = _check.milliseconds("interval", interval, 7.5, 4000)
        _check.integer("latency", latency, 0, 499, "connection events")
        timeout = _check.milliseconds("supervision", supervision, 100, 32000)
        self._radio.native.update(self.peer, _check.microseconds(ms), _check.microseconds(ms), latency, int(timeout))
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._params.append(done)
        err = await self._radio._answer(done)
        if err:
            raise error_of(err, "update")

    def _end(self) -> None:
        for streams in self._streams.values():
            streams.end()
        if self._done is not None and not self._done.done():
            self._done.set_result((_glint._ECONN, 0))
        for future in self._params:
            if not future.done():
                future.set_result(_glint._ECONN)


def _remote(ch: RemoteCharacteristic) -> RemoteCharacteristic:
    if not isinstance(ch, RemoteCharacteristic):
        _check.refuse_type(f"ch: a RemoteCharacteristic is taken, as find() gives, not {_check.kind(ch)}")
    return ch


def _handle(ch: Target) -> int:
    return ch.handle if isinstance(ch, RemoteCharacteristic) else _check.integer("handle", ch, 1, 0xFFFF)


_FOUND = (_glint._EV_SERVICE, _glint._EV_INCLUDED, _glint._EV_CHARACTERISTIC, _glint._EV_DESCRIPTOR, _glint._EV_VALUE)


class Central(Radio):
    """Looks for peripherals and uses their services.

    ::

        async with glint.Central() as central:
            report = await central.find(name="Glint")
            async with await central.connect(report) as peer:
                await peer.discover()
                print(await peer.read(peer.find(0x2A19)))

    Parameters
    ----------
    driver, world, connections, store, timeout
        As those of Device.
    """

    def __init__(self, *, driver: Optional[str] = None, world: Optional[sim.WorldOrNode] = None, connections: int = 1,
                 store: Optional[str] = None, timeout: float = 30) -> None:
        super().__init__(None, driver, world, connections, store, timeout)
        self._attempt: Optional[asyncio.Future[Peer]] = None
        self._connecting = asyncio.Lock()

    async def find(self, name: Optional[str] = None, service: Union[Uuid, str, None] = None,
                   timeout: Optional[float] = 10) -> Report:
        """Scans for who has this name and offers this service.

        Parameters
        ----------
        name, service : optional
            None: any.
        timeout : float, optional
            Seconds; None: for ever.

        Raises
        ------
        Error
            Nobody was found in time (TIMEOUT).
        """
        if name is not None:
            _check.text("name", name)
        if service is not None:
            whole("service", service)
        async with self.scan(_check.seconds("timeout", timeout, _check.FOREVER_MS / 1000)) as reports:
            async for report in reports:
                if (name is None or report.name == name) and \
                        (service is None or any(same(uuid, service) for uuid in report.services)):
                    return report
        raise error_of(_glint._ETIMEOUT, "find")

    async def connect(self, target: Union[Report, Address, bytes, str], *, interval: float = 0, latency: int = 0,
                      supervision: float = 4000, timeout: Optional[float] = 10) -> Peer:
        """Connects.

        Parameters
        ----------
        target : Report or address
        interval : float, optional
            7.5..4000 milliseconds; 0: 30 to 50.
        latency : int, optional
            0..499 connection events.
        supervision : float, optional
            100..32000 milliseconds.
        timeout : float, optional
            Seconds; None: for ever.

        Raises
        ------
        Error
            TIMEOUT; all connections are taken (NOMEM).
        """
        kind, octets = _check.address("target", target.address if isinstance(target, Report) else target)
        ms = _check.milliseconds("interval", interval, 7.5, 4000, "30 to 50")
        _check.integer("latency", latency, 0, 499, "connection events")
        supervision = _check.milliseconds("supervision", supervision, 100, 32000)
        seconds = _check.seconds("timeout", timeout, _check.FOREVER_MS / 1000)
        async with self._connecting:
            self._attempt = asyncio.get_running_loop().create_future()
            self.native.connect(kind, octets, _check.microseconds(ms), latency, int(supervision),
                                0 if seconds is None else max(1, round(seconds * 1000)))
            try:
                return await self._answer(self._attempt)
            except asyncio.CancelledError:
                self.native.cancel()
                raise
            finally:
                self._attempt = None

    def _make_connection(self, peer: int, address: Address, interval_us: int, latency: int,
                         supervision_ms: int) -> Connection:
        return Peer(self, peer, address, interval_us, latency, supervision_ms)

    def _connected(self, connection: Connection) -> None:
        if self._attempt is not None and not self._attempt.done() and isinstance(connection, Peer):
            self._attempt.set_result(connection)

    def _disconnected(self, connection: Connection) -> None:
        if isinstance(connection, Peer):
            connection._end()

    def _on_error(self, peer: int, t_us: int, code: int, operation: int) -> None:
        if operation == _glint._OP_CONNECT and self._attempt is not None:
            if not self._attempt.done():
                self._attempt.set_exception(error_of(code, "connect"))
        else:
            super()._on_error(peer, t_us, code, operation)

    def _on_params(self, peer: int, t_us: int, err: int, *parameters: int) -> None:
        super()._on_params(peer, t_us, err, *parameters)
        connection = self.peers.get(peer)
        if isinstance(connection, Peer):
            waiting, connection._params = connection._params, []
            for future in waiting:
                if not future.done():
                    future.set_result(err)

    def _on_other(self, kind: int, peer: int = 0, t_us: int = 0, *what: Any) -> None:
        connection = self.peers.get(peer)
        if not isinstance(connection, Peer):
            return
        if kind in _FOUND:
            connection._found.append((kind, *what))
        elif kind == _glint._EV_DONE:
            if connection._done is not None and not connection._done.done():
                connection._done.set_result((what[0], what[1]))
        elif kind == _glint._EV_NOTIFIED:
            handle, _, data, _ = what
            if handle in connection._streams:
                connection._streams[handle].put(data)
