"""glint scan on a terminal and elsewhere: what each option does, on the screen. The devices are written in HCI here."""

import json
from contextlib import contextmanager

import kit
from h4 import ADV_IND, ADV_NONCONN_IND, Host
from screen import Terminal

SET_SCAN_RSP = 0x2009
# AD structures by CSS Part A 1; the beacons are the examples of their publishers' pages (see tests/unit/module).
BATTERY = b"\x02\x01\x06\x03\x03\x0f\x18\x02\x0a\x04\x04\x16\x0f\x18\x39"
WATCH = b"\x02\x01\x06\x03\x19\xc0\x00\x05\xff\x59\x00\xca\xfe"
IBEACON = bytes.fromhex("0201061aff4c000215f7826da64fa24e988024bc5b71e0893e00070008c5")
RSP_NAME = b"\x0b\x09Gl\xc3\xbcht-Bat"


@contextmanager
def crowd(place):
    """Five devices: a battery whose name is in its scan response, a watch, two beacons, one that says nothing."""
    path = place.folder / "air.sock"
    air = place.start("glint-air", "--socket", str(path), "--verbose", "--seed", "5")
    air.line("serving on")
    with Host(path).start() as battery, Host(path).start() as watch, Host(path).start() as ibeacon, \
            Host(path).start() as eddystone, Host(path).start() as mute:
        battery.command(SET_SCAN_RSP, bytes([len(RSP_NAME)]) + RSP_NAME.ljust(31, b"\0"))
        battery.advertise(ADV_IND, data=BATTERY)
        watch.advertise(ADV_NONCONN_IND, 0xA0, WATCH + b"\x06\x09Watch")
        ibeacon.advertise(ADV_NONCONN_IND, 0xA0, IBEACON)
        eddystone.advertise(ADV_NONCONN_IND, 0xA0, eddystone_url())
        mute.advertise(ADV_NONCONN_IND, 0xA0, b"")
        yield f"unix:{path}"


def eddystone_url():
    """Frame 0x10, -18 dBm at 0 m, scheme 2 (http://), text, 0x07 (.com): github.com/google/eddystone, eddystone-url."""
    frame = b"\x10\xee\x02example\x07"
    return b"\x02\x01\x06\x03\x03\xaa\xfe" + bytes([len(frame) + 3]) + b"\x16\xaa\xfe" + frame


def scan(place, uri, *options, code=0):
    result = place.run("glint", "scan", "--driver", uri, "--duration", "1.2", *options)
    assert result.returncode == code, (result.returncode, result.stdout, result.stderr)
    return result.stdout


def lines_say_what_is_advertised(place):
    with crowd(place) as uri:
        said = scan(place, uri)
        lines = said.splitlines()
        assert len(lines) == 5, said
        battery = next(line for line in lines if "Gl\u00fcht-Bat" in line)
        assert "Battery" in battery and "TX power 4 dBm" in battery and "data of Battery: 57 %" in battery, battery
        assert any("Watch" in line and "Nordic Semiconductor ASA: ca fe" in line and "Generic Watch" in line
                   for line in lines), said
        assert "iBeacon f7826da6-4fa2-4e98-8024-bc5b71e0893e, major 7, minor 8, -59 dBm at 1 m" in said
        assert "Eddystone URL http://example.com, -18 dBm at 0 m" in said
        # passive: nobody is asked, so the battery's name stays unknown
        said = scan(place, uri, "--passive")
        assert "Gl\u00fcht" not in said and said.count("(no name)") == 4, said
        assert "Gl\u00fcht-Bat" in scan(place, uri, "--active", "--name", "BAT")


def filters(place):
    with crowd(place) as uri:
        for options in (["--service", "180f"], ["--service", "Batt"], ["--service", "0x180F"], ["--name", "gl"]):
            said = scan(place, uri, *options)
            assert said.count("\n") == 1 and "TX power 4 dBm" in said, (options, said)
        assert scan(place, uri, "--rssi", "-90").count("\n") == 5
        said = scan(place, uri, "--rssi", "10", code=3)
        assert "5 devices were heard, but none that was asked for" in said, said


