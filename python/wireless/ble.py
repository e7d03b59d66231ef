"""A Bluetooth Low Energy peripheral in a few calls.

A minimal example::

    from nordic.nrf52_ble import nrf52_ble as bledrv
    from wireless import ble

    bledrv.init()
    ble.gap("Glint")
    s = ble.Service(0x180F)
    c = ble.Characteristic(0x2A19, ble.NOTIFY | ble.READ, 1, "Battery Level", ble.NUMBER)
    s.add_characteristic(c)
    ble.add_service(s)
    ble.start()
    ble.start_advertising()
    c.set_value(50)

Times are milliseconds. Addresses are six ``bytes``, most significant octet first, with ``.addr_type`` and ``.peer``.
What is refused raises ``ArgumentError`` (a ``ValueError``), naming argument, value and range; wrong types are a
``TypeError``, too. Every function may be called from any thread, and from a callback; before ``start()`` settings are
kept and take effect then, after ``stop()`` they are kept for the next ``start()``.
"""

from __future__ import annotations

from typing import Any

from glint import (
    Address as Address, Characteristic as Characteristic, Passkey as Passkey, Refused as Refused, Service as Service,
    btos as btos)
from glint._glint import *  # constants and exceptions: its __all__
from wireless._module import Module as _Module

_the = _Module()

gap = _the.gap
security = _the.security
bonded = _the.bonded
remove_bonded = _the.remove_bonded
confirm_passkey = _the.confirm_passkey
enter_passkey = _the.enter_passkey
oob_data = _the.oob_data
set_oob_data = _the.set_oob_data
privacy = _the.privacy
add_service = _the.add_service
remove_service = _the.remove_service
add_callback = _the.add_callback
advertising = _the.advertising
start_advertising = _the.start_advertising
stop_advertising = _the.stop_advertising
scanning = _the.scanning
start_scanning = _the.start_scanning
stop_scanning = _the.stop_scanning
accept_list = _the.accept_list
connections = _the.connections
connection = _the.connection
disconnect = _the.disconnect
notify = _the.notify
rssi = _the.rssi
tx_power = _the.tx_power
stats = _the.stats
start = _the.start
stop = _the.stop


def __getattr__(name: str) -> Any:
    """``last_error``: what the last event of failure said, an Error, or None."""
    if name == "last_error":
        return _the.last_error
    raise AttributeError(f"module 'wireless.ble' has no attribute {name!r}")
