"""A controller behind a socket that speaks H4."""

from glint import _check
from wireless import drivers


def init(where: str) -> None:
    """Registers the controller at a unix socket, or at a TCP port.

    Parameters
    ----------
    where : str
        A path: ``unix:PATH``. ``HOST:PORT``: ``tcp:HOST:PORT``.
    """
    _check.c_text("where", where)
    is_port = ":" in where and not where.startswith(("/", ".")) and where.rsplit(":", 1)[1].isdigit()
    drivers.register(f"tcp:{where}" if is_port else f"unix:{where}")
