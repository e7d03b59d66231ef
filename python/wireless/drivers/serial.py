"""A controller on a serial line that speaks H4."""

from wireless import drivers


def init(port: str, baudrate: int = 1000000) -> None:
    """Registers ``serial:port,baudrate``, which this version refuses at ``start()``.

    Parameters
    ----------
    port : str
        Such as ``/dev/ttyACM0``.
    baudrate : int, optional
        Bits a second.
    """
    drivers.register(f"serial:{port},{baudrate}")
