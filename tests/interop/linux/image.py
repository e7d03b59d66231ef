#!/usr/bin/env python3
"""Makes a Linux with BlueZ to boot in QEMU: Debian's own kernel and programs, unpacked into an initramfs.

    tests/interop/linux/image.py [--update]

Nothing is installed. What comes out is in $GLINT_LINUX, or $XDG_CACHE_HOME/glint-linux, or ~/.cache/glint-linux: some
170 MB, half of them the downloaded packages. When it is there already, made by these same scripts, nothing is done;
--update takes newer packages. machine.py boots it; guest-init is its process 1.
"""

import gzip
import hashlib
import json
import lzma
import os
import re
import sys
from pathlib import Path

import packages
from cpio import Cpio
from elf import Elf
from packages import Failure

HERE = Path(__file__).resolve().parent
RECIPE = [HERE / name for name in ("image.py", "packages.py", "elf.py", "cpio.py", "guest-init")]
KERNEL = "linux-image-amd64"
PROGRAMS = {  # package: what is taken of it; shared libraries are found by what programs need
    "busybox-static": ["busybox"],
    "bluez": ["bluetoothd", "btattach", "btmgmt"],
    "dbus-daemon": ["dbus-daemon"],
}
# Loaded at boot, and what they depend on. drbg and its hash make the key pair of LE Secure Connections; without them
# Linux ends pairing with Unspecified Reason.
MODULES = ["virtio_pci", "virtio_console", "bluetooth", "hci_uart", "ecdh_generic", "sha512_generic", "drbg", "cmac",
           "ecb", "algif_hash", "algif_skcipher", "uhid"]
MODULE_FOLDERS = ("crypto/", "lib/", "net/bluetooth/", "net/rfkill/", "net/6lowpan/", "drivers/virtio/",
                  "drivers/bluetooth/", "drivers/hid/", "drivers/input/", "drivers/char/", "drivers/base/regmap/")
# The world outside reaches the bus through a pipe of octets, where nobody can tell its user.
BUS = """<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <listen>tcp:host=127.0.0.1,port=7777,family=ipv4</listen>
  <auth>EXTERNAL</auth>
  <auth>ANONYMOUS</auth>
  <allow_anonymous/>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
  </policy>
</busconfig>
"""
# BlueZ 5.66 with enhanced ATT channels can wait for its peer for ever, and ours has none: one bearer. No Device Information
# service: the tree is the test's own. Devices that are not bonded are forgotten when the test says so. Intervals, in 0.625
# and 1.25 ms, are short: tests wait for them.
BLUEZ = """[General]
ControllerMode = le
DeviceID = false
TemporaryTimeout = 0
[LE]
MinAdvertisementInterval = 32
MaxAdvertisementInterval = 48
MinConnectionInterval = 8
MaxConnectionInterval = 12
[Policy]
AutoEnable = true
[GATT]
Channels = 1
"""
CONFIGURATION = "etc/bluetooth/main.conf"
# Where what takes time is what is tried, the shortest interval.
FAST = {CONFIGURATION: BLUEZ.replace("ConnectionInterval = 8", "ConnectionInterval = 6").replace(
    "ConnectionInterval = 12", "ConnectionInterval = 6").encode()}
FILES = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nmessagebus:x:100:100::/:/bin/false\n"
                  "nobody:x:65534:65534::/tmp:/bin/sh\n",
    "etc/group": "root:x:0:\nmessagebus:x:100:\nbluetooth:x:101:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\n",
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "etc/dbus-1/glint.conf": BUS,
    CONFIGURATION: BLUEZ,
}


def folder():
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("GLINT_LINUX") or Path(cache) / "glint-linux")


def recipe():
    return hashlib.sha256(b"".join(path.read_bytes() for path in RECIPE)).hexdigest()


def manifest():
    """What the last build left, if these scripts would make the same; else None."""
    try:
        made = json.loads((folder() / "manifest.json").read_text())
        sizes = {name: (folder() / name).stat().st_size for name in made["sizes"]}
    except (OSError, ValueError, KeyError):
        return None
    return made if made["recipe"] == recipe() and made["sizes"] == sizes else None


def unpacked(bzimage):
    """The ELF kernel inside a bzImage: QEMU boots it directly, which saves the slowest part of a boot; else itself."""
    if bzimage[0x202:0x206] != b"HdrS":
        return bzimage
    offset, length = int.from_bytes(bzimage[0x248:0x24C], "little"), int.from_bytes(bzimage[0x24C:0x250], "little")
    start = ((bzimage[0x1F1] or 4) + 1) * 512 + offset
    packed = bzimage[start:start + length - 4]
    try:
        if packed.startswith(b"\xfd7zXZ\0"):
            packed = lzma.decompress(packed)
        elif packed.startswith(b"\x1f\x8b"):
            packed = gzip.decompress(packed)
    except (lzma.LZMAError, OSError, EOFError):
        return bzimage
    return packed if packed.startswith(b"\x7fELF") else bzimage


def module_name(path):
    name, ko, packing = os.path.basename(path).partition(".ko")
    return name.replace("-", "_") if ko and packing in ("", ".xz", ".gz") else None


def module(path, data):
    """A module as it is loaded: unpacked, and without its signature, which takes time to check."""
    if path.endswith(".xz"):
        data = lzma.decompress(data)
    elif path.endswith(".gz"):
        data = gzip.decompress(data)
    magic = b"~Module signature appended~\n"
    if data.endswith(magic):
        end = len(data) - len(magic)
        data = data[:end - 12 - int.from_bytes(data[end - 4:end], "big")]
    return data


