"""virtual:NAME, the air that starts by itself: found by name and version, shared, left behind by nobody, and outlived."""

import json
import os
import select
import subprocess

import kit


def glints(place, *args, **env):
    """Addresses of the devices called Glint."""
    result = place.run("glint", "scan", "--json", *args, **env)
    assert result.returncode in (0, 3), result
    devices = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    return sorted(device["address"] for device in devices if device["name"] == "Glint")


def the_name_has_a_version(place):
    battery = place.battery(GLINT_DRIVER="virtual:lab2")
    assert glints(place, "--driver", "virtual:lab2", "--duration", "2")
    names = {path.name for path in (place.folder / "run/glint").iterdir()}
    assert "air-1-lab2.sock" in names, names
    assert not glints(place, "--driver", "virtual:lab1", "--duration", "0.5"), "one air hears the other"
    airs = place.airs("-lab2.sock")
    assert len(airs) == 1, airs
    battery.end()
    kit.await_end({*airs, *place.airs()}, "the simulated air", 5)
    left = [path.name for path in (place.folder / "run/glint").iterdir() if path.stat().st_size == 0]
    assert not left, f"left behind: {left}"


def many_that_start_at_once_share_one(place):
    scans = [place.start("glint", "scan", "--duration", "3", "--driver", "virtual:crowd") for _ in range(4)]
    place.battery(GLINT_DRIVER="virtual:crowd")
    for scan in scans:
        scan.line("Glint")
    assert len(place.airs()) == 1, place.airs()
    for scan in scans:
        assert scan.process.wait(kit.DEADLINE_S) == 0


def an_address_survives_a_restart(place):
    """It is made from the stored identity, of which a second program of the same name has one of its own."""
    air = {"GLINT_DRIVER": "virtual:"}
    first = place.battery(**air)
    before = glints(place, "--duration", "2", **air)
    second = place.battery(**air)
    both = glints(place, "--duration", "3", **air)
    assert len(before) == 1 and len(both) == 2 and before[0] in both, (before, both)
    first.end()
    second.end()
    place.battery(**air)
    assert glints(place, "--duration", "2", **air) == before


def a_killed_air_is_started_again(place):
    """Both programs lose their controller, say so where they speak, and find each other on the next air."""
    battery = place.battery(GLINT_DRIVER="virtual:")
    monitor = place.start("glint", "monitor", "--name", "Glint", "--driver", "virtual:")
    monitor.line("Battery Level ")
    monitor.line("subscribed")
    airs = place.airs()
    assert len(airs) == 1, airs
    kit.kill(airs[0])
    monitor.line("the controller has gone away")
    monitor.line("connected to")
    monitor.line("subscribed")
    monitor.line("Battery Level ")
    assert battery.process.poll() is None
    assert len(place.airs()) == 1 and place.airs() != airs


def an_air_keeps_nothing_of_who_started_it(place):
    """A pipe of the first program's ends with that program, although the air that it started lives on."""
    ours, theirs = os.pipe()
    env = {**place.env, "GLINT_DRIVER": "virtual:", "GLINT_STORE": "battery"}
    battery = subprocess.Popen([kit.BIN / "battery-counted"], env=env, pass_fds=[theirs], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(theirs)
    try:
        monitor = place.start("glint", "monitor", "--name", "Glint", "--driver", "virtual:")
        monitor.line("subscribed")
    finally:
        battery.kill()
        battery.wait(kit.DEADLINE_S)
    assert place.airs()
    assert select.select([ours], [], [], 5)[0] and not os.read(ours, 1), "the air holds the pipe"
    os.close(ours)


if __name__ == "__main__":
    kit.main(the_name_has_a_version, many_that_start_at_once_share_one, an_address_survives_a_restart,
             a_killed_air_is_started_again, an_air_keeps_nothing_of_who_started_it)