def orders_and_json(place):
    with crowd(place) as uri:
        names = [line.split("dBm", 1)[1].split()[0] for line in scan(place, uri, "--sort", "name").splitlines()]
        assert names[:2] == ["Gl\u00fcht-Bat", "Watch"] and names[2:] == ["(no"] * 3, names
        addresses = [line[:17] for line in scan(place, uri, "--sort", "address").splitlines()]
        assert len(addresses) == 5 and addresses == sorted(addresses), addresses
        for order in ("rssi", "age", "seen"):
            assert scan(place, uri, "--sort", order).count("\n") == 5
        devices = [json.loads(line) for line in scan(place, uri, "--json").splitlines()]
        kinds = {device.get("beacon"): device for device in devices}
        assert {"ibeacon", "eddystone-url"} <= set(kinds), devices
        watch = next(device for device in devices if device["name"] == "Watch")
        assert watch["company"] == 0x59 and watch["manufacturer_data"] == "cafe" and watch["appearance"] == 0xC0
        battery = next(device for device in devices if "180f" in device["services"])
        assert battery["connectable"] and battery["tx_power"] == 4 and battery["address_type"] == "public", battery
        assert bytes.fromhex(battery["advertising_data"]) == BATTERY
        assert bytes.fromhex(battery["scan_response"]) == RSP_NAME


def the_table_is_kept_up_to_date(place):
    with crowd(place) as uri:
        with Terminal(place, "glint", "scan", "--driver", uri, "--sort", "name", rows=24, columns=110) as t:
            # what is read may end in the middle of a frame
            text = t.until(lambda s: "5 devices" in s and "Gl\u00fcht-Bat" in s and s.count("02:00:5E:") == 5)
            lines = t.lines()
            assert "ADDRESS" in lines[1] and "NAME" in lines[1] and "AGE" in lines[1], text
            assert "Gl\u00fcht-Bat" in lines[2] and "Watch" in lines[3], text
            assert "\u25a0\u25a0\u25a0\u25a0\u25a0" in lines[2] and "Battery; TX power 4 dBm" in lines[2], text
            assert lines[7] == "", text  # drawn over itself: five rows and no more
            assert "\x1b[32m" in t.raw and "\x1b[1m" in t.raw, "colours"
            t.resize(6, 60)  # two rows of devices, and lines that end at column 60
            text = t.until(lambda s: "and 3 more" in s and "ADDRESS" in s)
            assert all(len(line) <= 60 for line in t.lines()), text
            assert t.end() == 0
            assert t.raw.rstrip().endswith("\x1b[?25h"), "the cursor is back"


def no_colour_is_no_colour(place):
    with crowd(place) as uri:
        for options, env in ((["--no-color"], {}), ([], {"NO_COLOR": "1"})):
            with Terminal(place, "glint", "scan", "--driver", uri, *options, **env) as t:
                t.until(lambda s: "5 devices" in s)
                t.end()
                assert "\x1b[A" not in t.raw and "m" not in {c[-1] for c in controls(t.raw)}, t.raw
        with Terminal(place, "glint", "scan", "--driver", uri, "--duration", "0.5", TERM="dumb") as t:
            assert t.end(key="") == 0
            assert "\x1b[A" not in t.raw and "Eddystone" in t.text(), "lines on a terminal that can do no more"


def controls(raw):
    return [part[: next(i for i, c in enumerate(part) if c.isalpha()) + 1] for part in raw.split("\x1b[")[1:]]


def duration_ends_the_table(place):
    with crowd(place) as uri, Terminal(place, "glint", "scan", "--driver", uri, "--duration", "0.8") as t:
        assert t.end(key="") == 0
        assert "5 devices" in t.text() and "ADDRESS" in t.text(), t.text()


def refusals(place):
    for options, words in ((["--sort", "size"], ("--sort size", "name address rssi age")),
                           (["--rssi", "loud"], ("--rssi loud", "from -127 to 20")),
                           (["--rssi", "-200"], ("--rssi -200", "from -127 to 20")),
                           (["--service", "no such"], ("--service no such", "180f", "Battery")),
                           (["--active", "--passive"], ("leave one out",)),
                           (["--durations", "3"], ("--durations", "--duration perhaps")),
                           (["--passiv"], ("--passiv", "--passive perhaps"))):
        result = place.run("glint", "scan", *options)
        assert result.returncode == 2 and result.stderr.count("\n") == 1, (options, result)
        assert all(word in result.stderr for word in words), (options, result.stderr)


if __name__ == "__main__":
    kit.main(lines_say_what_is_advertised, filters, orders_and_json, the_table_is_kept_up_to_date, no_colour_is_no_colour,
             duration_ends_the_table, refusals)
