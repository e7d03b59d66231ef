"""Addresses, passkeys, and the small objects that some events are told by."""

from __future__ import annotations

from typing import Any, Union

from glint import _check


class Address(bytes):
    """Six octets of a device address, most significant first.

    Attributes
    ----------
    addr_type : int
        0 public, 1 random, 2 public identity, 3 random identity.
    peer : int or None
        The connection that it was told with; None: none.
    """

    addr_type: int
    peer: int | None

    def __new__(cls, octets: bytes, addr_type: int = 0, peer: int | None = None) -> Address:
        self = super().__new__(cls, _check.octets("octets", octets))
        if len(self) != 6:
            _check.refuse(f"octets: {len(self)} octets, an address has 6")
        self.addr_type = _check.integer("addr_type", addr_type, 0, 3, "public, random, public identity, random identity")
        self.peer = None if peer is None else _check.integer("peer", peer, 0, 0xFFFFFFFF)
        return self

    def __str__(self) -> str:
        return btos(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return Address, (bytes(self), self.addr_type, self.peer)


class Passkey(int):
    """A passkey, 0 to 999999: prints as six digits and concatenates with text.

    Attributes
    ----------
    peer : int or None
        The connection that it belongs to.
    """

    peer: int | None

    def __new__(cls, value: int, peer: int | None = None) -> Passkey:
        self = super().__new__(cls, _check.integer("value", value, 0, 999999, "six digits"))
        self.peer = None if peer is None else _check.integer("peer", peer, 0, 0xFFFFFFFF)
        return self

    def __str__(self) -> str:
        return f"{int(self):06d}"

    def __format__(self, spec: str) -> str:
        return format(int(self), spec) if spec else str(self)

    def __add__(self, other: Any) -> Any:
        return str(self) + other if isinstance(other, str) else int(self) + other

    def __radd__(self, other: Any) -> Any:
        return other + str(self) if isinstance(other, str) else other + int(self)


class Event:
    """What happened: `peer` is the address of whom it is about, or None; the other attributes depend on the event."""

    def __init__(self, peer: Address | None, **what: Any) -> None:
        self.peer = peer
        self.__dict__.update(what)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"this event has no {name}: it has {', '.join(self.__dict__)}")

    def __repr__(self) -> str:
        return "Event(" + ", ".join(f"{k}={v!r}" for k, v in self.__dict__.items()) + ")"


def btos(addr: Union[bytes, bytearray, memoryview, int, tuple[int, ...], list[int]]) -> str:
    """Octets as text: two hexadecimal digits each, colons between.

    Parameters
    ----------
    addr : bytes-like, sequence of int, or int
        Any number of octets; of an int the low octet is shown, so that an RSSI of -60 is "C4".
    """
    if isinstance(addr, int):
        return f"{addr & 0xFF:02X}"
    try:
        return ":".join(f"{octet & 0xFF:02X}" for octet in addr)
    except TypeError:
        pass
    _check.refuse_type(f"addr: octets or an int are taken, not {_check.kind(addr)}")
