"""glint monitor as a script: commands by -c and on standard input, their lines, their JSON, and how it ends.

The device is peer/values.c, or the battery. Values in hex are IEEE 754, IEEE 11073-20601 (36.4 is its example) and the
GATT Specification Supplement's Date Time.
"""

import json
import subprocess

import kit
from screen import Terminal

AIR = {"GLINT_DRIVER": "virtual:"}
KINDS = ("monitor", "--name", "Kinds", "--interval", "7.5")


def script(place, text, *options, timeout=kit.DEADLINE_S):
    return subprocess.run([str(kit.BIN / "glint"), *KINDS, *options], env={**place.env, **AIR}, text=True, input=text,
                          capture_output=True, timeout=timeout)


def lines_of(place, text):
    """What a script that goes well says."""
    result = script(place, text)
    assert result.returncode == 0, result
    return result.stdout.splitlines()


def values_by_what_is_known(place):
    place.start("peer-values", **AIR)
    said = lines_of(place, 'params 7.5-15 1 3000\nread current-time\nread MANU\nread 2a1c\nread Target_Temperature\nread "target t"\n'
                           "read 2904\nread 2a01\nread 3\nread #5 as u16\nread 34\n# nothing\n\n"
                           "write target number -3.25\nread target as hex\nread target\n")
    assert said == [
        "parameters: interval 15 ms, latency 1, supervision time-out 3 s",
        "Current Time 2024-05-31 23:59:01 Friday", 'Manufacturer Name String "Glint"',
        "Temperature Measurement 36.4 °C", "Target Temperature 21.50 °C", "Target Temperature 21.50 °C",
        "Characteristic Presentation Format s16, x 10^-2, °C", "Appearance Generic Thermometer",
        'Device Name "Kinds"', "Appearance 769", "Client Characteristic Configuration off",
        "Target Temperature: 2 octets written", "Target Temperature bb fe", "Target Temperature -3.25 °C"], said


def values_by_type(place):
    rows = [  # as written, octets, as read
        ("sfloat 36.4", "6c f1", "36.4"), ("float 36.4", "6c 01 00 ff", "36.4"), ("f32 1.5", "00 00 c0 3f", "1.5"),
        ("f64 -2", "00 00 00 00 00 00 00 c0", "-2"), ("u8 255", "ff", "255"), ("u16 0x0201", "01 02", "513"),
        ("u24 66051", "03 02 01", "66051"), ("u32 1", "01 00 00 00", "1"), ("u48 1", "01 00 00 00 00 00", "1"),
        ("u64 18446744073709551615", "ff ff ff ff ff ff ff ff", "18446744073709551615"), ("s8 -128", "80", "-128"),
        ("s16 -2", "fe ff", "-2"), ("s24 -2", "fe ff ff", "-2"), ("s32 -2", "fe ff ff ff", "-2"),
        ("s48 -2", "fe ff ff ff ff ff", "-2"), ("s64 -2", "fe ff ff ff ff ff ff ff", "-2"), ("bool on", "01", "true"),
        ("date 2024-05-31T23:59:01", "e8 07 05 1f 17 3b 01", "2024-05-31 23:59:01"), ("text hey", "68 65 79", '"hey"'),
        ("hex 0xCAFE 07", "ca fe 07", "ca fe 07")]
    place.start("peer-values", **AIR)
    text = "".join(f"write label {row[0]}\nread label as hex\nread label as {row[0].split()[0]}\n" for row in rows)
    said = lines_of(place, text + 'write label "a \\"b\\"\\n"\nread label as hex\nwrite label u16 1 2\nread label\n')
    assert said[-4:] == ["Label: 6 octets written", "Label 61 20 22 62 22 0a", "Label: 4 octets written",
                         "Label 01 00 02 00"], said
    for i, (written, octets, read) in enumerate(rows):
        assert said[3 * i + 1:3 * i + 3] == ["Label " + octets, "Label " + read], (written, said[3 * i:3 * i + 3])


def subscriptions(place):
    place.start("peer-values", **AIR)
    said = lines_of(place, "subscribe target notifications\nsubscribe kick indications\nwrite-without-response kick 03\n"
                           "wait 4\nunsubscribe target\nwrite-without-response kick 02\nwait 1\nunsubscribe\n")
    assert said == [
        "subscribed to Target Temperature: notifications", "subscribed to Kick: indications",
        "Kick: 1 octet written, no answer comes", "Target Temperature 21.50 °C", "Target Temperature 22.50 °C",
        "Target Temperature 23.50 °C", "Kick 03", "unsubscribed from Target Temperature",
        "Kick: 1 octet written, no answer comes", "Kick 02", "unsubscribed from Kick"], said


