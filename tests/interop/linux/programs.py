"""Our programs in the guest, with what they run on: another initramfs, for machine.py.

Python is this machine's own, /usr/bin/python3, for which the extension was built; libraries are this machine's, but for
those that the image has already: a libc and its loader belong together.
"""

import os
import subprocess
from pathlib import Path

import image
from cpio import Cpio
from elf import Elf

HERE = Path(__file__).resolve().parent
TREE = HERE.parents[2]
PLACE = "opt/glint"  # in the guest; below it as in a build tree: bin and python
BUILT = ("battery", "glint")
LIBRARY_FOLDERS = [Path("/lib/x86_64-linux-gnu"), Path("/usr/lib/x86_64-linux-gnu")]
# Of Python's own library what nobody needs there, or needs more libraries.
NOT_OF_PYTHON = {"__pycache__", "test", "idlelib", "lib2to3", "ensurepip", "distutils", "pydoc_data", "tkinter", "turtledemo",
                 "dist-packages", "site-packages", "unittest", "sqlite3", "curses", "dbm", "wsgiref", "xml", "xmlrpc"}
EXTENSIONS = ("_asyncio", "_bisect", "_contextvars", "_json", "_queue", "_typing", "mmap", "resource", "termios")


def of_python():
    """(interpreter, folder of its library)"""
    said = subprocess.run(["/usr/bin/python3", "-c", "import os, sys; print(os.path.realpath(sys.executable), os.__file__)"],
                          check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return Path(said[0]), Path(said[1]).parent


def below(folder, left_out=frozenset()):
    """Files of a folder, and of those in it, links followed."""
    for at, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [n for n in folders if n not in left_out and not n.startswith("config-")]
        yield from (Path(at, n) for n in names)


class Archive:
    def __init__(self):
        self.cpio = Cpio()
        self.there = set(image.manifest()["libraries"])

    def library(self, name):
        if name not in self.there:
            self.there.add(name)
            path = next((f / name for f in LIBRARY_FOLDERS if (f / name).exists()), None)
            if not path:
                raise image.Failure(f"{name} is neither in the image nor in {LIBRARY_FOLDERS[0]}")
            self.binary(f"lib/x86_64-linux-gnu/{name}", path)

    def binary(self, place, path):
        data = path.read_bytes()
        self.cpio.file(place, data, 0o755)
        for name in Elf(data, path.name).needed():
            self.library(name)

    def python(self):
        interpreter, library = of_python()
        self.binary(f"usr/bin/{interpreter.name}", interpreter)
        self.cpio.symlink("usr/bin/python3", interpreter.name)
        for path in below(library, NOT_OF_PYTHON | {"lib-dynload"}):
            if path.suffix == ".py":
                self.cpio.file(str(path), path.read_bytes())
        for path in below(library / "lib-dynload"):
            if path.name.partition(".")[0] in EXTENSIONS:
                self.binary(str(path), path)

    def ours(self, build):
        for name in BUILT:
            self.binary(f"{PLACE}/bin/{name}", build / "bin" / name)
        for path in below(build / "python", {"CMakeFiles", "__pycache__"}):
            place = f"{PLACE}/python/{path.relative_to(build / 'python')}"
            if path.suffix == ".so":
                self.binary(place, path)
            elif path.suffix == ".py":
                self.cpio.file(place, path.read_bytes())
        self.cpio.file(f"{PLACE}/battery.py", (TREE / "examples/python/battery.py").read_bytes())


def archive(build):
    """The initramfs, of a build tree with the Python packages."""
    one = Archive()
    one.python()
    one.ours(Path(build))
    return one.cpio.finish()
