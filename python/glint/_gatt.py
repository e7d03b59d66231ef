"""Service and Characteristic: what a peripheral offers."""

from __future__ import annotations

from typing import Any, Callable, Iterable, Optional

from glint import _check, _glint
from glint._types import Address

Callback = Callable[[int, Any], object]

FORMAT = (("format", 0, 255), ("exponent", -128, 127), ("unit", 0, 0xFFFF), ("name_space", 0, 255),
          ("description", 0, 0xFFFF))  # Vol 3 Part G 3.3.3.5


class Refused(_glint.Error):
    """Raised by a reader or a judge: the central gets this ATT error.

    Parameters
    ----------
    att_code : int
        0x80 to 0x9F are the program's own; 0x08 is Insufficient Authorization (Vol 3 Part F 3.4.1.1).
    """

    def __init__(self, att_code: int = 0x08) -> None:
        self.att_code = _check.integer("att_code", att_code, 1, 0xFF)
        super().__init__(f"refused with ATT error 0x{self.att_code:02X}")
        self.code, self.name = _glint.att_error(self.att_code), "ATT"


class Characteristic(_glint.Characteristic):
    """A value that centrals read, write and are notified of.

    Parameters
    ----------
    uuid : int, uuid.UUID or str
        16 bits, or all 128.
    permission : int
        READ, WRITE, WRITE_WO, WRITE_SIGNED, NOTIFY, INDICATE, BROADCAST, or'ed; 1..255.
    size : int
        Largest length of the value: 1..512 octets.
    descriptor : str, optional
        The Characteristic User Description (0x2901), up to 512 octets of UTF-8; None or "": none.
    type : int, optional
        NUMBER: an unsigned integer of `size` octets, least significant first. STRING: text, one octet a character
        (latin-1). BYTES: bytes.
    base_uuid : bytes-like, optional
        16 octets, least significant first, whose octets 12 and 13 become `uuid`.
    encoding : str, optional
        Of a STRING: "latin-1" or "utf-8".
    format : tuple, optional
        (format, exponent, unit, name_space, description) of the Presentation Format (0x2904).

    Attributes
    ----------
    service : int or None
        The UUID number of the service it was added to.

    Raises
    ------
    ArgumentError
        What is outside its range. Wrong types are a TypeError, too.
    """

    def __init__(self, uuid: _check.UuidLike, permission: int, size: int, descriptor: Optional[str] = None,
                 type: int = _glint.NUMBER, *, base_uuid: Optional[_check.Octets] = None, encoding: str = "latin-1",
                 format: Optional[tuple[int, int, int, int, int]] = None) -> None:
        number, base = _check.uuid("uuid", uuid, base_uuid)
        permission = _check.integer("permission", permission, 1, 255, "READ, WRITE, NOTIFY ..., or'ed")
        size = _check.integer("size", size, 1, 512, "octets")
        if descriptor is not None:
            _check.utf8("descriptor", descriptor)
        type = _check.integer("type", type, 0, 2, "NUMBER, STRING, BYTES")
        if encoding not in ("latin-1", "utf-8"):
            _check.refuse(f'encoding: {encoding!r} is neither "latin-1" nor "utf-8"', _glint._EINVAL)
        if format is not None:
            parts = tuple(name for name, _, _ in FORMAT)
            format = tuple(_check.integer(f"format[{i}]", value, low, high, name)  # type: ignore[assignment]
                           for i, (value, (name, low, high)) in enumerate(zip(_check.numbers("format", format, parts), FORMAT)))
        super().__init__(number, permission, size, descriptor, type, base, encoding == "utf-8", 0, format)
        self.service: Optional[int] = None
        self._callback: Optional[Callback] = None
        self._reader: Optional[Callable[[Address], Any]] = None
        self._judge: Optional[Callable[[Address, Any], object]] = None

    def set_callback(self, fn: Optional[Callback], events: int = _glint.WRITE) -> None:
        """Sets what is called when a central has used the value.

        Parameters
        ----------
        fn : callable or None
            fn(status, value): status has the bit of what happened, WRITE, READ or NOTIFY; value is None but for WRITE.
        events : int, optional
            Which of the three, or'ed. NOTIFY: a central has subscribed or unsubscribed.
        """
        _check.function("fn", fn, "fn(status, value)")
        wanted = _glint.WRITE | _glint.READ | _glint.NOTIFY
        bits = _check.integer("events", events, 0, wanted, "WRITE, READ, NOTIFY, or'ed")
        if bits & ~wanted:
            _check.refuse(f"events: {bits} has other bits than WRITE, READ and NOTIFY", _glint._EINVAL)
        self._callback = fn
        self._set_events(bits if fn is not None else 0)

    def set_reader(self, fn: Optional[Callable[[Address], Any]]) -> None:
        """Computes the value when a central reads it, instead of giving the stored one.

        Parameters
        ----------
        fn : callable or None
            fn(peer) returns the value, within 25 s, or raises Refused. Before the service is added.
        """
        _check.function("fn", fn, "fn(peer)")
        self._set_asked(fn is not None)
        self._reader = fn

    def set_judge(self, fn: Optional[Callable[[Address, Any], object]]) -> None:
        """Judges a write before it is stored.

        Parameters
        ----------
        fn : callable or None
            fn(peer, value) returns, within 25 s, and the value is stored and told; or raises Refused.
        """
        _check.function("fn", fn, "fn(peer, value)")
        self._set_judged(fn is not None)
        self._judge = fn

    def __repr__(self) -> str:
        return f"<Characteristic 0x{self.uuid:04X}>"


class Service(_glint.Service):
    """Characteristics under one UUID.

    Parameters
    ----------
    uuid : int, uuid.UUID or str
        16 bits, or all 128.
    base_uuid : bytes-like, optional
        16 octets, least significant first, whose octets 12 and 13 become `uuid`.
    characteristics : iterable of Characteristic, optional
    secondary : bool, optional
        Only to be included by others.
    includes : iterable of Service, optional
        Services that this one includes; they are added before it.

    Attributes
    ----------
    chs : dict
        The characteristics by their UUID number.
    """

    def __init__(self, uuid: _check.UuidLike, base_uuid: Optional[_check.Octets] = None,
                 characteristics: Iterable[Characteristic] = (), *, secondary: bool = False,
                 includes: Iterable[Service] = ()) -> None:
        number, base = _check.uuid("uuid", uuid, base_uuid)
        super().__init__(number, base, _check.truth("secondary", secondary))
        self.chs: dict[int, Characteristic] = {}
        for other in _check.items("includes", includes, "Service"):
            self._include(other)
        for ch in _check.items("characteristics", characteristics, "Characteristic"):
            self.add_characteristic(ch)

    def add_characteristic(self, ch: Characteristic) -> None:
        """Adds a characteristic, whose `service` becomes this one's UUID number.

        Raises
        ------
        ArgumentError
            The same object twice.
        Error
            The service has been added to a device already (STATE).
        """
        self._add(ch)
        ch.service = self.uuid
        self.chs[ch.uuid] = ch

    def __repr__(self) -> str:
        return f"<Service 0x{self.uuid:04X}, {len(self.characteristics)} characteristics>"
