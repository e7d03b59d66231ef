"""An adapter of Linux, by the kernel's HCI user channel."""

from wireless import drivers


def init(index: int = 0) -> None:
    """Registers ``hci:index``, which this version refuses at ``start()``.

    Parameters
    ----------
    index : int, optional
        0 for hci0.
    """
    drivers.register(f"hci:{index}")
