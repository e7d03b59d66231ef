"""Bluetooth Low Energy: a stack of its own under Python, with a simulated air.

Constants, Service, Characteristic and exceptions are those of ``wireless.ble``, the module with the old face. What needs an
event loop is loaded when it is first named, since a program with the old face does without.
"""

from __future__ import annotations

import os as _os
from typing import TYPE_CHECKING as _TYPE_CHECKING, Any as _Any

from glint import _glint
from glint._glint import *  # constants and exceptions: its __all__
from glint._gatt import Characteristic as Characteristic, Refused as Refused, Service as Service
from glint._types import Address as Address, Event as Event, Passkey as Passkey, btos as btos

if _TYPE_CHECKING:
    from glint import sim as sim
    from glint._central import (
        Central as Central, Peer as Peer, RemoteCharacteristic as RemoteCharacteristic, RemoteService as RemoteService)
    from glint._device import Device as Device, Write as Write
    from glint._radio import Connection as Connection, Report as Report
    from glint._stream import Stream as Stream

_LATER = {  # by the module that has it
    "sim": "", "Central": "_central", "Peer": "_central", "RemoteCharacteristic": "_central", "RemoteService": "_central",
    "Device": "_device", "Write": "_device", "Connection": "_radio", "Report": "_radio", "Stream": "_stream"}

__all__ = [
    *_glint.__all__,
    "Address", "Central", "Characteristic", "Connection", "Device", "Event", "Passkey", "Peer", "Refused",
    "RemoteCharacteristic", "RemoteService", "Report", "Service", "Stream", "Write", "btos", "sim"]


def __getattr__(name: str) -> _Any:
    home = _LATER.get(name)
    if home is None:
        raise AttributeError(f"module 'glint' has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(f"glint.{home}"), name) if home else import_module(f"glint.{name}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})


_bundled = _os.path.join(_os.path.dirname(__file__), "bin", "glint-air")
if _os.path.exists(_bundled):
    _os.environ.setdefault("GLINT_AIR", _bundled)