def one_request_for_several(place):
    """Where sizes are known the values of one PDU are told apart; else they are not guessed at."""
    place.start("peer-values", **AIR)
    said = lines_of(place, "write label 0a0b\nread-multiple target battery label\nread-multiple label target\n"
                           "read-multiple-variable label target 3\n")
    assert said == [
        "Label: 2 octets written", "Target Temperature 21.50 °C", "Battery Level 57 %", "Label 0a 0b",
        "0a 0b 66 08", "    (one behind the other; `read-multiple-variable` tells them apart)",
        "Label 0a 0b", "Target Temperature 21.50 °C", 'Device Name "Kinds"'], said
    result = script(place, "read-multiple label target\nread-multiple-variable 2a19 target\n", "--json")
    values = [json.loads(line) for line in result.stdout.splitlines()][-3:]
    assert [(v["event"], v["value"]) for v in values] == [("values", "0a0b6608"), ("value", "39"), ("value", "6608")], values


def by_type_of_attribute(place):
    """Characteristic declarations, by Vol 3 Part G 3.3.1: properties, value handle, UUID; any range, any type."""
    place.start("peer-values", **AIR)
    said = lines_of(place, "read-uuid 2a19\nread-uuid battery 1-0xffff as u8\nread-uuid 0x2803 20-26 as hex\n"
                           "read-uuid 2801\nread-uuid 7d0cb002-4f1b-4c58-9a2e-1b6f0e83a5d4\nread-uuid 2a00 as text\n")
    assert said == [
        " 26  Battery Level 57 %", " 26  Battery Level 57", " 21  Characteristic 22 16 00 1c 2a",
        " 25  Characteristic 02 1a 00 19 2a",
        " 24  Secondary Service d4 a5 83 0e 6f 1b 2e 9a 58 4c 1b 4f 00 b1 0c 7d",
        " 33  Target Temperature 21.50 °C", '  3  Device Name "Kinds"'], said


def what_is_longer_than_a_packet(place):
    """Read by type and in one of several: what is cut says so, and what had no room is missed."""
    place.start("peer-values", **AIR)
    result = script(place, f"write notes {'41' * 400}\nread-uuid 7d0cb004-4f1b-4c58-9a2e-1b6f0e83a5d4\n"
                           "read-multiple-variable notes label target\n")
    lines = result.stdout.splitlines()
    assert lines[1].startswith(' 42  Notes "AAAA') and lines[2] == "    (there may be more of it: `read 42`)", lines
    assert lines[3].startswith('Notes "AAAA') and lines[4] == lines[2] and len(lines) == 5, lines
    assert result.returncode == 1 and "1 of 3 values had room in the packet; ask for fewer" in result.stderr, result


def all_or_nothing(place):
    place.start("peer-values", **AIR)
    said = lines_of(place, 'write-reliable left 01 02 , right "hey"\nread left\nread right\nwrite-reliable right u16 1 2\n'
                           "read right as hex\n")
    assert said == ["Left: 2 octets written, reliably", "Right: 3 octets written, reliably", "Left 01 02", 'Right "hey"',
                    "Right: 4 octets written, reliably", "Right 01 00 02 00"], said
    result = script(place, "write-reliable left 09 , right 00 11 22 33 44 55 66 77 88\nread left\n"
                           "write-reliable left 03 , right\nwrite-reliable left 03 ,\nwrite-reliable nobody 1\n"
                           "write-reliable left 0a , right 0b\n", "--json")
    events = [json.loads(line) for line in result.stdout.splitlines()][4:]
    assert [e["event"] for e in events] == ["failed", "value"] + ["failed"] * 3 + ["written"] * 2, events
    assert "Invalid Attribute Value Length" in events[0]["text"] and events[1]["value"] == "0102", "nothing of it was written"
    assert "with blanks around a comma" in events[2]["text"] and "no characteristic nobody" in events[4]["text"], events
    assert events[5]["reliable"] == "yes" and events[5]["value"] == "0a", events


