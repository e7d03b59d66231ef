"""A controller on a serial line that speaks H4, or the three-wire H5."""

from wireless import drivers


def init(port: str, baudrate: int = 1000000, *options: str) -> None:
    """Registers ``serial:port,baudrate`` and options.

    Parameters
    ----------
    port : str
        Such as ``/dev/ttyACM0``.
    baudrate : int, optional
        Bits a second.
    *options : str
        ``h5`` (three wires), with it ``crc``; ``even`` parity; ``noflow`` (H4 without RTS and CTS).
    """
    drivers.register(",".join((f"serial:{port}", str(baudrate), *options)))
