"""Modules of the old language that make no sense on a computer: they import, and say so when they are used.

What is looked up in such a module is a name that may be handed around (`wifi.WIFI_WPA2`) and refuses to be called.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, NoReturn, Optional

from .errors import UnsupportedError

NETWORKS = "this computer's own network is there already, by `socket` and `requests`"
WHY = {
    "wireless.wifi": NETWORKS,
    "wireless.gsm": NETWORKS,
    "eth": NETWORKS,
    "servo": "a computer has no servo motor to move; `pwm` and simulated pins are there",
    "dac": "a computer has no analogue outputs",
    "icu": "a computer has no input capture; onPinRise and onPinFall on simulated pins are there",
    "hwtimers": "a computer has no hardware timers; `timers` is there",
    "i2c": "a computer has no I2C bus",
    "spi": "a computer has no SPI bus",
    "can": "a computer has no CAN bus",
    "pwr": "a computer's power is not the program's",
    "vm": "there is no virtual machine to ask",
    "sfw": "there is no watchdog to feed",
    "fota": "there is no firmware to update",
}
VENDORS = frozenset(
    "adafruit bosch bridgetek broadcom espressif fortebit fourdsystems infineon invensense meas microchip mikroe "
    "murata nordic nxp okdo quectel riverdi sensirion solomon st stm texas ublox wiznet xinabox zerynth "
    "zerynth_lab".split()
)


class AbsentName:
    """Something of an absent module."""

    def __init__(self, path: str, why: str) -> None:
        self._path, self._why = path, why

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return AbsentName(f"{self._path}.{name}", self._why)

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise UnsupportedError(f"{self._path} does not work under `glint run`: {self._why}")

    def __mro_entries__(self, bases: Any) -> NoReturn:
        raise UnsupportedError(f"{self._path} does not work under `glint run`: {self._why}")

    def __or__(self, other: Any) -> "AbsentName":
        return self

    def __repr__(self) -> str:
        return f"<{self._path}, which is not here>"


class AbsentModule(ModuleType):
    """A module whose every name is absent."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(path)
        self.__path__: Any = []
        self._why = why

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return AbsentName(f"{self.__name__}.{name}", self._why)


def find(path: str) -> Optional[AbsentModule]:
    """The absent module of that (lower case) path, if the old language had one there."""
    first = path.partition(".")[0]
    for known, why in WHY.items():
        if path == known or path.startswith(known + "."):
            return AbsentModule(path, why)
    if first in VENDORS and path not in VENDORS:
        network = path.endswith("net") or "net." in path or "wifi" in path
        return AbsentModule(path, NETWORKS if network else "this device is not attached to a computer")
    return None
