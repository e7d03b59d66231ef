"""A third-party driver in Python: an object with the functions of the old contract, behind the module's functions.

Such an object has ``init()``, ``gap(name, mode, level, appearance, min, max, latency, timeout)``,
``services([(uuid, [(uuid, descriptor, permission, size)], base_uuid)])``, ``security(...)``, ``bonded()``,
``remove_bonded(addr)``, ``confirm_passkey(confirmed)``, ``advertising(interval, timeout, payload, mode, scanrsp)``,
``start_advertising()``, ``stop_advertising()``, ``scanning(interval, window, duplicates, filter, addr, active)``,
``start_scanning(duration)``, ``stop_scanning()``, ``start(services, callbacks)``, ``set_value(service, char, buf)`` and
``get_value(service, char)``. Times are milliseconds; ``services`` of ``start`` maps (service UUID, characteristic UUID)
to a function of (status, octets), ``callbacks`` maps events to functions of one argument. It runs them itself, so what
the module promises of threads, order and losses is its own affair.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Callable, Optional

from glint import _glint
from glint._dispatch import call
from glint._gatt import Characteristic, Service

if TYPE_CHECKING:
    from wireless import _settings


class Foreign:
    """The adapter between the module and such an object."""

    def __init__(self, driver: Any, callbacks: dict[int, Callable[[Any], object]]) -> None:
        self._driver = driver
        self._callbacks = callbacks
        self._bound: list[Characteristic] = []

    def _ask(self, name: str, *args: Any) -> Any:
        fn = getattr(self._driver, name, None)
        if fn is None:
            raise _glint.UnsupportedError(f"{name}: the driver {type(self._driver).__name__} has no such function")
        return fn(*args)

    def start(self, gap: Optional[_settings.Gap], services: list[Service], advertising: Optional[_settings.Advertising],
              scanning: _settings.Scanning) -> None:
        """Everything that the program has said so far, then the driver's own start."""
        if hasattr(self._driver, "init"):
            self._driver.init()
        if gap is not None:
            self.gap(gap)
        self._ask("services", [
            (s.uuid, [(c.uuid, c.descriptor, c.permission, c.size) for c in s.characteristics], s.base_uuid)
            for s in services])
        if advertising is not None:
            self.advertising(advertising)
        self.scanning(scanning)
        values = {(s.uuid, c.uuid): self._teller(c) for s in services for c in s.chs.values()}
        self._bind([ch for s in services for ch in s.chs.values()])
        self._ask("start", values, {evt: self._event(evt) for evt in range(17)})

    def _bind(self, characteristics: list[Characteristic]) -> None:
        """Their values are the driver's while it runs."""
        for ch in characteristics:
            setattr(ch, "set_value", partial(self._set_value, ch))
            setattr(ch, "get_value", partial(self._get_value, ch))
        self._bound = characteristics

    def _set_value(self, ch: Characteristic, value: Any, timeout: Optional[float] = None) -> None:
        self._ask("set_value", ch.service, ch.uuid, ch.encode(value))

    def _get_value(self, ch: Characteristic) -> Any:
        return ch.convert(bytes(self._ask("get_value", ch.service, ch.uuid)))

    def _event(self, evt: int) -> Callable[[Any], None]:
        def tell(argument: Any) -> None:
            callback = self._callbacks.get(evt)
            if callback is not None:
                call(f"the callback of event {evt}", callback, argument)
        return tell

    def _teller(self, ch: Characteristic) -> Callable[[int, bytes], None]:
        def tell(status: int, octets: bytes) -> None:
            if ch._callback is not None:
                call("a characteristic's callback", ch._callback, status, ch.convert(octets))
        return tell

    def gap(self, wish: _settings.Gap) -> None:
        self._ask("gap", (wish.name or b"").decode(), wish.mode, wish.level, wish.appearance, wish.min_us // 1000,
                  wish.max_us // 1000, wish.latency, wish.supervision_ms)

    def security(self, p: _settings.Security) -> None:
        self._ask("security", p.capabilities, p.bonding, p.scheme, p.key_size, p.initiator, p.responder, p.oob, p.passkey)

    def bonded(self) -> list[bytes]:
        return list(self._ask("bonded"))

    def remove_bonded(self, addr: bytes) -> None:
        self._ask("remove_bonded", addr)

    def confirm_passkey(self, confirmed: bool) -> None:
        self._ask("confirm_passkey", int(confirmed))

    def enter_passkey(self, passkey: int) -> None:
        self._ask("enter_passkey", passkey)

    def advertising(self, wish: _settings.Advertising) -> None:
        interval, timeout, payload, scanrsp, mode = wish.as_given
        self._ask("advertising", interval, timeout, payload, mode, scanrsp)

    def start_advertising(self) -> None:
        self._ask("start_advertising")

    def stop_advertising(self) -> None:
        self._ask("stop_advertising")

    def scanning(self, wish: _settings.Scanning) -> None:
        self._ask("scanning", wish.interval_us // 1000, wish.window_us // 1000, int(wish.duplicates), wish.filter,
                  wish.addr, int(wish.active))

    def start_scanning(self, duration: int) -> None:
        self._ask("start_scanning", duration)

    def stop_scanning(self) -> None:
        self._ask("stop_scanning")

    def stop(self) -> None:
        """The old contract has no stop; a driver that has one is asked."""
        for ch in self._bound:
            delattr(ch, "set_value")
            delattr(ch, "get_value")
        if hasattr(self._driver, "stop"):
            self._driver.stop()
