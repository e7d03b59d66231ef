"""Bluetooth Low Energy: a stack of its own under Python, with a simulated air.

Constants, Service, Characteristic and exceptions are those of ``wireless.ble``, the module with the old face.
"""

from __future__ import annotations

import os as _os

from glint._glint import *  # constants and exceptions: its __all__
from glint._gatt import Characteristic as Characteristic, Refused as Refused, Service as Service
from glint._types import Address as Address, Event as Event, Passkey as Passkey, btos as btos
from glint import sim as sim
from glint._central import (
    Central as Central, Peer as Peer, RemoteCharacteristic as RemoteCharacteristic, RemoteService as RemoteService)
from glint._device import Device as Device, Write as Write
from glint._radio import Connection as Connection, Report as Report

_bundled = _os.path.join(_os.path.dirname(__file__), "bin", "glint-air")
if _os.path.exists(_bundled):
    _os.environ.setdefault("GLINT_AIR", _bundled)
