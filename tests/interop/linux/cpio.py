"""Writes the format of a Linux initramfs: cpio, "newc". Archives may follow each other; a later one adds to them."""

import io
import os
import stat


class Cpio:
    """An archive in memory; parents are added as needed, and a path that is there already stays as it is."""

    def __init__(self):
        self.out = io.BytesIO()
        self.inode = 0
        self.seen = set()

    def _entry(self, path, mode, data=b"", device=(0, 0)):
        self.inode += 1
        name = path.encode() + b"\0"
        fields = (self.inode, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name), 0)
        head = b"070701" + b"".join(b"%08X" % f for f in fields) + name
        self.out.write(head + b"\0" * (-len(head) % 4))
        self.out.write(data + b"\0" * (-len(data) % 4))

    def _add(self, path, mode, data=b"", device=(0, 0)):
        path = path.strip("/")
        if os.path.dirname(path):
            self.directory(os.path.dirname(path))
        if path not in self.seen:
            self.seen.add(path)
            self._entry(path, mode, data, device)

    def directory(self, path, mode=0o755):
        self._add(path, stat.S_IFDIR | mode)

    def file(self, path, data, mode=0o644):
        self._add(path, stat.S_IFREG | mode, data)

    def symlink(self, path, target):
        self._add(path, stat.S_IFLNK | 0o777, target.encode())

    def character_device(self, path, major, minor):
        self._add(path, stat.S_IFCHR | 0o600, device=(major, minor))

    def finish(self):
        self._entry("TRAILER!!!", 0)
        self.out.write(b"\0" * (-self.out.tell() % 512))
        return self.out.getvalue()
