"""The real-time clock: this computer's, until the program sets its own."""

from __future__ import annotations

import time
from typing import Any

from .. import board

_offset = [0.0]


class TimeInfo:
    """A moment: tv_seconds, tv_microseconds, and tm_* as C's struct tm (months 0-11, but the year in full)."""

    def __init__(self, seconds: int = 0, microseconds: int = 0) -> None:
        self.tv_seconds, self.tv_microseconds = seconds, microseconds
        t = time.gmtime(seconds)
        self.tm_year, self.tm_month, self.tm_mday = t.tm_year, t.tm_mon - 1, t.tm_mday
        self.tm_hour, self.tm_min, self.tm_sec = t.tm_hour, t.tm_min, t.tm_sec
        self.tm_wday, self.tm_yday = (t.tm_wday + 1) % 7, t.tm_yday - 1
        self.tm_isdst = 0


def init(drvname: Any = 0) -> None:
    """Nothing to load."""


def set_utc(seconds: int, microseconds: int = 0) -> None:
    """What time it is now, for this program."""
    _offset[0] = seconds + microseconds / 1e6 - board.here().clock.epoch()


def get_utc(verbosity: int = 2) -> Any:
    """2: a TimeInfo; 1: (seconds, microseconds); 0: seconds since 1970."""
    now = round((board.here().clock.epoch() + _offset[0]) * 1e6)
    seconds, microseconds = divmod(now, 1000000)
    if verbosity == 0:
        return seconds
    return (seconds, microseconds) if verbosity == 1 else TimeInfo(seconds, microseconds)
