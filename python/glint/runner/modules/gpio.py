"""Digital pins by other names; expanders have pins of their own, by a driver with set, get and mode."""

from __future__ import annotations

from typing import Any, Dict, Tuple

from .. import board
from ..pins import HIGH, LOW, MILLIS

_expanders: Dict[int, Tuple[Any, Dict[int, int]]] = {}


def _expander(pin: int) -> Any:
    for driver, pinmap in _expanders.values():
        if pin in pinmap:
            return driver, pinmap[pin]
    return None


def add_expander(id: int, pdriver: Any, pinmap: Dict[int, int]) -> None:
    """Pins of an expander: pinmap says which of its pins each is."""
    _expanders[id] = (pdriver, dict(pinmap))


def mode(pin: int, pinmode: int) -> None:
    found = _expander(pin)
    if found:
        found[0].mode(found[1], pinmode)
    else:
        board.here().pins.mode(pin, pinmode)


def set(pin: int, value: int) -> None:
    found = _expander(pin)
    if found:
        found[0].set(found[1], value)
    else:
        board.here().pins.write(pin, value)


def get(pin: int) -> int:
    found = _expander(pin)
    return int(found[0].get(found[1])) if found else board.here().pins.read(pin)


def high(pin: int) -> None:
    set(pin, HIGH)


def low(pin: int) -> None:
    set(pin, LOW)


def toggle(pin: int) -> None:
    set(pin, 1 - get(pin))


def on_rise(pin: int, fun: Any, *args: Any, debounce: float = 0, time_unit: float = MILLIS) -> None:
    board.here().pins.on(HIGH, pin, fun, args, debounce * time_unit / 1e6)


def on_fall(pin: int, fun: Any, *args: Any, debounce: float = 0, time_unit: float = MILLIS) -> None:
    board.here().pins.on(LOW, pin, fun, args, debounce * time_unit / 1e6)
