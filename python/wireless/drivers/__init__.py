"""Drivers: what the module speaks to. ``init()`` of a driver registers it; the module finds it without being told.

Which one is used: the URI that a program names (``ble.start(driver=...)``), else the environment's GLINT_DRIVER, else
the driver that was initialised last, else ``virtual:``, the simulated air.
"""

from __future__ import annotations

import logging
import os
from typing import Any, Optional, Union

from glint import _check, _glint

_log = logging.getLogger("glint")

Driver = Union[str, Any]
_registered: Optional[Driver] = None
_instead: Optional[Driver] = None


def register(driver: Optional[Driver]) -> None:
    """Makes a driver the one that is used.

    Parameters
    ----------
    driver : str, object or None
        A URI such as ``unix:/run/air.sock``; a place in a world (``glint.sim.World.node()``); or an object with the
        functions of a driver in Python (``wireless/_foreign.py`` lists them). None forgets what was registered.
    """
    global _registered
    _registered = checked(driver)


def checked(driver: object) -> Optional[Driver]:
    """What may be a driver, or None: what it is a driver of is found out at ``start()``."""
    if isinstance(driver, str):
        return _check.c_text("driver", driver)
    if driver is None or hasattr(driver, "device_arguments") or hasattr(driver, "start"):
        return driver
    _check.refuse_type("driver: a URI, a place in a world, a driver with the old functions or None is taken, not "
                       f"{_check.kind(driver)}")


def registered() -> Optional[Driver]:
    """What was registered last, or None."""
    return _registered if _instead is None or not isinstance(_registered, (str, type(None))) else _instead


def override(driver: Optional[Driver]) -> None:
    """Puts a driver in the place of every one that programs name by initialising it; None ends that.

    Parameters
    ----------
    driver : str, object or None
        As for ``register()``. A driver in Python that a program registers is left alone.
    """
    global _instead
    _instead = checked(driver)


def board(name: str, scheme: str) -> None:
    """Registers a board's driver; where the board is not found, the simulated air, and says so."""
    _check.c_text("name", name)
    found = _glint.has_board(_check.c_text("scheme", scheme))
    register(f"{scheme}:" if found else "virtual:")
    if not found and _instead is None and not os.environ.get("GLINT_DRIVER"):
        _log.warning("%s: no board was found on USB serial: using the simulated air (virtual:); GLINT_DRIVER chooses "
                     "another, and `glint doctor` tells which there are", name)
