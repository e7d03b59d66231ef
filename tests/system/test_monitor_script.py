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
                           "read 2904\nread 2a01\nread 3\nread #5 as u16\nread 28\n# nothing\n\n"
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
    assert [e["event"] for e in events if e["event"] not in ("service", "characteristic", "descriptor", "help")] == [
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
        "read 7d0cb": "can be 24 (label)",
        "read label as u16": "u16 has 2 octets, the value has 20",
        "read label as u17": "no type u17; there are bool u8",
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
             what_goes_wrong, wrong_before_the_start, typed_into_a_terminal_that_cannot_edit)
