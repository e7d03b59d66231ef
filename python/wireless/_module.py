"""The module's one device, and the functions over it. ``wireless.ble`` is an instance of this, with the functions bound.

A call that changes something is looked at, kept, and given to the device at once; the device exists from the first
call on and gets a radio at ``start()``. One thread, made at ``start()``, calls all callbacks, in order, with nothing
locked.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import warnings
import weakref
from typing import Any, Callable, Iterable, Optional, Union

import glint
from glint import _check, _glint
from glint._dispatch import OPERATIONS, call, on_read, on_written, tell
from glint._gatt import Characteristic, Service
from glint._errors import named, pairing_error
from glint._types import Address, Event, Passkey
from wireless import _settings, drivers
from wireless._foreign import Foreign

_log = logging.getLogger("glint")

EventCallback = Callable[[Any], object]
Peer = Union[int, Address, bytes, None]

_ALWAYS = ~((1 << _glint._EV_SENT) | (1 << _glint._EV_CONFIRMED) | (1 << _glint._EV_READY)) & (1 << 63) - 1
MOST_ACCEPTED = 255  # by the extension
LAST_CALLBACKS_S = 1.0  # stop() waits no longer for the callbacks of what has happened


def store_name() -> str:
    """The folder of identity and bonds: GLINT_STORE, else the program's name."""
    named = os.environ.get("GLINT_STORE")
    if named is not None:
        return named
    program = os.path.basename(sys.argv[0]) if sys.argv and sys.argv[0] else ""
    return os.path.splitext(program)[0] or "python"


class _Lock:
    """A lock whose wait does not hold up the time of a world: who has it may wait for that time, as stop() does.

    Who takes part in the world waits for the lock as for anything else in there, and is told when it is free. So whose
    turn it is is decided by the world, and no time passes between the one's letting go and the other's going on.
    """

    def __init__(self, module: Module) -> None:
        self._lock = threading.RLock()
        self._module = weakref.ref(module)
        self._waiting: dict[object, _glint.World] = {}

    def __enter__(self) -> None:
        if self._lock.acquire(blocking=False):
            return
        module = self._module()
        world = module._world() if module else None
        if world is None or not world.takes_part:
            self._lock.acquire()
            return
        me = object()
        self._waiting[me] = world
        try:
            while True:
                seq = world.seq
                if self._lock.acquire(blocking=False):
                    return
                world.wait(None, seq)
        finally:
            del self._waiting[me]

    def __exit__(self, *exc: object) -> None:
        self._lock.release()
        if self._waiting:
            for world in set(self._waiting.copy().values()):
                world.stir()


