"""Exceptions for what fails later than the call, and why a pairing failed, in words."""


from __future__ import annotations

from glint import _glint

REASONS = {  # Vol 3 Part H 3.5.5
    0x01: "the passkey was not entered", 0x02: "the out-of-band data is not there",
    0x03: "the devices cannot reach what is required of them", 0x04: "the confirm values differ",
    0x05: "pairing is not supported", 0x06: "the key is too short", 0x07: "a command is not supported",
    0x08: "no reason is told", 0x09: "there were too many attempts", 0x0A: "parameters are not valid",
    0x0B: "the key check failed", 0x0C: "the numbers were not confirmed", 0x0D: "pairing over BR/EDR is under way",
    0x0E: "a key of the other transport cannot be used", 0x0F: "a key was rejected", 0x10: "the device is busy",
}


def error_of(code: int, sentence: str = "") -> _glint.Error:
    """An exception for a code that came later than the call."""
    return named(code, f"{sentence}: {_glint.strerror(code)}" if sentence else _glint.strerror(code))


def named(code: int, message: str) -> _glint.Error:
    """An Error with that message, its code and the code's name."""
    error = _glint.Error(message)
    error.code = code
    error.name = "ATT" if -0x200 < code <= -0x100 else "HCI" if code <= -0x200 else \
        next((n[2:] for n in dir(_glint) if n.startswith("_E") and not n.startswith(("_EV", "_ED"))
              and getattr(_glint, n) == code), "")
    return error


def pairing_error(code: int, reason: int, by_peer: bool) -> _glint.Error:
    """Why a pairing ended; reason is of Pairing Failed."""
    refused = code == _glint._EREFUSED
    why = REASONS.get(reason, f"reason 0x{reason:02X}") if refused else _glint.strerror(code)
    return named(code, f"pairing failed: {why}{', says the peer' if by_peer else ''}")
