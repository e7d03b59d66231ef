"""glint doctor on machines that are folders: what is found, what stands in the way, and the command against it; and boards
that are found there, whose lines are terminals of the simulated air."""

import json
import os

import kit

UNUSED = {"GLINT_DRIVER": ""}


def write(path, text=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")


def adapter(root, index, bus="usb"):
    folder = root / f"sys/class/bluetooth/hci{index}/device"
    folder.mkdir(parents=True)
    (folder / "subsystem").symlink_to(f"../../../../bus/{bus}")
    (root / f"sys/class/bluetooth/hci{index}:256").mkdir()  # a connection is none


def usb_device(root, name, vendor, number, **more):
    folder = root / f"sys/devices/usb1/{name}"
    for key, value in {"idVendor": vendor, "idProduct": number, "busnum": "1", "devnum": "7", **more}.items():
        write(folder / key, value)
    entry = root / "sys/bus/usb/devices" / name
    entry.parent.mkdir(parents=True, exist_ok=True)
    entry.symlink_to(folder)
    return folder


def serial_line(root, tty, vendor, number, target=None, **more):
    folder = usb_device(root, tty.replace("tty", "1-"), vendor, number, **more)
    line = folder / "x:1.0/tty" / tty
    line.mkdir(parents=True)
    (line / "device").symlink_to("../..")
    entry = root / "sys/class/tty" / tty
    entry.parent.mkdir(parents=True, exist_ok=True)
    entry.symlink_to(line)
    (root / "dev").mkdir(exist_ok=True)
    if target:
        (root / "dev" / tty).symlink_to(target)


def rights(root, mask):
    write(root / "proc/self/status", f"Name:\tglint\nCapEff:\t{mask:016x}")


def findings(place, root, **env):
    result = place.run("glint", "doctor", "--json", GLINT_ROOT=str(root), **env)
    assert result.returncode == 0 and not result.stderr, result
    return [json.loads(line) for line in result.stdout.splitlines()]


def one(found, uri):
    return next(f for f in found if f["uri"] == uri)


def adapters_and_what_is_in_their_way(place):
    root = place.folder / "machine"
    adapter(root, 0)
    adapter(root, 1, "serial")
    rights(root, 1 << 12)
    found = findings(place, root)
    assert one(found, "hci:0")["usable"] and "usb" in one(found, "hci:0")["what"], found
    assert "serial" in one(found, "hci:1")["what"] and len([f for f in found if f["event"] == "adapter"]) == 2, found
    page = place.run("glint", "doctor", GLINT_ROOT=str(root)).stdout
    assert "GLINT_DRIVER=hci:0" in page and "glint info --driver hci:0" in page, page
    write(root / "proc/77/comm", "bluetoothd")
    assert one(findings(place, root), "hci:0")["fix"] == "sudo systemctl stop bluetooth"
    rights(root, 0)
    assert "setcap cap_net_admin" in one(findings(place, root), "hci:0")["fix"]
    for name, value in (("type", "bluetooth"), ("name", "hci1"), ("soft", "1"), ("hard", "0")):
        write(root / "sys/class/rfkill/rfkill0" / name, value)
    found = findings(place, root)
    assert one(found, "hci:1")["fix"] == "sudo rfkill unblock bluetooth" and "rfkill" not in one(found, "hci:0")["fix"], found
    write(root / "sys/class/rfkill/rfkill0/hard", "1")
    assert "own switch" in one(findings(place, root), "hci:1")["obstacle"]


def usb_and_serial(place):
    root = place.folder / "machine"
    usb_device(root, "1-4", "0a12", "0001", bDeviceClass="e0", bDeviceProtocol="01", product="CSR8510 A10")
    usb_device(root, "1-5", "046d", "c52b", bDeviceClass="00")  # a mouse
    write(root / "dev/bus/usb/001/007")
    intel = place.folder / "intel"  # nothing else on this one: what usb: refuses is not advised
    usb_device(intel, "1-9", "8087", "0032", bDeviceClass="e0", bDeviceProtocol="01")
    write(intel / "dev/bus/usb/001/007")
    found = one(findings(place, intel), "usb:8087:0032")
    assert not found["usable"] and "wants firmware" in found["obstacle"] and "modprobe" in found["fix"], found
    assert "GLINT_DRIVER=" not in place.run("glint", "doctor", GLINT_ROOT=str(intel)).stdout
    serial_line(root, "ttyACM0", "1366", "1051", "/dev/null", product="J-Link")
    serial_line(root, "ttyUSB0", "1a86", "7523")
    serial_line(root, "ttyUSB1", "dead", "beef", "/dev/null")
    found = findings(place, root)
    assert one(found, "usb:0a12:0001")["what"] == "CSR8510 A10" and len([f for f in found if f["event"] == "usb"]) == 1, found
    board = one(found, "nrf52:")
    assert board["usable"] and "1366:1051 J-Link" in board["what"] and f"{root}/dev/ttyACM0" in board["what"], found
    assert not one(found, "esp32:")["usable"] and "usermod -aG" in one(found, "esp32:")["fix"], found
    assert one(found, f"serial:{root}/dev/ttyUSB1")["usable"], found


def what_is_chosen(place):
    root = place.folder
    assert findings(place, root, GLINT_DRIVER="hci:3")[0]["uri"] == "hci:3"
    assert findings(place, root, **UNUSED)[0] == {
        "event": "chosen", "uri": "virtual:", "usable": True,
        "what": "the simulated air, as no driver is named (GLINT_DRIVER, --driver)"}
    strange = place.folder / "strange"
    serial_line(strange, "ttyACM0", "1366", "1051", product="\x1b[31mred")  # what a device says is not for the terminal
    assert "\x1b[31mred" not in place.run("glint", "doctor", GLINT_ROOT=str(strange)).stdout


def boards_are_found_and_asked(place):
    root = place.folder / "machine"
    air = place.start("glint-air", "--pty", str(place.folder / "tty"), "--tcp", "0", "--stay", "--verbose")
    air.line("tcp:127")
    mute, other = os.openpty()
    serial_line(root, "ttyACM0", "1915", "521f", os.ttyname(other))  # a board with other firmware
    serial_line(root, "ttyACM1", "1366", "1051", place.folder / "tty", serial="000683")
    for uri in ("nrf52:", "nrf52:000683"):
        result = place.run("glint", "info", "--driver", uri, "--json", GLINT_ROOT=str(root))
        assert result.returncode == 0 and "Reset" in json.loads(result.stdout)["commands"], result
    result = place.run("glint", "info", "--driver", "nrf52:1", GLINT_ROOT=str(root))
    assert result.returncode == 1 and "no nRF52 board" in result.stderr, result
    result = place.run("glint", "info", "--driver", "esp32:", GLINT_ROOT=str(root))
    assert result.returncode == 1 and "no ESP32 board" in result.stderr, result
    (root / "sys/class/tty/ttyACM1").unlink()
    result = place.run("glint", "info", "--driver", "nrf52:", GLINT_ROOT=str(root))
    assert result.returncode == 1 and "does not answer as a controller" in result.stderr and "hci_uart" in result.stderr, result
    os.close(mute)
    os.close(other)


if __name__ == "__main__":
    kit.main(adapters_and_what_is_in_their_way, usb_and_serial, what_is_chosen, boards_are_found_and_asked)
