"""glint monitor and glint scan beside a battery in another process, and what happens when one of the two is killed."""

import json

import kit

AIR = {"GLINT_DRIVER": "virtual:"}


def scan_lists_the_battery(place):
    place.battery(**AIR)
    result = place.run("glint", "scan", "--duration", "3", "--json", **AIR)
    assert result.returncode == 0, result.stderr
    devices = [json.loads(line) for line in result.stdout.splitlines()]
    glint = [device for device in devices if device["name"] == "Glint"]
    assert len(glint) == 1, devices
    assert glint[0]["connectable"] and "180f" in glint[0]["services"], glint


def scan_of_an_empty_air(place):
    result = place.run("glint", "scan", "--duration", "0.5", **AIR)
    assert result.returncode == 3 and "no device" in result.stdout, result


def json_has_all(place):
    place.battery(**AIR)
    result = place.run("glint", "monitor", "--name", "Glint", "--count", "2", "--json", **AIR)
    assert result.returncode == 0, result.stderr
    events = [json.loads(line) for line in result.stdout.splitlines()]
    kinds = [event["event"] for event in events]
    for kind in ("searching", "found", "connected", "mtu", "service", "characteristic", "subscribed", "notification"):
        assert kind in kinds, kinds
    levels = [event for event in events if event["event"] == "characteristic" and event["uuid"] == "2a19"]
    assert levels and 0 <= int(levels[0]["value"], 16) <= 100, levels


def killed_peripheral_is_a_time_out(place):
    battery = place.battery(**AIR)
    monitor = place.start("glint", "monitor", "--name", "Glint", **AIR)
    monitor.line("Battery Level ")
    monitor.line("subscribed")
    battery.kill()
    monitor.line("supervision time-out (0x08)")
    monitor.line("searching for Glint")
    place.battery(**AIR)
    monitor.line("connected to")
    monitor.line("subscribed")
    monitor.line("Battery Level ")


def killed_monitor_is_a_time_out(place):
    """From the other side: the battery says why the link is gone, and is there for the next who looks for it."""
    battery = place.battery(**AIR)
    first = place.start("glint", "monitor", "--name", "Glint", **AIR)
    first.line("subscribed")
    first.kill()
    battery.line("disconnected: Connection Timeout (0x08)")
    second = place.start("glint", "monitor", "--name", "Glint", "--count", "1", **AIR)
    second.line("subscribed")
    second.line("Battery Level ")
    assert second.process.wait(kit.DEADLINE_S) == 0
    battery.line("disconnected: Remote User Terminated Connection (0x13)")
    assert battery.process.poll() is None


def the_stand_in_does_the_same(place):
    """What `glint demo` runs where the examples have not been built."""
    place.start("glint", "demo-battery", **AIR)
    result = place.run("glint", "monitor", "--name", "Glint", "--count", "1", **AIR)
    assert result.returncode == 0 and "Battery Level (0x2A19)" in result.stdout, result


if __name__ == "__main__":
    kit.main(scan_lists_the_battery, scan_of_an_empty_air, json_has_all, killed_peripheral_is_a_time_out,
             killed_monitor_is_a_time_out, the_stand_in_does_the_same)
