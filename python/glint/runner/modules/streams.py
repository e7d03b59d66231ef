"""Streams of octets: the serial port (the terminal, or whatever standard input and output are), sockets, resources."""

from __future__ import annotations

import array
import fcntl
import os
import select
import sys
import termios
from pathlib import Path
from typing import Any

from .. import board, lenient

STOPBIT_1, STOPBIT_1_HALF, STOPBIT_2 = range(3)
PARITY_NONE, PARITY_EVEN, PARITY_ODD = range(3)
PARITY_ONE = PARITY_ODD
BITSIZE_8 = 8
SEEK_SET, SEEK_CUR, SEEK_END = range(3)


class stream:
    """What all streams have: read, readline, write, available, close."""

    def _some(self, size: int) -> bytes:
        """At most so many octets, waiting for the first; none: it has ended."""
        return b""

    def _readbuf(self, buffer: Any, size: int = 1, ofs: int = 0) -> int:
        got = self._some(min(size, len(buffer) - ofs))
        buffer[ofs:ofs + len(got)] = got
        return len(got)

    def read(self, size: int = 1) -> bytearray:
        """At most so many octets; waits when there are none yet. Empty: the stream has ended."""
        return bytearray(self._some(size))

    def readline(self, sep: Any = "\n", buffer: Any = None, size: int = 0, ofs: int = 0) -> Any:
        """Octets up to and with sep. Empty: the stream has ended. With a buffer: into it, and that part is returned."""
        end = lenient.like(b"", sep)
        line = bytearray()
        limit = size or (len(buffer) - ofs if buffer is not None else sys.maxsize)
        while not line.endswith(end) and len(line) < limit:
            got = self._some(1)
            if not got:
                break
            line += got
        if buffer is None:
            return line
        buffer[ofs:ofs + len(line)] = line
        return memoryview(buffer)[ofs:ofs + len(line)]

    def write(self, buffer: Any) -> int:
        """Octets or text. Returns how many were written."""
        raise NotImplementedError("this stream is not written to")

    def available(self) -> int:
        """Octets that can be read without waiting."""
        return 0

    def close(self) -> None:
        """Nothing comes or goes any more."""


class serial(stream):
    """The serial port: standard input and output. Speed and frame make no difference."""

    def __init__(self, drivername: int = 0, baud: int = 115200, stopbits: int = STOPBIT_1, parity: int = PARITY_NONE,
                 bitsize: int = BITSIZE_8, set_default: bool = True, rxsize: int = 0, txsize: int = 0) -> None:
        self.drivername, self.baud = drivername, baud

    def _some(self, size: int) -> bytes:
        if select.select([0], [], [], 0)[0]:  # what is there takes no time, so none may pass meanwhile
            return os.read(0, size)
        with board.here().clock.outside():
            return os.read(0, size)

    def write(self, buffer: Any) -> int:
        data = lenient.like(b"", buffer)
        if isinstance(buffer, str):
            sys.stdout.write(buffer)
            sys.stdout.flush()
        else:
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        return len(data)

    def available(self) -> int:
        count = array.array("i", [0])
        try:
            fcntl.ioctl(0, termios.FIONREAD, count)
        except OSError:
            return 0
        return count[0]


class SocketStream(stream):
    """A connected socket as a stream."""

    def __init__(self, sock: Any) -> None:
        self.sock = sock

    def _some(self, size: int) -> bytes:
        return bytes(self.sock.recv(size))

    def write(self, buffer: Any) -> int:
        return int(self.sock.send(lenient.like(b"", buffer)))

    def close(self) -> None:
        self.sock.close()


class FileStream(stream):
    """A file as a stream."""

    def __init__(self, name: str, mode: str = "rb") -> None:
        self.file = open(name, mode)

    def _some(self, size: int) -> bytes:
        return bytes(self.file.read(size))

    def write(self, buffer: Any) -> int:
        return int(self.file.write(lenient.like(b"", buffer)))

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        return int(self.file.seek(offset, whence))

    def available(self) -> int:
        return self.size() - int(self.file.tell())

    def size(self) -> int:
        return os.fstat(self.file.fileno()).st_size

    def close(self) -> None:
        self.file.close()


def resource_path(name: str) -> Path:
    """Of a file beside the program."""
    path = board.here().program.parent / name
    if not path.is_file():
        raise OSError(f"resource {name!r}: there is no file {path}")
    return path


class ResourceStream(FileStream):
    """A file beside the program, which new_resource() named."""

    def __init__(self, name: str) -> None:
        super().__init__(str(resource_path(name)))


