"""Python's struct, that takes text where octets are wanted."""

from __future__ import annotations

import struct as _struct
from struct import Struct, calcsize, error, iter_unpack, unpack, unpack_from
from typing import Any

from .. import lenient

__all__ = ["Struct", "calcsize", "error", "iter_unpack", "pack", "pack_into", "unpack", "unpack_from"]


def pack(fmt: Any, *values: Any) -> bytes:
    """The octets of the values."""
    return _struct.pack(fmt, *(lenient.like(b"", value) for value in values))


def pack_into(fmt: Any, buffer: Any, offset: int, *values: Any) -> None:
    """The same, into a buffer."""
    _struct.pack_into(fmt, buffer, offset, *(lenient.like(b"", value) for value in values))
