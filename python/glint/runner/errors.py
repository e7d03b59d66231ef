"""The exception tree of the old language, where it has more than Python."""

from __future__ import annotations

from typing import Any, Dict

from wireless import ble

PeripheralError = ble.PeripheralError
HardwareInitializationError = ble.HardwareInitializationError
UnsupportedError = ble.UnsupportedError


class InvalidPinError(PeripheralError):
    """There is no such pin."""


class InvalidHardwareStatusError(PeripheralError):
    """Not in this state of the peripheral."""


class QueueFull(Exception):
    """No room in a queue."""


class QueueEmpty(Exception):
    """Nothing in a queue."""


class JSONError(ValueError):
    """What json cannot read or write."""


class HTTPConnectionError(ConnectionError):
    """No HTTP server answered."""


for _kind in (InvalidPinError, InvalidHardwareStatusError, QueueFull, QueueEmpty, JSONError, HTTPConnectionError):
    _kind.__module__ = "builtins"  # programs know them by their names alone

TREE: Dict[str, Any] = {
    "PeripheralError": PeripheralError,
    "HardwareInitializationError": HardwareInitializationError,
    "UnsupportedError": UnsupportedError,
    "InvalidPinError": InvalidPinError,
    "InvalidHardwareStatusError": InvalidHardwareStatusError,
    "QueueFull": QueueFull,
    "QueueEmpty": QueueEmpty,
    "JSONError": JSONError,
    "HTTPConnectionError": HTTPConnectionError,
}
