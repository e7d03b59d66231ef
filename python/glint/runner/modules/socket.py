"""Sockets of this computer's own network, with text where octets are wanted."""

from __future__ import annotations

import socket as _socket
from socket import (AF_INET, AF_INET6, IPPROTO_TCP, SO_BROADCAST, SO_KEEPALIVE, SO_RCVTIMEO, SO_REUSEADDR,
                    SO_SNDTIMEO, SOCK_DGRAM, SOCK_STREAM, SOL_SOCKET, TCP_NODELAY)
from typing import Any, List, Tuple

from .. import board, lenient

__all__ = ["AF_INET", "AF_INET6", "IPPROTO_TCP", "SOCK_DGRAM", "SOCK_STREAM", "SOL_SOCKET", "SO_BROADCAST",
           "SO_KEEPALIVE", "SO_RCVTIMEO", "SO_REUSEADDR", "SO_SNDTIMEO", "TCP_NODELAY", "gethostbyname", "ip_to_tuple",
           "select", "socket"]


class socket(_socket.socket):
    """A socket. Where it waits, others may go on."""

    def accept(self) -> Tuple["socket", Any]:
        with board.here().clock.outside():
            fd, address = self._accept()  # type: ignore[attr-defined]
        return socket(self.family, self.type, self.proto, fileno=fd), address

    def connect(self, address: Any) -> None:
        with board.here().clock.outside():
            super().connect(address)

    def recv(self, bufsize: int = 1024, flags: int = 0) -> bytes:
        with board.here().clock.outside():
            return super().recv(bufsize, flags)

    def recvfrom(self, bufsize: int = 1024, flags: int = 0) -> Any:
        with board.here().clock.outside():
            return super().recvfrom(bufsize, flags)

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0, ofs: int = 0) -> int:
        with board.here().clock.outside():
            return super().recv_into(memoryview(buffer)[ofs:], nbytes, flags)

    def send(self, data: Any, flags: int = 0) -> int:
        with board.here().clock.outside():
            return super().send(lenient.like(b"", data), flags)

    def sendall(self, data: Any, flags: int = 0) -> None:
        with board.here().clock.outside():
            super().sendall(lenient.like(b"", data), flags)

    def sendto(self, data: Any, *args: Any) -> int:
        with board.here().clock.outside():
            return super().sendto(lenient.like(b"", data), *args)


def gethostbyname(name: str) -> str:
    """The address of a host."""
    with board.here().clock.outside():
        return _socket.gethostbyname(name)


def ip_to_tuple(ip: str) -> Tuple[int, int, int, int]:
    """"192.168.1.5" as four numbers."""
    a, b, c, d = (int(part) for part in ip.split("."))
    return a, b, c, d


def select(rlist: List[Any], wlist: List[Any], xlist: List[Any], timeout: float = -1) -> Any:
    """Which of the sockets are ready, within so many milliseconds."""
    import select as _select

    with board.here().clock.outside():
        return _select.select(rlist, wlist, xlist, None if timeout < 0 else timeout / 1000)
