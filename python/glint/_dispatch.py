"""What both faces do with the events of a device: whose value it is, who is asked, what a callback raises."""

from __future__ import annotations

import logging
from typing import Any, Callable

from glint import _glint
from glint._gatt import Characteristic, Refused
from glint._types import Address

log = logging.getLogger("glint")

UNLIKELY_ERROR = 0x0E  # Vol 3 Part F 3.4.1.1

OPERATIONS = {
    _glint._OP_START: "start", _glint._OP_ADVERTISE: "advertise", _glint._OP_SCAN: "scan", _glint._OP_CONNECT: "connect",
    _glint._OP_DISCONNECT: "disconnect", _glint._OP_PARAMS: "params", _glint._OP_NOTIFY: "notify",
    _glint._OP_RECEIVE: "receive", _glint._OP_BONDS: "bonds", _glint._OP_ACCEPT: "accept list",
    _glint._OP_BROADCAST: "broadcast", _glint._OP_PRIVACY: "privacy",
}


def call(what: str, fn: Callable[..., object], *args: Any) -> None:
    """Calls a function of the program: what it raises is logged and ends nothing."""
    try:
        fn(*args)
    except Exception:
        log.exception("an exception in %s", what)


def on_written(native: _glint.Device, peer: Address, ch: Characteristic, data: bytes, token: int, judged: bool) -> None:
    """A write that is stored already, or, if it is judged, asks whether it may be."""
    value = ch.convert(data)
    if judged and ch._judge is not None:
        try:
            ch._judge(peer, value)
        except Refused as refusal:
            native.accept(token, ch, data, _glint.att_error(refusal.att_code))
            return
        except Exception:
            log.exception("an exception in the judge of characteristic 0x%04X", ch.uuid)
            native.accept(token, ch, data, _glint.att_error(UNLIKELY_ERROR))
            return
        if not native.accept(token, ch, data, 0):
            return
    if ch._callback is not None and (ch._events & _glint.WRITE):
        call(f"the callback of characteristic 0x{ch.uuid:04X}", ch._callback, _glint.WRITE, value)


def on_read(native: _glint.Device, peer: Address, ch: Characteristic, token: int) -> None:
    """A read that is answered here (token), or has been answered."""
    if token:
        err, data = 0, b""
        try:
            data = ch.encode(ch._reader(peer)) if ch._reader is not None else ch.octets
        except Refused as refusal:
            err = _glint.att_error(refusal.att_code)
        except Exception:
            log.exception("an exception in the reader of characteristic 0x%04X", ch.uuid)
            err = _glint.att_error(UNLIKELY_ERROR)
        try:
            native.answer(token, err, None if err else data)
        except _glint.Error as late:
            log.warning("a read of characteristic 0x%04X was answered too late: %s", ch.uuid, late)
    tell(ch, _glint.READ)


def tell(ch: Characteristic, status: int) -> None:
    if ch._callback is not None and ch._events & status:
        call(f"the callback of characteristic 0x{ch.uuid:04X}", ch._callback, status, None)
