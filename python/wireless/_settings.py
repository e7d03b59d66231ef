"""The arguments of the module's functions, looked at and brought into the library's units."""

from __future__ import annotations

from typing import Any, NamedTuple, Optional, Union

import glint
from glint import _check, _glint

Payload = Union[str, bytes, bytearray, memoryview]

LOW_INTERVAL, HIGH_INTERVAL = 7.5, 4000.0  # connection, Vol 4 Part E 7.8.18
ROTATE_MS = 1000, 3600000  # of a private address, Vol 4 Part E 7.8.45: 1 s to 1 h


class Gap(NamedTuple):
    name: Optional[bytes]
    appearance: int
    mode: int
    level: int
    min_us: int
    max_us: int
    latency: int
    supervision_ms: int


def gap(name: object, appearance: object, security: object, connection: object) -> Gap:
    name_octets = _check.utf8("name", name)
    if not 1 <= len(name_octets) <= 248 or b"\0" in name_octets:
        _check.refuse(f"name: {len(name_octets)} octets of UTF-8 are outside 1..248, none of them 0")
    number = _check.integer("appearance", appearance, 0, 0xFFFF)
    mode, level = _check.numbers("security", security, ("mode", "level"))
    mode = _check.integer("security[0]", mode, 1, 2, "SECURITY_MODE_1, SECURITY_MODE_2")
    level = _check.integer("security[1]", level, 1, 2 if mode == 2 else 4,
                           f"the levels of SECURITY_MODE_{mode}")
    low, high, latency, supervision = _check.numbers("connection", connection, ("min", "max", "latency", "timeout"))
    low = _check.milliseconds("connection[0]", low, LOW_INTERVAL, HIGH_INTERVAL)
    high = _check.milliseconds("connection[1]", high, LOW_INTERVAL, HIGH_INTERVAL)
    if low > high:
        _check.refuse(f"connection: the minimum {low:g} is above the maximum {high:g} (milliseconds)")
    latency = _check.integer("connection[2]", latency, 0, 499, "connection events")
    supervision = _check.milliseconds("connection[3]", supervision, 100, 32000)
    least = 2 * (1 + latency) * high
    if supervision <= least:
        _check.refuse(f"connection[3]: {supervision:g} is not above {least:g}, twice (1 + latency) times the maximum "
                      "interval (milliseconds)")
    return Gap(name_octets, number, mode, level, _check.microseconds(low), _check.microseconds(high), latency,
               int(supervision))


class Security(NamedTuple):
    capabilities: int
    bonding: int
    scheme: int
    key_size: int
    initiator: int
    responder: int
    oob: int
    passkey: int
    min_key_size: int
    sc_only: bool
    keep_bonded: bool = False
    evict: bool = False

    def arguments(self, level: int, on_demand: bool = False) -> tuple[Any, ...]:
        """As the extension takes them. Level 4 is LE Secure Connections whatever the scheme says."""
        scheme = self.scheme & (glint.AUTH_MITM | glint.AUTH_SC | glint.AUTH_KEYPRESS)
        if not (scheme & glint.AUTH_SC or self.sc_only or level == 4):
            scheme |= _glint._AUTH_LEGACY
        bonding = self.bonding or self.scheme & glint.AUTH_BOND
        return (CAPABILITIES[self.capabilities], bonding, scheme, self.key_size, self.min_key_size, _keys(self.initiator),
                _keys(self.responder), bool(self.oob), self.sc_only, self.passkey, on_demand,
                self.keep_bonded, self.evict)


CAPABILITIES = {glint.CAP_DISPLAY_ONLY: _glint._CAP_DISPLAY_ONLY, glint.CAP_DISPLAY_YES_NO: _glint._CAP_DISPLAY_YES_NO,
                glint.CAP_KB_ONLY: _glint._CAP_KEYBOARD_ONLY, glint.CAP_NONE: _glint._CAP_NONE,
                glint.CAP_KB_DISPLAY: _glint._CAP_KEYBOARD_DISPLAY}


