"""Pulses on a pin. What the program reads of it is its level on average; a train of pulses takes its time."""

from __future__ import annotations

from typing import Any

from .. import board
from ..pins import MILLIS


def init(drvname: Any = 0) -> None:
    """Nothing to load."""


def write(pin: Any, period: float, pulse: float, time_unit: float = MILLIS, npulses: int = 0) -> None:
    """A wave of this period, high for `pulse` of it; 0, 0 ends it. With npulses: returns after so many pulses."""
    if period < 0 or not 0 <= pulse <= period:
        raise ValueError(f"pwm.write: a pulse of {pulse!r} in a period of {period!r} cannot be")
    runner = board.here()
    runner.pins.write(pin, int(pulse > 0))
    if npulses > 0 and period > 0:
        runner.clock.sleep(((npulses - 1) * period + pulse) * time_unit / 1e6)
        runner.pins.write(pin, 0)