class Module:
    """The functions of ``wireless.ble``. Programs use those; another instance is another device."""

    def __init__(self) -> None:
        self._lock = _Lock(self)  # start, stop and settings
        self._thread_lock = threading.Lock()  # who serves the callbacks; never held while something is waited for
        self._thread: Optional[threading.Thread] = None
        self._callbacks: dict[int, EventCallback] = {}
        self._services: list[Service] = []
        self._gap: Optional[_settings.Gap] = None
        self._security: Optional[_settings.Security] = None
        self._advertising: Optional[_settings.Advertising] = None
        self._scanning = _settings.Scanning()
        self._wants_advertising = False
        self._scan_ms: Optional[int] = None  # a scan that was asked for before start()
        self._peers: dict[int, Address] = {}
        self._native: Optional[_glint.Device] = None
        self._made_for: tuple[Any, ...] = ()
        self._foreign: Optional[Foreign] = None
        self._connections = 1
        self._accepted: Optional[list[tuple[int, bytes]]] = None
        self._private: Optional[tuple[bool, int]] = None
        self._told_oob: list[tuple[bytes, int, Optional[bytes]]] = []  # before start()
        self.last_error: Optional[_glint.Error] = None
        _at_exit(self)

    # -- the device ---------------------------------------------------------------------------------------------

    def _driver(self, driver: Any) -> Any:
        return driver or os.environ.get("GLINT_DRIVER") or drivers.registered()

    def _device(self) -> _glint.Device:
        native = self._native
        if native is not None:
            return native  # without the lock: callbacks go on while stop() says farewell
        with self._lock:
            if self._native is None:
                place = self._driver(None)
                self._native = self._make(place if isinstance(place, str) or hasattr(place, "device_arguments") else None)
            return self._native

    def _world(self) -> Optional[_glint.World]:
        """Where the device lives, or is going to as far as is known."""
        native = self._native
        if native is not None:
            return native.world
        place = drivers.registered()
        if place is None or isinstance(place, str) or not hasattr(place, "device_arguments"):
            return None
        world: Optional[_glint.World] = place.device_arguments().get("world")
        return world

    def _make(self, driver: Any) -> _glint.Device:
        """A device as it has been described so far."""
        self._made_for = (driver, self._connections)
        if hasattr(driver, "device_arguments"):  # a place in a world
            native = _glint.Device(connections=self._connections, **driver.device_arguments())
        else:
            native = _glint.Device(driver=driver, store=store_name(), connections=self._connections)
        if self._gap is not None:
            _give_gap(native, self._gap)
        self._give_security(native, self._gap)
        if self._advertising is not None:
            native.advertising(*self._advertising.arguments())
        native.scanning(*self._scanning.arguments())
        if self._accepted is not None:
            native.accept_list(self._accepted)
        if self._private is not None:
            native.privacy(*self._private)
        for told in self._told_oob:
            native.set_oob_data(*told)
        for service in self._services:
            native.add_service(service)
        self._interest(native)
        return native

    def _remake(self, driver: Any) -> _glint.Device:
        """The same for another driver: its services go from the old device to the new one."""
        if self._native is not None and self._made_for != (driver, self._connections):
            for service in reversed(self._services):
                self._native.remove_service(service)
            self._native.close()
            self._native = None
        if self._native is None:
            self._native = self._make(driver)
        return self._native

    def _interest(self, native: _glint.Device) -> None:
        mask = _ALWAYS
        if glint.EVT_SENT in self._callbacks:
            mask |= 1 << _glint._EV_SENT
        native.set_interest(mask)
        native.set_asked(glint.EVT_PASSKEY_REQUEST in self._callbacks)

    def _give_security(self, native: _glint.Device, gap: Optional[_settings.Gap]) -> None:
        """How to pair. A level that needs pairing brings it, with the defaults, if security() was not called."""
        level = gap.level if gap is not None else 1
        wanted = level > 1 or gap is not None and gap.mode == 2
        wish = self._security or (_DEFAULT_SECURITY if wanted else None)
        if wish is not None:
            native.security(*wish.arguments(level))

    # -- who we are ---------------------------------------------------------------------------------------------

    def gap(self, name: str, appearance: int = 0,
            security: tuple[int, int] = (glint.SECURITY_MODE_1, glint.SECURITY_LEVEL_1),
            connection: tuple[float, float, int, float] = (400, 650, 0, 4000)) -> None:
        """Sets name, appearance, required security and preferred connection parameters.

        May be called at any time; takes effect at the next connection.

        Parameters
        ----------
        name : str
            1 to 248 octets of UTF-8. "Glint" if this is never called.
        appearance : int, optional
            0..65535, Assigned Numbers 2.6; 0: unknown.
        security : tuple of int, optional
            (mode, level). Mode 1 has levels 1 to 4; mode 2 has 1 and 2: writes are signed (WRITE_SIGNED) or come over an
            encrypted link, at level 2 by a pairing with MITM protection; reads are free. It needs AUTH_BOND, and has the
            central give its signing key whether KEY_CSR is asked for or not.
        connection : tuple, optional
            (minimum interval, maximum interval, latency, supervision time-out): 7.5..4000 ms, minimum not above
            maximum; 0..499 events; 100..32000 ms and more than 2 * (1 + latency) * maximum.

        Raises
        ------
        ArgumentError
            What is outside its range.
        """
        with self._lock:
            wish = _settings.gap(name, appearance, security, connection)
            if self._foreign:
                self._foreign.gap(wish)
            native = self._device()
            self._give_security(native, wish)
            _give_gap(native, wish)
            self._gap = wish

    def security(self, capabilities: int = glint.CAP_NONE, bonding: int = glint.AUTH_NO_BOND,
                 scheme: int = glint.AUTH_SC, key_size: int = 16, initiator: int = glint.KEY_ENC | glint.KEY_ID,
                 responder: int = glint.KEY_ENC | glint.KEY_ID, oob: int = 0, passkey: int = 0, *,
                 min_key_size: Optional[int] = None, sc_only: bool = False, keep_bonded: bool = False,
                 evict: bool = False) -> None:
        """Sets how to pair, from the next pairing on. ``gap()`` says to what level; whether the two can go together is
        asked at ``start()``.

        Parameters
        ----------
        capabilities : int, optional
            CAP_DISPLAY_ONLY, CAP_DISPLAY_YES_NO, CAP_KB_ONLY, CAP_NONE or CAP_KB_DISPLAY.
        bonding : int, optional
            AUTH_NO_BOND or AUTH_BOND.
        scheme : int, optional
            AUTH_MITM, AUTH_SC, AUTH_KEYPRESS, or'ed.
        key_size : int, optional
            7..16 octets, the largest and smallest key that is accepted.
        initiator, responder : int, optional
            Which keys the central, the peripheral gives: KEY_ENC, KEY_ID, KEY_CSR, or'ed; KEY_LNK is ignored.
        oob : int, optional
            1: data that came another way may be used: ``oob_data()``, ``set_oob_data()``.
        passkey : int, optional
            1..999999: always this one, which is weak, and on devices with a keyboard the answer when EVT_PASSKEY_REQUEST
            has no callback; 0: a fresh one each time.
        min_key_size : int, optional
            7..key_size octets: lowers the smallest key.
        sc_only : bool, optional
            Refuses legacy pairing.
        keep_bonded : bool, optional
            A bonded peer pairs anew only over a link that its bond has encrypted.
        evict : bool, optional
            When there is no room, a new bond without MITM protection takes the place of the oldest such bond; else it is
            not kept, as strangers could push out who belongs here.

        Raises
        ------
        ArgumentError
            What is outside its range.
            Capabilities and scheme that cannot go together.
        """
        with self._lock:
            p = _settings.security(capabilities, bonding, scheme, key_size, initiator, responder, oob, passkey,
                                   min_key_size, sc_only, keep_bonded, evict)
            if self._foreign:
                self._foreign.security(p)
                return
            self._device().security(*p.arguments(self._gap.level if self._gap is not None else 1))
            self._security = p
        if passkey:
            warnings.warn("passkey: a fixed one is weak, as who has seen it once knows it; 0 draws a fresh one for each "
                          "pairing", stacklevel=2)

    def bonded(self) -> list[Address]:
        """The addresses of bonded devices, also before ``start()``."""
        with self._lock:
            if self._foreign:
                return [Address(bytes(octets)) for octets in self._foreign.bonded()]
            return [Address(octets, kind) for kind, octets in self._device().bonded()]

    def remove_bonded(self, addr: Union[bytes, str, tuple[int, ...]]) -> None:
        """Forgets a bonded device, after disconnecting it; one that is not known does nothing.

        Parameters
        ----------
        addr : bytes-like, str or tuple of int
            Six octets, most significant first, or ``"AA:BB:CC:DD:EE:FF"``. An address of ``bonded()`` brings its type,
            others are looked for as public and as random.
        """
        kind, octets = _check.address("addr", addr)
        with self._lock:
            if self._foreign:
                self._foreign.remove_bonded(octets)
                return
            for one in (kind,) if hasattr(addr, "addr_type") else (0, 1):
                self._device().remove_bonded(one, octets)

    def confirm_passkey(self, confirmed: int, peer: Peer = None) -> None:
        """Answers EVT_MATCH_PASSKEY: not zero confirms.

        Raises
        ------
        Error
            Nothing is pending (NOENT).
        """
        yes = _check.truth("confirmed", confirmed)
        if self._foreign:
            self._foreign.confirm_passkey(yes)
            return
        self._device().confirm_passkey(self._peer(peer), yes)

    def enter_passkey(self, passkey: int, peer: Peer = None) -> None:
        """Answers EVT_PASSKEY_REQUEST with 0..999999.

        Raises
        ------
        Error
            Nothing is pending (NOENT).
        """
        number = _check.integer("passkey", passkey, 0, 999999, "six digits")
        if self._foreign:
            self._foreign.enter_passkey(number)
            return
        self._device().enter_passkey(self._peer(peer), number)

    def oob_data(self) -> bytes:
        """What is to be told to the peer on another way than the air, for the next pairing: 32 octets, the random value
        and the confirm value, each in the order of the air.

        Raises
        ------
        Error
            Not started (STATE).
        UnsupportedError
            ``security(oob=1)`` has not been called.
        """
        return self._device().oob_data()

    def set_oob_data(self, data: bytes, peer: Union[bytes, str, tuple[int, ...], None] = None) -> None:
        """What the peer has told on another way than the air; used once.

        Parameters
        ----------
        data : bytes-like
            32 octets, as of its ``oob_data()``; or 16, the secret of legacy pairing.
        peer : address, optional
            Whose they are; None: anybody's.

        Raises
        ------
        UnsupportedError
            ``security(oob=1)`` has not been called.
        """
        octets = _check.octets("data", data)
        kind, address = _check.address("peer", peer) if peer is not None else (0, None)
        with self._lock:
            self._device().set_oob_data(octets, kind, address)
            if not self._device().started:
                self._told_oob.append((octets, kind, address))

    def privacy(self, on: bool, rotate_ms: float = 0) -> None:
        """Advertises, scans and connects with a private address, which only bonded peers resolve.

        Parameters
        ----------
        on : bool
        rotate_ms : float, optional
            1000..3600000: another address that often; 0: every 15 minutes.
        """
        wish = _check.truth("on", on), int(_check.milliseconds("rotate_ms", rotate_ms, *_settings.ROTATE_MS, "15 minutes"))
        with self._lock:
            self._device().privacy(*wish)
            self._private = wish

    # -- services and callbacks ---------------------------------------------------------------------------------

    def add_service(self, service: Service) -> None:
        """Adds a service, at any time; after ``start()`` centrals are told that services have changed.

        Raises
        ------
        ArgumentError
            The same object twice.
        """
        if not isinstance(service, Service):
            _check.refuse_type(f"service: a Service is taken, not {_check.kind(service)}")
        with self._lock:
            self._device().add_service(service)
            self._services.append(service)

    def remove_service(self, service: Service) -> None:
        """Removes a service, at any time.

        Raises
        ------
        Error
            It has not been added (NOENT), or another service includes it (STATE).
        """
        if not isinstance(service, Service):
            _check.refuse_type(f"service: a Service is taken, not {_check.kind(service)}")
        with self._lock:
            self._device().remove_service(service)
            self._services.remove(service)

    def add_callback(self, evt: int, callback: Optional[EventCallback]) -> None:
        """Sets the one function that is called at an event, with one argument; None removes it.

        Parameters
        ----------
        evt : int
            EVT_CONNECTED .. EVT_SENT, 0..16.
        callback : callable or None
            Runs in the thread of callbacks, and may call anything and block.
        """
        number = _check.integer("evt", evt, 0, glint.EVT_SENT, "EVT_CONNECTED .. EVT_SENT")
        _check.function("callback", callback, "of one argument")
        with self._lock:
            if callback is None:
                self._callbacks.pop(number, None)
            else:
                self._callbacks[number] = callback
            if number in (glint.EVT_SENT, glint.EVT_PASSKEY_REQUEST):
                self._interest(self._device())

    # -- advertising --------------------------------------------------------------------------------------------

    def advertising(self, interval: float, timeout: float = 0, payload: _settings.Payload = "",
                    scanrsp: _settings.Payload = "", mode: int = glint.ADV_CONN_UND, *,
                    scan_rsp: Optional[_settings.Payload] = None, raw: Optional[bool] = None,
                    company: Optional[int] = 0xFFFF, peer: Optional[bytes] = None, auto_restart: bool = False,
                    list_uuids: object = None) -> None:
        """Sets how and what to advertise. While advertising, the data changes at once, the rest at the next start.

        Parameters
        ----------
        interval : float
            20..10240 milliseconds.
        timeout : float, optional
            Milliseconds from each start; 0: for ever.
        payload, scanrsp : str or bytes-like, optional
            Octets that parse exactly as AD structures are the packet; others, and every str (UTF-8), become
            manufacturer-specific data. Empty: the packet tells flags, name, appearance and services. `scan_rsp` is
            another name of `scanrsp`.
        mode : int, optional
            ADV_CONN_UND, ADV_SCAN_UND, ADV_UNCN_UND, or ADV_CONN_DIR with `peer`.
        raw : bool, optional
            True: the packets are as they are given; False: manufacturer-specific data.
        company : int or None, optional
            Company identifier of manufacturer-specific data, 0..65535; None: the payload brings it.
        peer : address, optional
            To whom ADV_CONN_DIR advertises.
        auto_restart : bool, optional
            Again after each disconnection.

        Raises
        ------
        ArgumentError
            What is outside its range; a payload that is too long, with the octets that there are.
        """
        if list_uuids is not None:
            warnings.warn("list_uuids is ignored: services are listed while they fit", stacklevel=2)
        if scan_rsp is not None:
            if scanrsp:
                _check.refuse("scan_rsp: it is another name of scanrsp, which is given, too", _glint._EINVAL)
            scanrsp = scan_rsp
        wish = _settings.advertising(interval, timeout, payload, scanrsp, mode, raw, company, peer, auto_restart)
        with self._lock:
            try:
                self._device().advertising(*wish.arguments())
            except _glint.ArgumentError as refusal:
                raise _renamed(refusal, "scan_rsp: octets", "scanrsp") from None
            self._advertising = wish
            if self._foreign:
                self._foreign.advertising(wish)
        _tell_choice("payload", wish.payload, wish)
        _tell_choice("scanrsp", wish.scan_rsp, wish)

    def start_advertising(self) -> None:
        """Starts, or restarts, advertising; before ``start()`` it is remembered. EVT_ADV_STARTED follows.

        Raises
        ------
        Error
            A connectable mode, and all connections are taken (STATE).
        """
        with self._lock:
            if self._foreign:
                self._foreign.start_advertising()
                return
            self._device().start_advertising()
            self._wants_advertising = not self._device().started

    def stop_advertising(self) -> None:
        """Stops advertising; EVT_ADV_STOPPED follows if it was on."""
        with self._lock:
            self._wants_advertising = False
            if self._foreign:
                self._foreign.stop_advertising()
                return
            self._device().stop_advertising()

    # -- scanning -----------------------------------------------------------------------------------------------

    def scanning(self, interval: float = 10, window: float = 10, duplicates: int = 0,
                 filter: int = glint.SCAN_FILTER_ALL, addr: int = glint.SCAN_ADDR_PUBLIC, active: int = 0) -> None:
        """Sets how to scan, from the next start on.

        Parameters
        ----------
        interval, window : float, optional
            2.5..10240 milliseconds, window not above interval.
        duplicates : int, optional
            Not 0: also reports equal in address, kind and data to one since the start.
        filter : int, optional
            SCAN_FILTER_CONNECTABLE, SCANNABLE, NONCONN, SCAN_RSP, ACCEPT_LIST, or'ed; SCAN_FILTER_ALL: all.
        addr : int, optional
            SCAN_ADDR_ALL, SCAN_ADDR_PUBLIC_ONLY or SCAN_ADDR_RANDOM_ONLY.
        active : int, optional
            Not 0: asks for scan responses.
        """
        wish = _settings.scanning(interval, window, duplicates, filter, addr, active)
        with self._lock:
            self._device().scanning(*wish.arguments())
            self._scanning = wish
            if self._foreign:
                self._foreign.scanning(wish)

    def start_scanning(self, duration: float = 1000) -> None:
        """Scans: EVT_SCAN_STARTED, EVT_SCAN_REPORT ..., EVT_SCAN_STOPPED.

        Parameters
        ----------
        duration : float, optional
            Milliseconds; 0: until stopped.
        """
        ms = _settings.duration(duration)
        with self._lock:
            if self._foreign:
                self._foreign.start_scanning(ms)
                return
            self._device().start_scanning(ms)
            self._scan_ms = None if self._device().started else ms

    def stop_scanning(self) -> None:
        """Stops scanning; EVT_SCAN_STOPPED follows if it was on."""
        with self._lock:
            self._scan_ms = None
            if self._foreign:
                self._foreign.stop_scanning()
                return
            self._device().stop_scanning()

    def accept_list(self, addrs: Iterable[Union[bytes, str, tuple[int, ...]]]) -> None:
        """Whose reports SCAN_FILTER_ACCEPT_LIST lets pass.

        Parameters
        ----------
        addrs : iterable of addresses
            Six octets each; an address of a report brings its type, others are public.
        """
        found = [_check.address(f"addrs[{i}]", addr) for i, addr in enumerate(_check.items("addrs", addrs, "addresses"))]
        if len(found) > MOST_ACCEPTED:
            _check.refuse(f"addrs: {len(found)} are more than {MOST_ACCEPTED}")
        with self._lock:
            self._device().accept_list(found)
            self._accepted = found

    # -- connections --------------------------------------------------------------------------------------------

    def _peer(self, peer: Peer) -> int:
        """A connection id of what a program may call a peer; None: 0, all or the only one."""
        if peer is None:
            return 0
        if isinstance(peer, bytes):
            known = getattr(peer, "peer", None)
            if known is not None:
                return int(known)
            for number, address in list(self._peers.items()):  # the thread of callbacks changes them
                if bytes(address) == bytes(peer):
                    return number
            _check.refuse(f"peer: {glint.btos(peer)} is not connected", _glint._EINVAL)
        return _check.integer("peer", peer, 0, 0xFFFFFFFF)

    def connections(self) -> list[Address]:
        """The addresses of who is connected now, each with its `.peer`."""
        native = self._device()
        found = []
        for peer in native.connections():
            try:
                kind, octets, *_ = native.connection(peer)
            except _glint.Error as gone:
                if gone.code != _glint._ECONN:
                    raise
                continue  # meanwhile
            found.append(Address(octets, kind, peer))
        return found

    def connection(self, peer: Peer = None) -> Event:
        """What is known of a connection: interval and supervision (milliseconds), latency, mtu (octets), role, tx_phy and
        rx_phy (1: 1M, 2: 2M, 3: Coded), rssi (dBm, as last asked for by ``rssi()``; 127: not known).

        Raises
        ------
        Error
            There is no such connection (CONN).
        """
        native = self._device()
        number = self._peer(peer) or next(iter(native.connections()), 0)
        kind, octets, role, interval, latency, supervision, mtu, tx_phy, rx_phy, rssi = native.connection(number)
        return Event(Address(octets, kind, number), role="peripheral" if role else "central",
                     interval=interval / 1000, latency=latency, supervision=supervision, mtu=mtu, tx_phy=tx_phy,
                     rx_phy=rx_phy, rssi=rssi)

    def disconnect(self, peer: Peer = None) -> None:
        """Ends a connection; None: all. EVT_DISCONNECTED follows."""
        self._device().disconnect(self._peer(peer))

    def notify(self, ch: Characteristic, value: Any, peer: Peer = None, timeout: Optional[float] = None) -> None:
        """Sends a value to one peer (None: to each) that has subscribed, without storing it.

        Parameters
        ----------
        ch : Characteristic
        value : by the characteristic's type
        peer : address, optional
        timeout : float, optional
            Seconds to wait for room in the queue; None: for ever.

        Raises
        ------
        Error
            Nobody has subscribed (NOENT); no such connection (CONN); TIMEOUT; not started (STATE).
        """
        if not isinstance(ch, Characteristic):
            _check.refuse_type(f"ch: a Characteristic is taken, not {_check.kind(ch)}")
        self._device().notify(ch, ch.encode(value), self._peer(peer), _check.seconds("timeout", timeout))

    def rssi(self, peer: Peer = None) -> int:
        """How strong a peer is heard, in dBm; 127: not known. The controller is asked.

        Raises
        ------
        Error
            There is no such connection (CONN).
        """
        native = self._device()
        return native.rssi(self._peer(peer) or next(iter(native.connections()), 0))

    def tx_power(self) -> int:
        """How strong we advertise, in dBm.

        Raises
        ------
        Error
            Not started (STATE).
        """
        return self._device().tx_power()

    def stats(self) -> dict[str, int]:
        """What has been counted since the device was made: packets, losses, what was dropped by a full queue."""
        return self._device().stats()

    # -- up and down --------------------------------------------------------------------------------------------

    def start(self, *, driver: Any = None, connections: Optional[int] = None, timeout: float = 30) -> None:
        """Brings the radio up and starts the threads. Started already: does nothing.

        Parameters
        ----------
        driver : str or object, optional
            A URI, a place in a world, or a driver in Python; None: GLINT_DRIVER, else the one that was initialised, else
            ``virtual:``, which is said once.
        connections : int, optional
            How many there may be at a time, 1..250; None: as before, at first 1.
        timeout : float, optional
            Seconds to wait for the controller.

        Raises
        ------
        HardwareInitializationError
            No such driver, or it fails.
        """
        seconds = _check.seconds("timeout", timeout)
        drivers.checked(driver)
        if connections is not None:
            _check.integer("connections", connections, 1, 250)
        with self._lock:
            if self._native is not None and self._native.started or self._foreign:
                return
            self._connections = connections or self._connections
            chosen = self._driver(driver)
            if chosen is None:
                chosen = "virtual:"
                _say_virtual()
            if not isinstance(chosen, str) and not hasattr(chosen, "device_arguments"):
                self._start_foreign(chosen)
                return
            native = self._remake(chosen)
            if self._wants_advertising:
                native.start_advertising()
            if self._scan_ms is not None:
                native.start_scanning(self._scan_ms)
            native.start(seconds)
            self._wants_advertising, self._scan_ms = False, None
            self._told_oob.clear()
            self._serve(native)

    def _start_foreign(self, driver: Any) -> None:
        foreign = Foreign(driver, self._callbacks)
        foreign.start(self._gap, self._services, self._advertising, self._scanning)
        self._foreign = foreign
        if self._wants_advertising:
            foreign.start_advertising()
        if self._scan_ms is not None:
            foreign.start_scanning(self._scan_ms)
        self._wants_advertising, self._scan_ms = False, None

    def is_up(self) -> bool:
        """Whether it has been started and not stopped."""
        return self._foreign is not None or self._native is not None and self._native.started

    def stop(self) -> None:
        """Ends scanning and advertising, says farewell to who is connected (for a second at most), and releases the
        driver. Settings, services and values stay for the next ``start()``. Stopped already: does nothing.

        The callbacks of what has happened have run when it returns, unless it was called from one, or one of them takes
        longer than a second."""
        with self._lock:
            self._wants_advertising, self._scan_ms = False, None
            if self._foreign:
                foreign, self._foreign = self._foreign, None
                foreign.stop()
            native, thread = self._native, self._thread
            if native is not None:
                native.stop()
        if native is None or thread is None or thread is threading.current_thread():
            return
        self._await_callbacks(native, thread)

    def _await_callbacks(self, native: _glint.Device, thread: threading.Thread) -> None:
        """Until that thread has ended; in a world it is the world's time that passes meanwhile, as the callbacks' does."""
        world = native.world
        if world is None or not world.enter():  # to leave and enter again would let time pass between the two
            if world is not None:
                world.leave()
            thread.join(LAST_CALLBACKS_S)
            return
        until_us = world.now_us + int(LAST_CALLBACKS_S * 1e6)
        while True:
            seq = world.seq
            left_us = until_us - world.now_us
            if self._thread is not thread:
                return
            if left_us <= 0:  # they wait for something outside of the world, whose time stands while we do
                thread.join(LAST_CALLBACKS_S)
                return
            world.wait(left_us / 1e6, seq)

    # -- callbacks ----------------------------------------------------------------------------------------------

    def _serve(self, native: _glint.Device) -> None:
        begun = threading.Event()
        with self._thread_lock:
            if self._thread is not None and self._thread.is_alive():
                return
            self._thread = threading.Thread(target=self._run, args=(native, begun), name="glint callbacks", daemon=True)
            self._thread.start()
        begun.wait()

    def _run(self, native: _glint.Device, begun: threading.Event) -> None:
        world = native.world
        if world is not None:
            world.enter()
        begun.set()
        try:
            while True:
                event = native.next_event()
                if event is None:
                    continue
                if event[0] == _glint._EV_STOPPED:
                    with self._thread_lock:
                        if native.started:
                            continue
                        self._thread = None
                        return
                self._on_event(native, event)
        finally:
            if world is not None:
                world.stir()
                world.leave()

    def _tell(self, evt: int, argument: Any) -> None:
        callback = self._callbacks.get(evt)
        if callback is not None:
            call(f"the callback of {_NAMES[evt]}", callback, argument)

    def _who(self, peer: int) -> Address:
        return self._peers.get(peer) or Address(bytes(6), 0, peer)

    def _on_event(self, native: _glint.Device, event: tuple[Any, ...]) -> None:
        handler = _HANDLERS.get(event[0])
        if handler is not None:
            handler(self, native, *event[1:])

    def _on_connected(self, native: _glint.Device, peer: int, t_us: int, addr_type: int, octets: bytes, role: int,
                      *parameters: int) -> None:
        self._peers[peer] = Address(octets, addr_type, peer)
        self._tell(glint.EVT_CONNECTED, self._peers[peer])

    def _on_disconnected(self, native: _glint.Device, peer: int, t_us: int, addr_type: int, octets: bytes,
                         reason: int) -> None:
        address = self._peers.pop(peer, None) or Address(octets, addr_type, peer)
        self._tell(glint.EVT_DISCONNECTED, address)

    def _on_report(self, native: _glint.Device, peer: int, t_us: int, kind: int, addr_type: int, rssi: int,
                   data: bytes, octets: bytes) -> None:
        self._tell(glint.EVT_SCAN_REPORT, (kind, addr_type, rssi, data, Address(octets, addr_type)))

    def _on_written(self, native: _glint.Device, peer: int, t_us: int, ch: Characteristic, data: bytes, token: int,
                    judged: bool) -> None:
        on_written(native, self._who(peer), ch, data, token, judged)

    def _on_read(self, native: _glint.Device, peer: int, t_us: int, ch: Characteristic, token: int,
                 offset: int) -> None:
        on_read(native, self._who(peer), ch, token)

    def _on_subscribed(self, native: _glint.Device, peer: int, t_us: int, ch: Characteristic, bits: int) -> None:
        tell(ch, glint.NOTIFY)
        self._tell(glint.EVT_SUBSCRIBED, Event(self._who(peer), characteristic=ch, bits=bits))

    def _on_mtu(self, native: _glint.Device, peer: int, t_us: int, mtu: int) -> None:
        self._tell(glint.EVT_MTU, Event(self._who(peer), mtu=mtu))

    def _on_params(self, native: _glint.Device, peer: int, t_us: int, err: int, interval_us: int, latency: int,
                   supervision_ms: int) -> None:
        self._tell(glint.EVT_PARAMS, Event(self._who(peer), code=err, interval=interval_us / 1000, latency=latency,
                                           supervision=supervision_ms))

    def _on_error(self, native: _glint.Device, peer: int, t_us: int, code: int, operation: int) -> None:
        name = OPERATIONS.get(operation, str(operation))
        if operation == _glint._OP_RECEIVE:
            message = f"{code} writes were lost: the queue was full, and the controller cannot hold them back"
        else:
            message = f"{name}: {_glint.strerror(code)}"
        self._fail(Event(self._who(peer) if peer else None, operation=name, code=code, message=message))

    def _on_lost(self, native: _glint.Device, peer: int, t_us: int, code: int, operation: int) -> None:
        self._fail(Event(None, operation="start", code=code,
                         message="the controller has gone away; it is opened again as soon as it can be"))

    def _fail(self, event: Event) -> None:
        self.last_error = named(event.code, event.message)
        _log.warning("%s", event.message)
        self._tell(glint.EVT_ERROR, event)

    def _on_passkey(self, native: _glint.Device, peer: int, t_us: int, number: int) -> None:
        self._tell(glint.EVT_SHOW_PASSKEY, Passkey(number, peer))

    def _on_compare(self, native: _glint.Device, peer: int, t_us: int, number: int) -> None:
        if glint.EVT_MATCH_PASSKEY not in self._callbacks:
            _log.warning("a passkey is to be confirmed, and EVT_MATCH_PASSKEY has no callback that does")
        self._tell(glint.EVT_MATCH_PASSKEY, Passkey(number, peer))

    def _on_passkey_wanted(self, native: _glint.Device, peer: int, t_us: int) -> None:
        if glint.EVT_PASSKEY_REQUEST not in self._callbacks:
            _log.warning("a passkey is asked for, and EVT_PASSKEY_REQUEST has no callback that enters it")
        self._tell(glint.EVT_PASSKEY_REQUEST, Event(self._who(peer)))

    def _on_paired(self, native: _glint.Device, peer: int, t_us: int, err: int, reason: int, by_peer: bool, bonded: bool,
                   level: int, key_size: int, addr_type: int, identity: bytes) -> None:
        who = self._who(peer)
        if err:
            self.last_error = pairing_error(err, reason, by_peer)
            self._tell(glint.EVT_AUTH_FAILED, None)
        self._tell(glint.EVT_AUTH_COMPLETE, Event(
            who, success=not err, level=level, reason=reason, code=err, key_size=key_size, bonded=bonded,
            identity=Address(identity, addr_type)))

    def _on_sent(self, native: _glint.Device, peer: int, t_us: int) -> None:
        self._tell(glint.EVT_SENT, Event(self._who(peer) if peer else None))


