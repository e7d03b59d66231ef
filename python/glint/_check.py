"""Arguments are looked at here, so that each refusal names the argument, its value and its range, in the caller's units."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Iterable, NoReturn, Union

from glint import _glint

if TYPE_CHECKING:  # most programs name their UUIDs by number
    import uuid as _uuid

    UuidLike = Union[int, str, _uuid.UUID]

Octets = Union[bytes, bytearray, memoryview]

FOREVER_MS = 0xFFFFFFFE  # the longest time that is counted
LONGEST_S = 1e12  # what a float says of seconds beyond it is not exact


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


def shown(value: object) -> str:
    """Of a number; Python does not write those of thousands of digits."""
    try:
        return str(value)
    except ValueError:
        return "a number of thousands of digits"


def integer(name: str, value: object, low: int, high: int, what: str = "") -> int:
    """An int from low to high; a bool is one, as in C."""
    if not isinstance(value, int):
        refuse_type(f"{name}: an int is taken, not {kind(value)}")
    if not low <= value <= high:
        refuse(f"{name}: {shown(int(value))} is outside {low}..{high}{' (' + what + ')' if what else ''}")
    return int(value)


def truth(name: str, value: object) -> bool:
    """True or False, or as the old programs have it an int; a text that says "no" is not taken for yes."""
    if not isinstance(value, int):
        refuse_type(f"{name}: True or False is taken, not {kind(value)}")
    return bool(value)


def _number(name: str, value: object, what: str) -> Union[int, float]:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        refuse_type(f"{name}: {what} taken, not {kind(value)}")
    return value


def milliseconds(name: str, value: object, low: float, high: float, zero: str = "") -> float:
    """A time; zero: what 0 means, where it is taken beside the range."""
    number = _number(name, value, "milliseconds (int or float) are")
    if zero and number == 0:
        return 0.0
    if not low <= number <= high:
        also = f", or 0: {zero}" if zero else ""
        refuse(f"{name}: {shown(number)} is outside {low:.10g}..{high:.10g} (milliseconds{also})")
    return float(number)


def microseconds(ms: float) -> int:
    """Rounded up, as the radio's unit is afterwards."""
    return -int(-round(ms * 1000, 3) // 1)


def metres(name: str, value: object) -> float:
    number = _number(name, value, "metres (int or float) are")
    if not abs(number) <= 1e6:
        refuse(f"{name}: {shown(number)} is outside -1000000..1000000 (metres)")
    return float(number)


def text(name: str, value: object) -> str:
    if not isinstance(value, str):
        refuse_type(f"{name}: a str is taken, not {kind(value)}")
    return value


def utf8(name: str, value: object) -> bytes:
    """The octets of a text."""
    try:
        return text(name, value).encode()
    except UnicodeEncodeError:
        refuse(f"{name}: {value!r} has a character that UTF-8 cannot say", _glint._EINVAL)


def c_text(name: str, value: object) -> str:
    """A text as the library takes it: no zero octet in it."""
    if b"\0" in utf8(name, value):
        refuse(f"{name}: {value!r} has a zero octet", _glint._EINVAL)
    return text(name, value)


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


def items(name: str, value: object, what: str) -> Iterable[Any]:
    """Something to go through."""
    if not hasattr(value, "__iter__"):
        refuse_type(f"{name}: several of {what} are taken, as in a list, not {kind(value)}")
    return value


def function(name: str, value: object, signature: str = "") -> None:
    """A function or None."""
    if value is not None and not callable(value):
        refuse_type(f"{name}: a function{' ' + signature if signature else ''} or None is taken, not {kind(value)}")


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


def whole_uuid(name: str, value: object) -> _uuid.UUID | None:
    """Of a uuid.UUID or its text; None: it is something else."""
    if isinstance(value, str):
        import uuid as _uuid

        try:
            return _uuid.UUID(value)
        except ValueError:
            refuse(f"{name}: {value!r} is no UUID", _glint._EINVAL)
    known: Any = sys.modules.get("uuid")  # who has none has not loaded it
    return value if known is not None and isinstance(value, known.UUID) else None


def uuid(name: str, value: object, base: object = None) -> tuple[int, bytes | None]:
    """(16-bit UUID, 16 octets of the base, least significant first, or None)."""
    whole = whole_uuid(name, value)
    if whole is not None:
        if base is not None:
            refuse(f"{name}: a whole UUID needs no base_uuid", _glint._EINVAL)
        found = whole.bytes[::-1]
        return found[12] | found[13] << 8, found
    number = integer(name, value, 0, 0xFFFF, "16 bits; a uuid.UUID or its text has 128")
    if base is None:
        return number, None
    found = octets("base_uuid", base)
    if len(found) != 16:
        refuse(f"base_uuid: {len(found)} octets, it has 16 (least significant first)", _glint._EINVAL)
    return number, found


def seconds(name: str, value: object, most: float = LONGEST_S) -> float | None:
    """A time, or None: for ever. What is longer than is counted is for ever, too, unless there is a `most`."""
    if value is None:
        return None
    number = _number(name, value, "seconds (int or float) or None are")
    if not number >= 0:
        refuse(f"{name}: {shown(number)} is {'negative' if number < 0 else 'no time'} (seconds, or None: for ever)")
    if number <= most:
        return float(number)
    if most < LONGEST_S:
        refuse(f"{name}: {shown(number)} is outside 0..{most:.10g} (seconds, or None: for ever)")
    return None
