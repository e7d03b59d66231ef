"""An adapter of Linux, by the kernel's HCI user channel."""

from glint import _check
from wireless import drivers


def init(index: int = 0) -> None:
    """Registers ``hci:index``; ``start()`` says what is missing when the adapter is not to be had.

    Parameters
    ----------
    index : int, optional
        0 for hci0.
    """
    drivers.register(f"hci:{_check.integer('index', index, 0, 0xFFFF)}")