def the_whole_database(place):
    """Secondary services, inclusions and extended properties have their place in the tree."""
    place.start("peer-values", **AIR)
    tree = script(place, "tree\n").stdout
    for line in ("7d0cb100-4f1b-4c58-9a2e-1b6f0e83a5d4  secondary, handles 24 to 26\n  Battery Level (0x2A19)",
                 "7d0cb000-4f1b-4c58-9a2e-1b6f0e83a5d4  handles 27 to 57\n"
                 "  includes 7d0cb100-4f1b-4c58-9a2e-1b6f0e83a5d4  handles 24 to 26\n",
                 "  48  read write reliable-write  "):
        assert line in tree, (line, tree)
    events = [json.loads(line) for line in script(place, "tree\n", "--json").stdout.splitlines()]
    kinds = [(e["start"], e["kind"]) for e in events if e["event"] == "service"]
    assert kinds == sorted(kinds) and [start for start, kind in kinds if kind == "secondary"] == [24], kinds
    assert [(e["handle"], e["start"], e["end"]) for e in events if e["event"] == "included"] == [(28, 24, 26)], events


def long_values(place):
    place.start("peer-values", **AIR)
    octets = " ".join(f"{i % 256:02x}" for i in range(400))
    result = script(place, f"write notes {octets}\nread notes\n", "--json")
    assert result.returncode == 0, result
    values = [event for event in map(json.loads, result.stdout.splitlines()) if event["event"] == "value"]
    assert values[0]["value"] == octets.replace(" ", ""), values


def all_in_json(place):
    place.start("peer-values", **AIR)
    result = script(place, "params 15 1 3000\ntree\nread label as u8\nwrite label 05\nread label as u8\ninfo\nhelp\nsubscribe target\n"
                    "write-without-response kick 01\nwait 1\nunsubscribe target\nread nobody\ndisconnect\nread label\n"
                    "connect Kinds\nread label as u8\nquit\nread label\n", "--json")
    assert result.returncode == 1, result
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [e["event"] for e in events if e["event"] not in ("service", "included", "characteristic", "descriptor", "help")] == [
        "searching", "found", "connected", "mtu", "params", "failed", "written", "value", "info", "subscribed",
        "written", "notification", "unsubscribed", "failed", "disconnected", "failed", "searching", "found", "connected",
        "mtu", "value"], events
    of = {event["event"]: event for event in events}
    assert of["value"]["text"] == "5" and of["value"]["name"] == "Label" and of["value"]["value"] == "05", of
    assert of["info"]["mtu"] == 247 and of["info"]["interval_us"] == 15000, of
    assert of["notification"]["text"] == "21.50 °C" and of["notification"]["value"] == "6608", of
    assert of["disconnected"]["reason"] == 0x16 and "from this side" in of["disconnected"]["why"], of
    named = {event["name"]: event for event in events if event["event"] == "characteristic"}
    kinds = [event for event in events if event.get("description") == "Target Temperature"]
    assert named["Current Time"]["text"].startswith("2024-05-31") and kinds[0]["format"] == "s16, x 10^-2, °C", events


def what_goes_wrong(place):
    place.start("peer-values", **AIR)
    wrong = {
        "read nobody": "the device has no characteristic nobody",
        "read 7d0cb": "can be 30 (label)",
        "read label as u16": "u16 has 2 octets, the value has 20",
        "read label as u17": "no type u17; there are bool u2 u4 u8",
        "write mode 07": "Application Error (ATT error 0x80); the service's own documentation says why",
        "read-uuid 2a1c 1-10": "Attribute Not Found (ATT error 0x0A); it has nothing of this type",
        "read-uuid 2a1c 10-1": "10-1: handles are two numbers from 1 to 65535, the lower first (16-32)",
        "read-uuid 2a1c as": "it is `read-uuid UUID [FIRST-LAST] [as TYPE]`",
        "read-uuid thing": "no characteristic thing",
        "read-multiple label": "it is `read-multiple CHAR CHAR...`",
        "read-multiple secret label": "the device refuses: Read Not Permitted",
        "read secret": "the device refuses: Read Not Permitted (ATT error 0x02)",
        "read 99": "the device refuses: Invalid Handle (ATT error 0x01)",
        "write label": "it is `write CHAR VALUE`",
        "write label 4": "4 is not octets in hex",
        "write label u8 256": "256 is out of range: u8 has 8 bits",
        "write label u8 1.5": "1.5 cannot be told in steps of 10^0",
        "write label number 5": "the device does not say what numbers look like",
        "write target number 1.234": "1.234 cannot be told in steps of 10^-2",
        "write label bool 2": "2 is neither true nor false",
        "write label date today": "today is not a date and time",
        "write label sfloat 12345": "12345 is out of range of sfloat",
        'write label "a text of more than twenty octets"': "Invalid Attribute Value Length",
        'write label "open': "a quotation mark is missing",
        "write-without-response label 00": "does not permit it",
        "subscribe label": "Label neither notifies nor indicates",
        "wait 1": "nothing is subscribed to",
        "params 3": "interval",
        "params soon": "milliseconds are wanted",
        "connect Kinds": "there is a connection",
        "raed label": "no such command, `read` perhaps",
    }
    result = script(place, "".join(f"{line}\n" for line in wrong))
    said = [line for line in result.stderr.splitlines() if line.startswith("glint monitor: ")]
    assert result.returncode == 1 and len(said) == len(wrong), result.stderr
    for (line, why), sentence in zip(wrong.items(), said):
        assert sentence.startswith(f"glint monitor: {line[:70]}") and why in sentence, (line, why, sentence)