def _teller(evt: int) -> Callable[..., None]:
    def handler(module: Module, *unused: Any) -> None:
        module._tell(evt, None)
    return handler


_HANDLERS: dict[int, Callable[..., None]] = {
    _glint._EV_CONNECTED: Module._on_connected, _glint._EV_DISCONNECTED: Module._on_disconnected,
    _glint._EV_REPORT: Module._on_report, _glint._EV_WRITTEN: Module._on_written, _glint._EV_READ: Module._on_read,
    _glint._EV_SUBSCRIBED: Module._on_subscribed, _glint._EV_MTU: Module._on_mtu,
    _glint._EV_PARAMS: Module._on_params, _glint._EV_ERROR: Module._on_error, _glint._EV_LOST: Module._on_lost,
    _glint._EV_SENT: Module._on_sent, _glint._EV_ADV_STARTED: _teller(glint.EVT_ADV_STARTED),
    _glint._EV_ADV_STOPPED: _teller(glint.EVT_ADV_STOPPED), _glint._EV_SCAN_STARTED: _teller(glint.EVT_SCAN_STARTED),
    _glint._EV_SCAN_STOPPED: _teller(glint.EVT_SCAN_STOPPED), _glint._EV_PASSKEY: Module._on_passkey,
    _glint._EV_COMPARE: Module._on_compare, _glint._EV_PASSKEY_WANTED: Module._on_passkey_wanted,
    _glint._EV_PAIRED: Module._on_paired,
}
_NAMES = {getattr(glint, name): name for name in _glint.constants if name.startswith("EVT_")}