def read_kernel(deb):
    """(image, release, [(module, octets)] in the order in which they are to be loaded)"""
    image, release, found, builtin = None, None, {}, set()

    def wanted(path):
        return path.startswith("/boot/vmlinuz-") or path.endswith("/modules.builtin") or (
            path.partition("/kernel/")[2].startswith(MODULE_FOLDERS) and module_name(path))

    for path, _, data in packages.members(deb, wanted):
        if path.startswith("/boot/"):
            image, release = data, path[len("/boot/vmlinuz-"):]
        elif path.endswith("/modules.builtin"):
            builtin = {module_name(line) for line in data.decode().split()}
        else:
            found[module_name(path)] = (path, data)
    if image is None:
        raise Failure(f"no kernel in {deb}")
    order = {}

    def visit(name):
        if name in builtin or name in order:
            return
        if name not in found:
            raise Failure(f"no module {name} in {deb}")
        data = module(*found[name])
        for key, value in Elf(data, name).module_info():
            for other in value.split(",") if key == "depends" and value else ():
                visit(other.replace("-", "_"))
        order[name] = data

    for name in MODULES:
        visit(name)
    return unpacked(image), release, list(order.items())


def read_programs(files):
    """({program: octets}, {library: octets}, {library: the library that it is another name of})"""
    programs, libraries, aliases = {}, {}, {}
    for package, deb in files.items():
        names = PROGRAMS.get(package, [])

        def wanted(path, names=names):
            place, base = os.path.split(path)
            return base in names and re.search(r"/(s?bin|bluetooth)$", place) or (
                re.search(r"\.so(\.[0-9.]+)?$", base) and re.search(r"/lib(64)?(/x86_64-linux-gnu)?$", place))

        for path, info, data in packages.members(deb, wanted):
            base = os.path.basename(path)
            if info.issym():
                aliases[base] = os.path.basename(info.linkname)
            elif info.isreg():
                (programs if base in names else libraries)[base] = data
    missing = [n for names in PROGRAMS.values() for n in names if n not in programs]
    if missing:
        raise Failure(f"not in the packages: {', '.join(missing)}")
    return programs, libraries, aliases


def add_libraries(cpio, programs, libraries, aliases):
    """Whatever the programs need, by the names they ask for: these names."""
    todo = []
    for name, data in programs.items():
        elf = Elf(data, name)
        todo += elf.needed()
        if elf.interpreter():
            base = os.path.basename(elf.interpreter())
            todo.append(base)
            cpio.symlink(elf.interpreter(), f"/lib/x86_64-linux-gnu/{base}")
    done = set()
    while todo:
        name = target = todo.pop()
        while target in aliases and target not in libraries and aliases[target] != target:
            target = aliases[target]
        if target not in libraries:
            raise Failure(f"no library {name} in the packages")
        cpio.file(f"lib/x86_64-linux-gnu/{name}", libraries[target], 0o755)
        done.add(name)
        todo += [n for n in Elf(libraries[target], name).needed() if n not in done]
    return sorted(done)


def initramfs(files, modules, release):
    cpio = Cpio()
    for path in ("dev", "proc", "sys", "run", "tmp", "root", "out", "usr/bin"):
        cpio.directory(path)
    cpio.character_device("dev/console", 5, 1)
    for link, target in (("bin", "usr/bin"), ("sbin", "usr/bin"), ("usr/sbin", "bin"), ("var/run", "/run")):
        cpio.symlink(link, target)
    for path, text in FILES.items():
        cpio.file(path, text.encode())
    cpio.file("init", (HERE / "guest-init").read_bytes(), 0o755)
    for name, data in modules:
        cpio.file(f"lib/modules/{release}/{name}.ko", data)
    cpio.file("lib/modules/order", "".join(f"/lib/modules/{release}/{n}.ko\n" for n, _ in modules).encode())
    programs, libraries, aliases = read_programs(files)
    for name, data in programs.items():
        cpio.file(f"usr/bin/{name}", data, 0o755)
    names = add_libraries(cpio, programs, libraries, aliases)
    return cpio.finish(), names


def replace(path, data):
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    os.replace(part, path)


def version(file):
    return file.name.split("_")[1].replace("%3a", ":")


def build():
    if output_of_architecture() != "amd64":
        raise Failure("the guest is made of packages for amd64, and this machine has others")
    kernel = packages.kernel(KERNEL)
    files = packages.fetch([kernel, *packages.with_libraries(PROGRAMS)], folder() / "debs")
    image, release, modules = read_kernel(files.pop(kernel))
    replace(folder() / "kernel", image)
    archive, libraries = initramfs(files, modules, release)
    replace(folder() / "initramfs", archive)
    sizes = {name: (folder() / name).stat().st_size for name in ("kernel", "initramfs")}
    made = {"recipe": recipe(), "sizes": sizes, "linux": release, "bluez": version(files["bluez"]),
            "libraries": libraries}
    replace(folder() / "manifest.json", json.dumps(made, indent=1).encode())
    return made


def output_of_architecture():
    return packages.output_of("dpkg", "--print-architecture").strip()


def main(arguments):
    made = None if "--update" in arguments else manifest()
    try:
        made = made or build()
    except Failure as failure:
        sys.exit(f"linux: {failure}")
    print(f"linux: Linux {made['linux']}, BlueZ {made['bluez']}, in {folder()}")


if __name__ == "__main__":
    main(sys.argv[1:])
