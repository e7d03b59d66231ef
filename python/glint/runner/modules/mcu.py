"""The controller the program runs on: this computer."""

from __future__ import annotations

import hashlib
import uuid
from typing import NoReturn

from .. import board


def uid() -> bytes:
    """Twelve octets that stay the same on this computer. In virtual time they are the same everywhere."""
    runner = board.here()
    node = 0 if runner.clock.virtual else uuid.getnode()
    return hashlib.sha256(b"glint" + node.to_bytes(8, "little")).digest()[:12]


def reset() -> NoReturn:
    """Runs the program again from its beginning."""
    board.here().restart()