_DEFAULT_SECURITY = _settings.security(
    glint.CAP_NONE, glint.AUTH_NO_BOND, glint.AUTH_SC, 16, glint.KEY_ENC | glint.KEY_ID, glint.KEY_ENC | glint.KEY_ID, 0, 0,
    None, False)

def _renamed(refusal: _glint.ArgumentError, old: str, new: str) -> _glint.ArgumentError:
    text = str(refusal)
    if not text.startswith(old):
        return refusal
    error = type(refusal)(new + text[len(old):])
    error.code, error.name = refusal.code, refusal.name
    return error


def _give_gap(native: _glint.Device, wish: _settings.Gap) -> None:
    native.gap(wish.name, wish.appearance, wish.mode, wish.level, wish.min_us, wish.max_us, wish.latency,
               wish.supervision_ms)


def _tell_choice(name: str, data: Optional[bytes], wish: _settings.Advertising) -> None:
    if data is None:
        return
    if wish.raw == _glint._RAW_GUESS:
        _log.info("%s: octets that are AD structures are the packet, others manufacturer-specific data", name)
    else:
        _log.info("%s: taken as %s", name, "the packet" if wish.raw == _glint._RAW_YES else "manufacturer-specific data")


_said = False


def _say_virtual() -> None:
    global _said
    if not _said:
        _log.warning("no driver is named: using the simulated air (virtual:); GLINT_DRIVER chooses another")
    _said = True


def _at_exit(module: Module) -> None:
    """A program that ends with its device running says farewell, as one that stops it."""
    known = weakref.ref(module)
    pid = os.getpid()

    def end() -> None:
        there = known()
        if there is None or os.getpid() != pid:
            return
        try:
            there.stop()
        except _glint.Error:
            return

    atexit.register(end)
