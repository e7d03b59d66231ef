"""Boots the Linux of image.py in QEMU, its hci0 an emulated 16550 UART on a socket that speaks H4: that of glint-air.

What the guest is told and tells goes through ports of virtio-serial (guest-init). The system bus of the guest is a
socket here, for bluez.py. The virtual machine ends with this process, and leaves nothing but what it is asked for.
"""

import asyncio
import contextlib
import io
import os
import pathlib
import socket
import tarfile
import tempfile

import image
from cpio import Cpio

BOOT_S, END_S, DO_S = 120, 60, 60  # on two busy cores without KVM; usually 10 and 1
KERNEL = ("console=ttyS0 quiet panic=-1 oops=panic mitigations=off nokaslr no_timer_check tsc=reliable lpj=4000000"
          " cryptomgr.notests audit=0 apparmor=0 8250.nr_uarts=4 rcupdate.rcu_expedited=1")
QEMU = "qemu-system-x86_64"
ADDRESS = bytes.fromhex("0155494c0002")  # 02:00:4C:49:55:01
WRITE_ADDRESS = b"\x01\x06\xfc\x06" + ADDRESS  # H4 command, vendor's Write BD_ADDR


class NoMachine(Exception):
    """Linux did not come up, or did not end as it should."""


def overlay(state, files):
    """What differs from boot to boot: a second initramfs. state: BlueZ's files, {path: octets}; files: others"""
    cpio = Cpio()
    cpio.file("run.conf", b"TTY=/dev/ttyS1\n")
    for path, data in files.items():
        cpio.file(path, data)
    for path, data in state.items():
        cpio.file(f"var/lib/bluetooth/{path}", data, 0o600)
    return cpio.finish()


async def controller(path):
    """A controller of the air that has Linux's address, whichever of its hosts it is: bonds hold from boot to boot."""
    link = socket.socket(socket.AF_UNIX)
    link.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(link, path)
    await loop.sock_sendall(link, WRITE_ADDRESS)
    answer = b""
    while len(answer) < 7:
        answer += await loop.sock_recv(link, 7 - len(answer))
    if answer[-3:] != b"\x06\xfc\0":
        raise NoMachine(f"the controller takes no address: {answer.hex()}")
    link.setblocking(True)
    return link


def initrd(*more):
    """A file in memory; QEMU reads it by its number."""
    fd = os.memfd_create("initramfs")
    with open(fd, "wb", closefd=False) as whole:
        whole.write((image.folder() / "initramfs").read_bytes())
        for part in more:
            whole.write(part)
    return fd


class Machine:
    """One running guest. bus: address of its system bus; files: what it left in /out, once it has ended."""

    def __init__(self, folder):
        self.folder = folder
        self.bus = f"unix:path={folder}/bus"
        self.files = {}
        self.process = None
        self.ends = {}

    def _command(self, hci, kernel_fd):
        ports = {"hci": hci}
        for name in ("words", "archive"):
            self.ends[name], ports[name] = socket.socketpair()
        passed = [kernel_fd, *(p.fileno() for p in ports.values())]
        command = [
            "setpriv", "--pdeathsig", "KILL", QEMU, "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
            "-machine", "pc,accel=tcg", "-cpu", "max", "-smp", "1", "-m", "256",
            "-kernel", str(image.folder() / "kernel"), "-initrd", f"/proc/self/fd/{kernel_fd}", "-append", KERNEL,
            "-serial", f"file:{self.folder}/console.log",
            "-chardev", f"socket,id=hci0,fd={hci.fileno()}", "-device", "isa-serial,index=1,irq=3,chardev=hci0",
            "-device", "virtio-serial-pci,ioeventfd=off",
            "-chardev", f"socket,id=words,fd={ports['words'].fileno()}",
            "-chardev", f"socket,id=bus,path={self.folder}/bus,server=on,wait=off",
            "-chardev", f"socket,id=archive,fd={ports['archive'].fileno()}"]
        for number, name in enumerate(("words", "bus", "archive"), 1):
            command += ["-device", f"virtserialport,nr={number},chardev={name}"]
        return command, passed, ports

    async def start(self, air, *more):
        fd = initrd(*more)
        command, passed, ports = self._command(await controller(air), fd)
        self.process = await asyncio.create_subprocess_exec(
            *command, pass_fds=passed, stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE)
        os.close(fd)
        for port in ports.values():
            port.close()
        self.words_in, self.words_out = await asyncio.open_connection(sock=self.ends["words"])
        archive, self.archive_out = await asyncio.open_connection(sock=self.ends["archive"])
        self.archive = asyncio.ensure_future(archive.read())
        await self.expect("bus", BOOT_S)

    async def expect(self, word, within_s):
        try:
            line = await asyncio.wait_for(self.words_in.readline(), within_s)
        except asyncio.TimeoutError:
            line = b""
        if line.decode().strip() != word:
            raise NoMachine(f"no '{word}' within {within_s} s; the console's end: {self.console()[-400:]}")

    async def do(self, command, within_s=DO_S):
        """Runs a command of the guest's shell; its status, and what it said."""
        self.words_out.write(f"do {command}\n".encode())
        said = []
        while True:
            line = (await asyncio.wait_for(self.words_in.readline(), within_s)).decode()
            word, _, rest = line.rstrip("\n").partition(" ")
            if word == "done":
                return int(rest), "\n".join(said).strip()
            if word != "|":
                raise NoMachine(f"not an answer to '{command}': '{line}'; the console's end: {self.console()[-400:]}")
            said.append(rest)

    def console(self):
        path = pathlib.Path(self.folder, "console.log")
        return path.read_text(errors="replace").strip() if path.exists() else ""

    async def end(self):
        """Lets BlueZ write what it knows, takes all that the guest left, and switches it off."""
        self.words_out.write(b"end\n")
        await self.expect("gone", END_S)
        await asyncio.wait_for(self.process.wait(), END_S)
        with tarfile.open(fileobj=io.BytesIO(await asyncio.wait_for(self.archive, END_S))) as archive:
            self.files = {os.path.normpath(m.name): archive.extractfile(m).read() for m in archive if m.isreg()}

    def state(self):
        """BlueZ's own files, for the next boot."""
        return {n.partition("/")[2]: data for n, data in self.files.items() if n.startswith("state/")}

    async def meanwhile(self, work):
        """Does it, as long as the guest lives."""
        task, over = asyncio.ensure_future(work), asyncio.ensure_future(self.process.wait())
        try:
            await asyncio.wait({task, over}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise NoMachine(f"Linux has ended; the console's end: {self.console()[-400:]}")
            return task.result()
        finally:
            over.cancel()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()


@contextlib.asynccontextmanager
async def machine(air, state=None, files=None, programs=b""):
    """A guest whose bus may be spoken to; at the end what it left is in .files. programs: of programs.archive()"""
    with tempfile.TemporaryDirectory() as folder:
        guest = Machine(folder)
        try:
            await guest.start(air, overlay(state or {}, files or {}), programs)
            try:
                yield guest
            except BaseException:
                with contextlib.suppress(Exception):  # the first one tells more; but logs are wanted
                    await guest.end()
                raise
            await guest.end()
        finally:
            guest.files["console.log"] = guest.console().encode()
            guest.kill()
            await guest.process.wait()
