"""Text and bytes together, as the old language had them: one octet a character (latin-1).

Each operation is tried as Python has it; only what Python refuses, or calls different because one side is text and the
other bytes, is done again with both alike. The left side says what comes out.
"""

from __future__ import annotations

import operator
from typing import Any, Callable

BYTES = (bytes, bytearray)
part = slice  # what [a:b] is; programs may use that name themselves


def octets(text: str) -> bytes:
    """The octets of a text: latin-1, and UTF-8 where that does not have the characters."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8")


def like(model: Any, value: Any) -> Any:
    """Value, as text or bytes like model; as it is when it is neither."""
    if isinstance(model, BYTES) and isinstance(value, str):
        return octets(value)
    if isinstance(model, str) and isinstance(value, BYTES):
        return value.decode("latin-1")
    return value


def _mixed(a: Any, b: Any) -> bool:
    return (isinstance(a, BYTES) and isinstance(b, str)) or (isinstance(a, str) and isinstance(b, BYTES))


def _sum(op: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    return op(a, like(a, b)) if _mixed(a, b) else op(a, b)


def add(a: Any, b: Any) -> Any:
    return _sum(operator.add, a, b)


def add_to(a: Any, b: Any) -> Any:
    return _sum(operator.iadd, a, b)


def equal(a: Any, b: Any) -> Any:
    return a == like(a, b)


def differ(a: Any, b: Any) -> Any:
    return a != like(a, b)


def within(a: Any, b: Any) -> bool:
    return like(b, a) in b


def without(a: Any, b: Any) -> bool:
    return like(b, a) not in b


def set_item(value: Any, target: Any, key: Any) -> None:
    """target[key] = value, whose parts are looked at in that order."""
    if isinstance(target, bytearray) and isinstance(value, str):
        value = octets(value)
        if not isinstance(key, slice) and len(value) == 1:
            value = value[0]
    target[key] = value


def make(kind: Any, *args: Any, **kwargs: Any) -> Any:
    """bytes(...) and bytearray(...), of a text too."""
    if kind in BYTES and len(args) == 1 and isinstance(args[0], str) and not kwargs:
        return kind(octets(args[0]))
    return kind(*args, **kwargs)


def call(obj: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    """A method of text or bytes, with arguments of the other kind."""
    if isinstance(obj, (str, *BYTES)):
        if name == "join":
            args = ([like(obj, item) for item in args[0]], *args[1:])
        else:
            args = tuple(like(obj, arg) for arg in args)
    return getattr(obj, name)(*args, **kwargs)
