"""The garbage collector: CPython's own, in the old module's words."""

from __future__ import annotations

import gc as _gc
import os
from typing import Tuple

from .. import board

_state = {"period": 500, "last": 0.0}


def info() -> Tuple[int, int, int, int, int, int, int]:
    """Total, free memory, fragmentation (%), allocated, free blocks, period, milliseconds since the last."""
    page = os.sysconf("SC_PAGE_SIZE")
    total, free = page * os.sysconf("SC_PHYS_PAGES"), page * os.sysconf("SC_AVPHYS_PAGES")
    since = int((board.here().clock.now() - _state["last"]) * 1000)
    return total, free, 0, len(_gc.get_objects()), 0, int(_state["period"]), since


def collect() -> None:
    """Collects now."""
    _gc.collect()
    _state["last"] = board.here().clock.now()


def enable(period: int = 500) -> None:
    """CPython collects when it wants to; the period is only remembered."""
    _state["period"] = period
    _gc.enable()


def disable() -> None:
    """No collection but by collect()."""
    _gc.disable()
