"""Device: a peripheral on an event loop."""

from __future__ import annotations

import asyncio
from typing import Any, Iterable, Optional, Union

from glint import _check, _dispatch, _glint, sim
from glint._gatt import Characteristic, Service
from glint._radio import Connection, Radio, Report, Stream, Streams
from glint._types import Address

__all__ = ["Connection", "Device", "Report", "Write"]


class Write:
    """What a central has written.

    Attributes
    ----------
    characteristic : Characteristic
    value : int, str or bytes
        Converted by the characteristic's type.
    peer : Address
    """

    def __init__(self, characteristic: Characteristic, value: Any, peer: Address) -> None:
        self.characteristic, self.value, self.peer = characteristic, value, peer

    def __repr__(self) -> str:
        return f"<Write of {self.value!r} to {self.characteristic!r} by {self.peer}>"


def _of(ch: Characteristic) -> Characteristic:
    if not isinstance(ch, Characteristic):
        _check.refuse_type(f"ch: a Characteristic is taken, not {_check.kind(ch)}")
    return ch


class Device(Radio):
    """A peripheral: advertises, offers services, is written to, notifies.

    ::

        async with glint.Device("Glint", services=[battery]) as device:
            await device.advertise()
            await device.set_value(level, 50)

    Parameters
    ----------
    name : str, optional
        1 to 248 octets of UTF-8; "Glint" if None.
    driver : str, optional
        A URI; None: GLINT_DRIVER, else the one that was initialised, else ``virtual:``.
    world : glint.sim.World or Node, optional
        Lives there instead, on a virtual clock.
    services : iterable of Service, optional
    appearance : int, optional
        0..65535, Assigned Numbers 2.6.
    connections : int, optional
        At a time: 1..250.
    store : str, optional
        The folder of identity and bonds; "": nothing is kept; None: the program's name.
    timeout : float, optional
        Seconds to wait for the controller.
    """

    def __init__(self, name: Optional[str] = None, *, driver: Optional[str] = None,
                 world: Optional[sim.WorldOrNode] = None, services: Iterable[Service] = (), appearance: int = 0,
                 connections: int = 1, store: Optional[str] = None, timeout: float = 30) -> None:
        super().__init__(name, driver, world, connections, store, timeout)
        from wireless import _settings

        self._connections: Streams[Connection] = Streams()
        self._writes: dict[Optional[Characteristic], Streams[Write]] = {}
        self._name, self._appearance = "Glint" if name is None else name, appearance
        wish = _settings.gap(self._name, appearance, (1, 1), (400, 650, 0, 4000))
        self.native.gap(wish.name, wish.appearance, 1, 1, wish.min_us, wish.max_us, wish.latency, wish.supervision_ms)
        for service in _check.items("services", services, "Service"):
            self.add_service(service)

    def security(self, *, level: int = 1, mode: int = 1, **how: Any) -> None:
        """As Radio.security(), and with a level that values of the services want.

        Parameters
        ----------
        level : int, optional
            Of security mode 1: 1 open, 2 encrypted, 3 with protection against someone in the middle, 4 by LE Secure
            Connections. Whether it can be reached is asked at ``start()``.
        mode : int, optional
            2, with level 1 or 2: what is written is signed or comes over an encrypted link, at level 2 by a pairing with
            protection against someone in the middle; reading is open. With `bonding`.
        """
        from wireless import _settings

        wish = _settings.gap(self._name, self._appearance, (mode, level), (400, 650, 0, 4000))
        super().security(**how)
        self.native.gap(None, wish.appearance, wish.mode, wish.level, wish.min_us, wish.max_us, wish.latency, wish.supervision_ms)

    def add_service(self, service: Service) -> None:
        """Adds a service, at any time."""
        self.native.add_service(service)

    def remove_service(self, service: Service) -> None:
        """Removes a service, at any time."""
        self.native.remove_service(service)

    async def advertise(self, interval: float = 100, *, timeout: float = 0, payload: Union[str, bytes] = "",
                        scanrsp: Union[str, bytes] = "", mode: int = _glint.ADV_CONN_UND, raw: Optional[bool] = None,
                        company: Optional[int] = 0xFFFF, peer: Optional[bytes] = None,
                        auto_restart: bool = True) -> None:
        """Advertises, and waits until it does.

        Parameters
        ----------
        interval : float, optional
            20..10240 milliseconds.
        timeout : float, optional
            Milliseconds; 0: for ever.
        payload, scanrsp, mode, raw, company, peer : optional
            As those of ``wireless.ble.advertising``.
        auto_restart : bool, optional
            Again after each disconnection.
        """
        from wireless import _settings

        wish = _settings.advertising(interval, timeout, payload, scanrsp, mode, raw, company, peer, auto_restart)
        self.native.advertising(*wish.arguments())
        started = asyncio.ensure_future(self._until(_glint._EV_ADV_STARTED))
        await asyncio.sleep(0)
        try:
            self.native.start_advertising()
            await started
        finally:
            started.cancel()

    async def stop_advertising(self) -> None:
        """Stops advertising."""
        self.native.stop_advertising()

    def connections(self) -> Stream[Connection]:
        """Who connects from now on, and who is connected now: an asynchronous iterator of Connection."""
        stream: Stream[Connection] = Stream(self._connections, matters=lambda connection: connection.is_open)
        for connection in self.peers.values():
            stream.put(connection)
        return stream

    def writes(self, ch: Optional[Characteristic] = None) -> Stream[Write]:
        """What is written from now on, to one characteristic or (None) to any: an asynchronous iterator of Write."""
        if ch is not None and not isinstance(ch, Characteristic):
            _check.refuse_type(f"ch: a Characteristic or None is taken, not {_check.kind(ch)}")
        return Stream(self._writes.setdefault(ch, Streams(self._gate)))

    async def set_value(self, ch: Characteristic, value: Any) -> None:
        """Stores a value, and waits until it is on its way to each central that has subscribed."""
        data = _of(ch).encode(value)
        ch._store(data)
        for peer in self.native.connections() if self.native.started else []:
            await self._send(ch, data, peer, missing_ok=True)

    async def notify(self, ch: Characteristic, value: Any, peer: Union[Connection, Address, None] = None) -> None:
        """Sends a value to one peer (None: to each) that has subscribed, without storing it; waits until it is on its
        way.

        Raises
        ------
        Error
            The peer, or nobody, has subscribed (NOENT); no such connection (CONN).
        """
        data = _of(ch).encode(value)
        if peer is not None:
            if not isinstance(peer, (Connection, Address)):
                _check.refuse_type(f"peer: a Connection, an Address or None is taken, not {_check.kind(peer)}")
            if not peer.peer:
                _check.refuse(f"peer: {peer} is the address of no connection", _glint._EINVAL)
            await self._send(ch, data, peer.peer)
            return
        sent = [await self._send(ch, data, number, missing_ok=True) for number in self.native.connections()]
        if not any(sent):
            error = _glint.Error("peer: no connected central has subscribed")
            error.code, error.name = _glint._ENOENT, "NOENT"
            raise error

    async def _send(self, ch: Characteristic, data: bytes, peer: int, missing_ok: bool = False) -> bool:
        while True:
            try:
                self.native.notify(ch, data, peer, 0)
                return True
            except _glint.Error as refusal:
                if refusal.code in (_glint._ENOENT, _glint._ECONN, _glint._ECLOSED) and missing_ok:
                    return False
                if refusal.code != _glint._EBUSY:
                    raise
            await self._wait_for_room()

    def _connected(self, connection: Connection) -> None:
        self._connections.put(connection)

    def _who(self, peer: int) -> Address:
        connection = self.peers.get(peer)
        return connection.address if connection is not None else Address(bytes(6), 0, peer)

    def _on_other(self, kind: int, peer: int = 0, t_us: int = 0, *what: Any) -> None:
        if kind == _glint._EV_WRITTEN:
            ch, data, token, judged = what
            _dispatch.on_written(self.native, self._who(peer), ch, data, token, judged)
            for key in (ch, None):
                if key in self._writes:
                    self._writes[key].put(Write(ch, ch.convert(data), self._who(peer)))
        elif kind == _glint._EV_READ:
            _dispatch.on_read(self.native, self._who(peer), what[0], what[1])
        elif kind == _glint._EV_SUBSCRIBED:
            _dispatch.tell(what[0], _glint.NOTIFY)

    def _end(self) -> None:
        super()._end()
        self._connections.end()
        for writes in self._writes.values():
            writes.end()
        self._make_room()
