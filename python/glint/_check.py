"""Arguments are looked at here, so that each refusal names the argument, its value and its range, in the caller's units."""

from __future__ import annotations

import math
import uuid as _uuid
from typing import NoReturn, Union

from glint import _glint

UuidLike = Union[int, str, _uuid.UUID]
Octets = Union[bytes, bytearray, memoryview]


def refuse(message: str, code: int = _glint._ERANGE) -> NoReturn:
    error = _glint.ArgumentError(message)
    error.code, error.name = code, "RANGE" if code == _glint._ERANGE else "INVAL"
    raise error


def refuse_type(message: str) -> NoReturn:
    error = _glint.ArgumentTypeError(message)
    error.code, error.name = _glint._EINVAL, "INVAL"
    raise error


def kind(value: object) -> str:
    return type(value).__name__


def integer(name: str, value: object, low: int, high: int, what: str = "") -> int:
    """An int from low to high; a bool is one, as in C."""
    if not isinstance(value, int):
        refuse_type(f"{name}: an int is taken, not {kind(value)}")
    if not low <= value <= high:
        refuse(f"{name}: {int(value)} is outside {low}..{high}{' (' + what + ')' if what else ''}")
    return int(value)


def milliseconds(name: str, value: object, low: float, high: float, zero: str = "") -> float:
    """A time; zero: what 0 means, where it is taken beside the range."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        refuse_type(f"{name}: milliseconds (int or float) are taken, not {kind(value)}")
    if zero and value == 0:
        return 0.0
    if math.isnan(value) or not low <= value <= high:
        also = f", or 0: {zero}" if zero else ""
        refuse(f"{name}: {value} is outside {low:g}..{high:g} (milliseconds{also})")
    return float(value)


def microseconds(ms: float) -> int:
    """Rounded up, as the radio's unit is afterwards."""
    return math.ceil(round(ms * 1000, 3))


def text(name: str, value: object) -> str:
    if not isinstance(value, str):
        refuse_type(f"{name}: a str is taken, not {kind(value)}")
    return value


def octets(name: str, value: object) -> bytes:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    refuse_type(f"{name}: octets (bytes, bytearray) are taken, not {kind(value)}")


def numbers(name: str, value: object, parts: tuple[str, ...]) -> tuple[object, ...]:
    """A tuple or list of as many items as there are parts."""
    if not isinstance(value, (tuple, list)):
        refuse_type(f"{name}: a tuple ({', '.join(parts)}) is taken, not {kind(value)}")
    if len(value) != len(parts):
        refuse(f"{name}: {len(value)} items, ({', '.join(parts)}) are {len(parts)}", _glint._EINVAL)
    return tuple(value)


def address(name: str, value: object) -> tuple[int, bytes]:
    """(type, six octets, most significant first) of bytes, "AA:BB:CC:DD:EE:FF" or a tuple of ints."""
    kind_of_address = getattr(value, "addr_type", 0)
    if isinstance(value, str):
        digits = value.replace(":", "").replace("-", "")
        try:
            found = bytes.fromhex(digits)
        except ValueError:
            refuse(f'{name}: {value!r} is no address ("AA:BB:CC:DD:EE:FF")', _glint._EINVAL)
    elif isinstance(value, (tuple, list)):
        found = bytes(integer(f"{name}[{i}]", item, 0, 255) for i, item in enumerate(value))
    else:
        found = octets(name, value)
    if len(found) != 6:
        refuse(f"{name}: {len(found)} octets, an address has 6", _glint._EINVAL)
    return int(kind_of_address), found


def uuid(name: str, value: object, base: object = None) -> tuple[int, bytes | None]:
    """(16-bit UUID, 16 octets of the base, least significant first, or None)."""
    if isinstance(value, str):
        try:
            value = _uuid.UUID(value)
        except ValueError:
            refuse(f"{name}: {value!r} is no UUID", _glint._EINVAL)
    if isinstance(value, _uuid.UUID):
        if base is not None:
            refuse(f"{name}: a whole UUID needs no base_uuid", _glint._EINVAL)
        found = value.bytes[::-1]
        return found[12] | found[13] << 8, found
    number = integer(name, value, 0, 0xFFFF, "16 bits; a uuid.UUID or its text has 128")
    if base is None:
        return number, None
    found = octets("base_uuid", base)
    if len(found) != 16:
        refuse(f"base_uuid: {len(found)} octets, it has 16 (least significant first)", _glint._EINVAL)
    return number, found


def seconds(name: str, value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        refuse_type(f"{name}: seconds (int or float) or None are taken, not {kind(value)}")
    if math.isnan(value) or value < 0:
        refuse(f"{name}: {value} is negative (seconds, or None: for ever)")
    return float(value)
