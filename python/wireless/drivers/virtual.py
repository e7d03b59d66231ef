"""The simulated air: all programs of a user that say the same name are on one air."""

from glint import _check
from wireless import drivers


def init(name: str = "") -> None:
    """Registers ``virtual:name``.

    Parameters
    ----------
    name : str, optional
        Which air; "": the one that all share who name none.
    """
    drivers.register(f"virtual:{_check.c_text('name', name)}")
