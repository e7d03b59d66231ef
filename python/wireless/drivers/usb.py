"""An adapter on USB."""

from wireless import drivers


def init(device: str = "") -> None:
    """Registers ``usb:device``, which this version refuses at ``start()``.

    Parameters
    ----------
    device : str, optional
        ``VID:PID`` in hexadecimal; "": the first that is found.
    """
    drivers.register(f"usb:{device}")
