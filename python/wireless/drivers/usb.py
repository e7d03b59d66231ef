"""An adapter on USB."""

from glint import _check
from wireless import drivers


def init(device: str = "") -> None:
    """Registers ``usb:device``; where the kernel has the adapter, ``hci`` is the better driver.

    Parameters
    ----------
    device : str, optional
        ``VID:PID`` in hexadecimal; "": the first that is found.
    """
    drivers.register(f"usb:{_check.c_text('device', device)}")
