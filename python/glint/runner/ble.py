"""`wireless.ble` as programs of the old language get it: lenient where the old drivers were, with a warning.

Everything but what is written here is the module itself.
"""

from __future__ import annotations

import os
from typing import Any, Dict, Optional

from glint import _glint
from wireless import ble as _ble
from wireless import drivers

from . import board, lenient

globals().update({name: value for name, value in vars(_ble).items() if not name.startswith("_")})

PACKET = 31  # octets of advertising data, Vol 6 Part B 2.3.1
LEAST_INTERVAL = 20


class DefaultNet(Dict[str, Any]):
    """`__default_net` of the builtins, where a driver of the program's own puts itself: ["ble"] = driver."""

    def __setitem__(self, kind: str, driver: Any) -> None:
        super().__setitem__(kind, driver)
        if kind == "ble":
            drivers.register(driver)


default_net = DefaultNet()


def prepare(world: Any) -> None:
    """Before the program's first line. In virtual time every driver that it initialises is a place in the world."""
    if world is not None:
        os.environ.pop("GLINT_DRIVER", None)
        drivers.override(world.node())


def is_up() -> bool:
    """Whether the radio may still bring something."""
    return _ble._the.is_up()


def _stirring(fn: Any) -> Any:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return fn(*args, **kwargs)
        finally:
            with board.here().clock.change():
                pass

    wrapped.__doc__ = fn.__doc__
    return wrapped


stop = _stirring(_ble.stop)  # the end of the program may have waited for it


def _structures(payload: bytes) -> Optional[int]:
    """Where the last AD structure begins, if it is made of them."""
    at = last = 0
    while at < len(payload) and payload[at]:
        last, at = at, at + 1 + payload[at]
    return last if at <= len(payload) and payload[:1] != b"\0" else None


def _shorter(payload: Any) -> Any:
    """Without its last AD structure, or its last octet or character."""
    if isinstance(payload, str):
        return payload[:-1]
    last = _structures(bytes(payload))
    return payload[: last if last else -1]


def advertising(interval: float, timeout: float = 0, payload: Any = "", scanrsp: Any = "",
                mode: int = _ble.ADV_CONN_UND, **more: Any) -> None:
    """As wireless.ble.advertising(); an interval that is too short is raised, a payload that is too long is cut."""
    if isinstance(interval, (int, float)) and interval < LEAST_INTERVAL:
        board.here().warn(f"interval: {interval:g} is below {LEAST_INTERVAL} milliseconds, {LEAST_INTERVAL} is taken")
        interval = LEAST_INTERVAL
    parts = {"payload": payload, "scanrsp": more.pop("scan_rsp", scanrsp)}
    sizes = {name: len(part) for name, part in parts.items() if hasattr(part, "__len__")}
    for name, size in sizes.items():
        while len(parts[name]) > PACKET:
            parts[name] = _shorter(parts[name])
    while True:
        try:
            _ble.advertising(interval, timeout, parts["payload"], parts["scanrsp"], mode, **more)
            break
        except _ble.ArgumentError as e:
            name = "scanrsp" if str(e).startswith("scan") else "payload"
            if e.code != _glint._ETOOBIG or not parts[name]:
                raise
            parts[name] = _shorter(parts[name])
    for name, size in sizes.items():
        if len(parts[name]) < size:
            taken = len(parts[name])
            board.here().warn(f"{name}: {size} octets do not fit into a packet of {PACKET}, {taken} are taken")


class Characteristic(_ble.Characteristic):
    """As wireless.ble.Characteristic; a value that is too long is cut, a number that is too large masked."""

    def set_value(self, value: Any, *args: Any, **kwargs: Any) -> None:
        """Stores and notifies a value, made to fit."""
        super().set_value(self._fitting(value), *args, **kwargs)

    def _fitting(self, value: Any) -> Any:
        if self.type == _ble.NUMBER and isinstance(value, int):
            top = 1 << (8 * self.size)
            if -top // 2 <= value < top:
                return value
            board.here().warn(f"set_value: {value} needs more than {self.size} octets, {value % top} is taken")
            return value % top
        if self.type == _ble.STRING:
            value = lenient.like("", value)
        elif self.type == _ble.BYTES:
            value = lenient.like(b"", value)
        if isinstance(value, (str, *lenient.BYTES)) and len(value) > self.size:
            size = self.size
            board.here().warn(f"set_value: {len(value)} octets are more than {size}, the first {size} are taken")
            return value[: self.size]
        return value


def __getattr__(name: str) -> Any:
    return getattr(_ble, name)
