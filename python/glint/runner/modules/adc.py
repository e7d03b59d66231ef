"""Analogue inputs: 12 bits, 0..4095, as `--pin A0=1000` or `--pin A2=sine` drive them; 0 otherwise."""

from __future__ import annotations

from typing import Any, List, Tuple, Union

from .. import board

_RATE = [800000.0]
Samples = Union[int, Tuple[int, ...], Tuple[Any, ...]]


def init(drvname: Any = 0, samples_per_second: float = 800000) -> None:
    """The sampling frequency of what is read in one call."""
    if samples_per_second <= 0:
        raise ValueError(f"adc.init: {samples_per_second!r} samples per second is no frequency")
    _RATE[0] = samples_per_second


def done(drvname: Any = 0) -> None:
    """Nothing to release."""


def read(pin: Any, samples: int = 1) -> Samples:
    """One sample, a tuple of several, or for several pins a tuple of tuples."""
    if samples < 1:
        raise ValueError(f"adc.read: {samples!r} samples cannot be read")
    if isinstance(pin, (list, tuple)):
        rows: List[List[int]] = [[] for _ in pin]
        for turn in range(samples):
            for row, one in zip(rows, pin):
                row.append(_sample(one))
            _pause(turn, samples)
        return tuple(tuple(row) for row in rows)
    out = []
    for turn in range(samples):
        out.append(_sample(pin))
        _pause(turn, samples)
    return out[0] if samples == 1 else tuple(out)


def _sample(pin: Any) -> int:
    pins = board.here().pins
    return pins.analog(pins.state(pin))


def _pause(turn: int, samples: int) -> None:
    if turn + 1 < samples:
        board.here().clock.sleep(1 / _RATE[0])
