"""A controller on a serial line that speaks H4, or the three-wire H5."""

from glint import _check, _glint
from wireless import drivers

OPTIONS = ("h5", "crc", "even", "noflow")


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
    _check.c_text("port", port)
    _check.integer("baudrate", baudrate, 1, 2**32 - 1, "bits a second")
    for i, option in enumerate(options):
        if _check.text(f"options[{i}]", option) not in OPTIONS:
            _check.refuse(f"options[{i}]: {option!r} is none of {', '.join(OPTIONS)}", _glint._EINVAL)
    drivers.register(",".join((f"serial:{port}", str(baudrate), *options)))