def _keys(keys: int) -> int:
    """KEY_LNK is of another transport; no key at all has a name of its own."""
    return keys & (glint.KEY_ENC | glint.KEY_ID | glint.KEY_CSR) or _glint._KEY_NONE


def security(capabilities: object, bonding: object, scheme: object, key_size: object, initiator: object,
             responder: object, oob: object, passkey: object, min_key_size: object, sc_only: object,
             keep_bonded: object = False, evict: object = False) -> Security:
    size = _check.integer("key_size", key_size, 7, 16, "octets")
    least = size if min_key_size is None else _check.integer("min_key_size", min_key_size, 7, size, "octets")
    keys = "KEY_ENC, KEY_ID, KEY_CSR, KEY_LNK, or'ed"
    return Security(
        _check.integer("capabilities", capabilities, 0, 4, "CAP_DISPLAY_ONLY .. CAP_KB_DISPLAY"),
        _check.integer("bonding", bonding, 0, 1, "AUTH_NO_BOND, AUTH_BOND"),
        _check.integer("scheme", scheme, 0, 15, "AUTH_BOND, AUTH_MITM, AUTH_SC, AUTH_KEYPRESS, or'ed"),
        size,
        _check.integer("initiator", initiator, 0, 15, keys),
        _check.integer("responder", responder, 0, 15, keys),
        _check.integer("oob", oob, 0, 1),
        _check.integer("passkey", passkey, 0, 999999, "six digits; 0: a fresh one each time"),
        least, _check.truth("sc_only", sc_only), _check.truth("keep_bonded", keep_bonded),
        _check.truth("evict", evict))


MODES = {
    glint.ADV_CONN_UND: _glint._ADV_CONN_UND, glint.ADV_CONN_DIR: _glint._ADV_CONN_DIR,
    glint.ADV_SCAN_UND: _glint._ADV_SCAN_UND, glint.ADV_UNCN_UND: _glint._ADV_UNCN_UND,
}
CONNECTABLE = (glint.ADV_CONN_UND, glint.ADV_CONN_DIR)


class Advertising(NamedTuple):
    interval_us: int = 0
    timeout_ms: int = 0
    payload: Optional[bytes] = None
    scan_rsp: Optional[bytes] = None
    mode: int = _glint._ADV_CONN_UND
    raw: int = _glint._RAW_GUESS
    company: int = 0
    channels: int = 0
    auto_restart: bool = False
    peer_type: int = 0
    peer: Optional[bytes] = None
    as_given: tuple[int, int, Payload, Payload, int] = (187, 0, "", "", 0)  # for drivers in Python

    def arguments(self) -> tuple[object, ...]:
        return (self.interval_us, self.timeout_ms, self.payload, self.scan_rsp, self.mode, self.raw, self.company,
                self.channels, self.auto_restart, self.peer_type, self.peer)


def _payload(name: str, value: object) -> tuple[Optional[bytes], bool]:
    """(octets or None, it was text)."""
    if value is None:
        return None, False
    if isinstance(value, str):
        return (_check.utf8(name, value), True) if value else (None, False)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return (bytes(value), False) if len(value) else (None, False)
    _check.refuse_type(f"{name}: a str or octets (bytes, bytearray) are taken, not {_check.kind(value)}")


def _manufacturer(name: str, data: bytes, company: object, flags: bytes) -> bytes:
    """A packet of manufacturer-specific data, made here when the other packet is taken another way."""
    ident = company.to_bytes(2, "little") if isinstance(company, int) else b""
    room = 31 - len(flags) - 2 - len(ident)
    if len(data) > room:
        parts = f"{f'flags {len(flags)} + ' if flags else ''}header 2{' + company identifier 2' if ident else ''}"
        _check.refuse(f"{name}: {len(data)} octets are outside 0..{room}: a packet has 31: {parts} + payload {room}",
                      _glint._ETOOBIG)
    return flags + bytes([len(ident) + len(data) + 1, 0xFF]) + ident + data


