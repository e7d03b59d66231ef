"""Bluetooth Low Energy: a stack of its own under Python, with a simulated air.

Constants, Service, Characteristic and exceptions are those of ``wireless.ble``, the module with the old face.
"""

from __future__ import annotations

import os as _os

from glint._glint import (
    ADV_CONN_DIR, ADV_CONN_UND, ADV_SCAN_RSP, ADV_SCAN_UND, ADV_UNCN_UND, AUTH_BOND, AUTH_KEYPRESS, AUTH_MITM,
    AUTH_NO_BOND, AUTH_SC, BROADCAST, BYTES, CAP_DISPLAY_ONLY, CAP_DISPLAY_YES_NO, CAP_KB_DISPLAY, CAP_KB_ONLY, CAP_NONE,
    EVT_ADV_STARTED, EVT_ADV_STOPPED, EVT_AUTH_COMPLETE, EVT_AUTH_FAILED, EVT_CONNECTED, EVT_DISCONNECTED, EVT_ERROR,
    EVT_MATCH_PASSKEY, EVT_MTU, EVT_PARAMS, EVT_PASSKEY_REQUEST, EVT_SCAN_REPORT, EVT_SCAN_STARTED, EVT_SCAN_STOPPED,
    EVT_SENT, EVT_SHOW_PASSKEY, EVT_SUBSCRIBED, INDICATE, KEY_CSR, KEY_ENC, KEY_ID, KEY_LNK, NOTIFY, NUMBER, READ,
    SCAN_ADDR_ALL, SCAN_ADDR_PUBLIC, SCAN_ADDR_PUBLIC_ONLY, SCAN_ADDR_RANDOM_ONLY, SCAN_FILTER_ACCEPT_LIST,
    SCAN_FILTER_ALL, SCAN_FILTER_CONNECTABLE, SCAN_FILTER_NONCONN, SCAN_FILTER_SCANNABLE, SCAN_FILTER_SCAN_RSP,
    SECURITY_LEVEL_1, SECURITY_LEVEL_2, SECURITY_LEVEL_3, SECURITY_LEVEL_4, SECURITY_MODE_1, SECURITY_MODE_2, STRING,
    WRITE, WRITE_SIGNED, WRITE_WO, ArgumentError, ArgumentTypeError, Error, HardwareInitializationError,
    UnsupportedError, constants)
from glint._gatt import Characteristic, Refused, Service
from glint._types import Address, Event, Passkey, btos

from glint import sim  # noqa: E402
from glint._central import Central, Peer, RemoteCharacteristic, RemoteService  # noqa: E402
from glint._device import Device, Write  # noqa: E402
from glint._radio import Connection, Report  # noqa: E402

_bundled = _os.path.join(_os.path.dirname(__file__), "bin", "glint-air")
if _os.path.exists(_bundled):
    _os.environ.setdefault("GLINT_AIR", _bundled)

__all__ = ["Address", "ArgumentError", "ArgumentTypeError", "Central", "Characteristic", "Connection", "Device", "Error",
           "Event", "HardwareInitializationError", "Passkey", "Peer", "Refused", "RemoteCharacteristic", "RemoteService",
           "Report", "Service", "UnsupportedError", "Write", "btos", "sim", *constants]