def by_option(place):
    place.battery(**AIR)
    result = place.run("glint", "monitor", "--interval", "10", "--service", "Battery", "-c", "read batt", "--command=read 2a00", **AIR)
    assert result.returncode == 0 and result.stdout.splitlines()[1] == 'Device Name "Glint"', result
    assert result.stdout.startswith("Battery Level ") and "interval 10 ms" in result.stderr, result
    address = result.stderr.split("connected to ")[1].split(": ")[0]
    result = place.run("glint", "monitor", "--interval", "7.5", "--address", address, "-c", "subscribe", "--count", "2", **AIR)
    assert result.returncode == 0 and result.stdout.count("Battery Level ") == 2, result
    result = place.run("glint", "monitor", "--interval", "7.5", "--name", "Glint", "-c", "wait 1", **AIR)
    assert result.returncode == 1 and "nothing is subscribed to" in result.stderr, result


def wrong_before_the_start(place):
    for options, why in ((("-c", "raed x"), "`read` perhaps"), (("-c", "read"), "it is `read"),
                         (("--service", "Nobody"), "Nobody"), (("--interval", "5"), "from 7.5 to 4000"), (("--address", "12"), "six octets")):
        result = place.run("glint", "monitor", *options, **AIR)
        assert result.returncode == 2 and why in result.stderr, result


def time_is_up(place):
    place.battery(**AIR)
    result = place.run("glint", "monitor", "--service", "180d", "-c", "tree", "--duration", "0.5", **AIR)
    assert result.returncode == 3 and "nothing found" in result.stderr, result
    result = place.run("glint", "monitor", "--name", "Glint", "-c", "subscribe", "-c", "wait 1000",
                       "--interval", "7.5", "--duration", "1", **AIR)
    assert result.returncode == 1 and "before all commands were done" in result.stderr, result
    result = place.run("glint", "monitor", "--name", "Glint", "-c", "subscribe", "--interval", "7.5",
                       "--duration", "2.5", **AIR)
    assert result.returncode == 0 and "Battery Level " in result.stdout, result


def lost(place):
    peer = place.battery(**AIR)
    monitor = place.start("glint", "monitor", "--name", "Glint", "--interval", "7.5", "-c", "params 7.5 0 100", "-c", "subscribe",
                          "-c", "wait 1000", **AIR)
    monitor.line("Battery Level ")
    peer.kill()
    monitor.line("supervision time-out (0x08): nothing heard for 0.1 s; last RSSI -")
    monitor.line("the connection is gone")
    assert monitor.process.wait(kit.DEADLINE_S) == 4


def typed_into_a_terminal_that_cannot_edit(place):
    place.battery(**AIR)
    with Terminal(place, "glint", "monitor", "--name", "Glint", TERM="dumb", **AIR) as terminal:
        terminal.until(lambda s: "subscribed to" in s)
        terminal.child.send("unsubscribe battery\n")
        terminal.until(lambda s: "unsubscribed from Battery Level" in s)
        terminal.child.send("quit\n")
        assert terminal.end(key="") == 0


if __name__ == "__main__":
    kit.main(time_is_up, by_option, lost, values_by_type, values_by_what_is_known, subscriptions, long_values, all_in_json,
             one_request_for_several, by_type_of_attribute, what_is_longer_than_a_packet, all_or_nothing, the_whole_database,
             what_goes_wrong, wrong_before_the_start, typed_into_a_terminal_that_cannot_edit)
