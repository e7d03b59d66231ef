"""The battery on a bare Cortex-M4 (ports/cortex-m, in QEMU), its UART on glint-air's socket, read by glint monitor.

Run by scripts/check.py when the image is built: it needs build/size-m4 as well as $GLINT_BIN.
"""

import json
from pathlib import Path

import kit

IMAGE = Path("build/size-m4/bin/battery-mps2.elf").resolve()


def qemu(place, socket):
    program = kit.Program(["qemu-system-arm", "-M", "mps2-an386", "-nographic", "-monitor", "none",
                           "-semihosting-config", "enable=on,target=native", "-serial", f"unix:{socket}",
                           "-kernel", str(IMAGE)], place.env)
    place.programs.append(program)
    return program


def air(place):
    socket = place.folder / "air.sock"
    place.start("glint-air", "--socket", str(socket), "--stay", "--verbose").line("serving on")
    return socket


def bare_metal_battery_is_read_and_notifies(place):
    socket = air(place)
    qemu(place, socket)
    monitor = place.run("glint", "monitor", "--name", "Glint", "--count", "3", "--json", GLINT_DRIVER=f"unix:{socket}")
    assert monitor.returncode == 0, monitor.stderr
    events = [json.loads(line) for line in monitor.stdout.splitlines()]
    levels = [event for event in events if event["event"] == "notification"]
    values = [int(event["value"], 16) for event in levels]
    assert len(values) == 3 and values == [values[0], values[0] - 1, values[0] - 2], values


def bare_metal_battery_comes_back(place):
    """After a central was killed the board advertises again by itself."""
    socket = air(place)
    qemu(place, socket)
    first = place.start("glint", "monitor", "--name", "Glint", GLINT_DRIVER=f"unix:{socket}")
    first.line("subscribed")
    first.kill()
    second = place.start("glint", "monitor", "--name", "Glint", "--count", "1", GLINT_DRIVER=f"unix:{socket}")
    second.line("Battery Level ")
    second.line("Battery Level ")


if __name__ == "__main__":
    kit.main(bare_metal_battery_is_read_and_notifies, bare_metal_battery_comes_back)
