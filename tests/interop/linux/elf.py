"""Reads of a 64-bit ELF file what it needs: shared libraries, interpreter, and what a kernel module says of itself."""

import struct


class Elf:
    def __init__(self, data, name):
        if data[:6] != b"\x7fELF\x02\x01":
            raise ValueError(f"{name} is not a 64-bit ELF file of little-endian order")
        self.data = data
        self.phoff, self.shoff = struct.unpack_from("<QQ", data, 32)
        self.phentsize, self.phnum, self.shentsize, self.shnum, self.shstrndx = struct.unpack_from("<5H", data, 54)

    def _segments(self):
        for i in range(self.phnum):
            at = self.phoff + i * self.phentsize
            kind, = struct.unpack_from("<I", self.data, at)
            offset, address, _, size = struct.unpack_from("<4Q", self.data, at + 8)
            yield kind, offset, address, size

    def _string(self, at):
        return self.data[at:self.data.index(b"\0", at)].decode()

    def interpreter(self):
        return next((self._string(offset) for kind, offset, _, _ in self._segments() if kind == 3), None)

    def needed(self):
        """The names of the libraries in the dynamic segment."""
        loads = [s for s in self._segments() if s[0] == 1]
        names, strings = [], None
        for _, offset, _, size in (s for s in self._segments() if s[0] == 2):
            for at in range(offset, offset + size, 16):
                tag, value = struct.unpack_from("<QQ", self.data, at)
                if tag == 0:
                    break
                if tag == 1:
                    names.append(value)
                elif tag == 5:
                    strings = next(value - a + o for _, o, a, n in loads if a <= value < a + n)
        return [self._string(strings + n) for n in names]

    def module_info(self):
        """(key, value) of a kernel module's .modinfo"""
        def header(i):
            at = self.shoff + i * self.shentsize
            name, = struct.unpack_from("<I", self.data, at)
            return (name,) + struct.unpack_from("<QQ", self.data, at + 24)

        names = header(self.shstrndx)[1]
        for name, offset, size in map(header, range(self.shnum)):
            if self._string(names + name) == ".modinfo":
                raw = self.data[offset:offset + size]
                return [f.decode("utf-8", "replace").partition("=")[::2] for f in raw.split(b"\0") if f]
        return []