def advertising(interval: object, timeout: object, payload: object, scanrsp: object, mode: object, raw: object,
                company: object, peer: object, auto_restart: object) -> Advertising:
    interval_ms = _check.milliseconds("interval", interval, 20, 10240)
    timeout_ms = _check.milliseconds("timeout", timeout, 0, _check.FOREVER_MS)
    kind = _check.integer("mode", mode, 0, 4, "ADV_CONN_UND, ADV_CONN_DIR, ADV_SCAN_UND, ADV_UNCN_UND")
    if kind not in MODES:
        _check.refuse("mode: ADV_SCAN_RSP is what a report may be, not a way to advertise", _glint._EINVAL)
    if kind == glint.ADV_CONN_DIR and peer is None:
        _check.refuse("mode: ADV_CONN_DIR needs peer=, the address to advertise to", _glint._EINVAL)
    if kind != glint.ADV_CONN_DIR and peer is not None:
        _check.refuse("peer: only ADV_CONN_DIR advertises to one", _glint._EINVAL)
    if raw is not None and not isinstance(raw, bool):
        _check.refuse_type(f"raw: True, False or None is taken, not {_check.kind(raw)}")
    if company is not None:
        company = _check.integer("company", company, 0, 0xFFFF, "a company identifier; None: the payload brings it")
    data, is_text = _payload("payload", payload)
    answer, answer_is_text = _payload("scanrsp", scanrsp)
    way = _glint._RAW_GUESS if raw is None else _glint._RAW_YES if raw else _glint._RAW_NO
    if raw is None and data and answer and is_text != answer_is_text:
        flags = b"\x02\x01\x06" if kind in CONNECTABLE else b"\x02\x01\x04"
        if is_text:
            data = _manufacturer("payload", data, company, flags)
        else:
            answer = _manufacturer("scanrsp", answer, company, b"")
    elif raw is None and (is_text or answer_is_text):
        way = _glint._RAW_NO
    number = _glint._COMPANY_BROUGHT if company is None else int(company) or _glint._COMPANY_0000
    peer_type, peer_octets = _check.address("peer", peer) if peer is not None else (0, None)
    return Advertising(_check.microseconds(interval_ms), _whole(timeout_ms), data, answer, MODES[kind], way,
                       number, 0, _check.truth("auto_restart", auto_restart), peer_type, peer_octets,
                       (round(interval_ms), _whole(timeout_ms), payload or "", scanrsp or "",  # type: ignore[arg-type]
                        kind))


def _whole(ms: float) -> int:
    return -int(-ms // 1)


class Scanning(NamedTuple):
    interval_us: int = 10000
    window_us: int = 10000
    duplicates: bool = False
    filter: int = 0
    addr: int = 0
    active: bool = False

    def arguments(self) -> tuple[object, ...]:
        return self.interval_us, self.window_us, self.duplicates, self.filter, self.addr, self.active


def scanning(interval: object, window: object, duplicates: object, filter: object, addr: object,
             active: object) -> Scanning:
    interval_ms = _check.milliseconds("interval", interval, 2.5, 10240)
    window_ms = _check.milliseconds("window", window, 2.5, 10240)
    if window_ms > interval_ms:
        _check.refuse(f"window: {window_ms:g} is above the interval, {interval_ms:g} (milliseconds)")
    return Scanning(_check.microseconds(interval_ms), _check.microseconds(window_ms),
                    _check.truth("duplicates", duplicates),
                    _check.integer("filter", filter, 0, 31, "SCAN_FILTER_..., or'ed"),
                    _check.integer("addr", addr, 0, 2,
                                   "SCAN_ADDR_ALL, SCAN_ADDR_PUBLIC_ONLY, SCAN_ADDR_RANDOM_ONLY"),
                    _check.truth("active", active))


def duration(value: object) -> int:
    return _whole(_check.milliseconds("duration", value, 0, _check.FOREVER_MS))
