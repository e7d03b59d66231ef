"""The controller's flash: a file that is kept for each program, erased (0xFF) until it is written to.

`$XDG_STATE_HOME/glint/<program>/flash` (~/.local/state/glint), sparse, with an address's octet at that place.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from .. import board, lenient

ERASED = 0xFF
LIMIT = 1 << 32


def _path() -> Path:
    return board.here().state_folder() / "flash"


class FlashFileStream:
    """A piece of flash in memory; flush() writes it back."""

    def __init__(self, start_address: int, size: int) -> None:
        if start_address < 0 or size < 1 or start_address + size > LIMIT:
            raise ValueError(f"FlashFileStream: {size} octets at {start_address:#x} are not in 0..{LIMIT:#x}")
        self.start, self.at = start_address, 0
        # the file holds octets inverted, so that a hole reads as erased
        self.buffer = bytearray(size)
        try:
            with open(_path(), "rb") as file:
                file.seek(start_address)
                kept = file.read(size)
        except FileNotFoundError:
            kept = b""
        self.buffer[: len(kept)] = kept
        self.buffer = bytearray(ERASED ^ octet for octet in self.buffer)

    def __len__(self) -> int:
        return len(self.buffer)

    def __getitem__(self, key: Any) -> Any:
        return self.buffer[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        size = len(self.buffer)
        lenient.set_item(value, self.buffer, key)
        if len(self.buffer) != size:
            del self.buffer[size:]
            raise ValueError(f"flash: {size} octets cannot become more or less")

    def seek(self, offset: int, whence: int = 0) -> int:
        """To offset from the start (0), the present place (1) or the end (2)."""
        at = offset + (0, self.at, len(self.buffer))[whence]
        if not 0 <= at <= len(self.buffer):
            raise ValueError(f"flash.seek: {at} is outside 0..{len(self.buffer)}")
        self.at = at
        return at

    def read(self, size: int = 1) -> bytearray:
        """The next octets."""
        got = self.buffer[self.at:self.at + size]
        self.at += len(got)
        return got

    def read_int(self) -> int:
        """The next four octets as a little-endian integer."""
        return int.from_bytes(self.read(4), "little")

    def write(self, buf: Any) -> int:
        """At the present place; what does not fit is refused as a whole."""
        data = lenient.like(b"", buf)
        room = len(self.buffer) - self.at
        if len(data) > room:
            raise ValueError(f"flash.write: {len(data)} octets do not fit into the {room} that are left")
        self.buffer[self.at:self.at + len(data)] = data
        self.at += len(data)
        return len(data)

    def flush(self) -> None:
        """Writes all of it to the flash."""
        fd = os.open(_path(), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.pwrite(fd, bytes(ERASED ^ octet for octet in self.buffer), self.start)
        finally:
            os.close(fd)

    def close(self) -> None:
        """Nothing is kept but what flush() wrote."""
