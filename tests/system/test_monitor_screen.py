"""glint monitor on a terminal: every command, completion, history, and values that come while a line is edited."""

import re
from contextlib import contextmanager

import kit
from screen import Terminal

AIR = {"GLINT_DRIVER": "virtual:"}
UP, CTRL_D, CTRL_U = "\x1b[A", "\x04", "\x15"
BLOCKS = "▁▂▃▄▅▆▇█"


@contextmanager
def at_prompt(place, *options, name="Kinds", **env):
    """A monitor that knows its device."""
    with Terminal(place, "glint", "monitor", "--name", name, "--interval", "7.5", *options, rows=60, columns=110, **AIR, **env) as terminal:
        terminal.until(lambda screen: re.search("subscribed to|nothing to subscribe", screen) and at_end(screen))
        yield terminal


def at_end(screen, line="glint>"):
    """The prompt is the last line, below all that was said."""
    said = screen.rstrip("\n").split("\n")
    return said[-1] == line


def do(terminal, line, *wanted, last="glint>"):
    """The screen on which a command's answer stands, once the prompt is below it."""
    terminal.child.send(CTRL_U + line + "\r")
    return terminal.until(lambda screen: all(text in screen.split("glint> " + line)[-1] for text in wanted)
                          and "glint> " + line in screen and at_end(screen, last))


def commands(place):
    place.start("peer-values", **AIR)
    with at_prompt(place) as t:
        do(t, "params 10 0 3000", "parameters: interval 10 ms, latency 0, supervision time-out 3 s")
        do(t, "info", "ATT_MTU     247 octets", "interval 10 ms", "PHY         2M to the device, 2M back\nRSSI        -40 dBm\n", "this side")
        do(t, "read target", "Target Temperature 21.50 °C")
        do(t, "read label as u8", "read label as u8: u8 has 1 octet, the value has 20")
        do(t, 'write label "Bench 3"', "Label: 7 octets written")
        do(t, "read label", 'Label "Bench 3"')
        do(t, "unsubscribe target", "unsubscribed from Target Temperature")
        do(t, "subscribe target", "subscribed to Target Temperature: notifications")
        do(t, "write-without-response kick 02", "no answer comes", "Target Temperature 22.50 °C  ▁█")
        do(t, "tree", "Health Thermometer (0x1809)", '"Bench 3"', "  21.50 °C", "(Target Temperature)", "... (400 octets)")
        do(t, "disconnect", "disconnected: ended from this side (0x16)")
        do(t, "read label", "not connected; `connect` searches")
        do(t, "connect Kinds", "connected to", "subscribed to")
        do(t, "rae", "no such command")
        do(t, "help", "write-without-response CHAR VALUE", "or `number 21.5`")
        t.child.send("quit\r")
        assert t.end(key="") == 0


def completion(place):
    place.start("peer-values", **AIR)
    with at_prompt(place) as t:
        t.child.send("rea\t\t")
        t.until(lambda s: re.search("read +read-uuid +read-multiple", s) and at_end(s, "glint> read"))
        t.child.send(" MAN\t")
        t.until(lambda s: at_end(s, "glint> read manufacturer-name-string"))
        t.child.send("a\ts\t\t")
        t.until(lambda s: re.search(r"s8 +s12 +s16", s) and at_end(s, "glint> read manufacturer-name-string as s"))
        t.child.send(CTRL_U + "write \t")
        t.until(lambda s: re.search(r"label\s+target-temperature +notes", s) and at_end(s, "glint> write"))
        t.child.send(CTRL_U + "write 3\t\t")
        t.until(lambda s: re.search("30 +33", s) and at_end(s, "glint> write 3"))
        t.child.send("0\t")
        t.until(lambda s: at_end(s, "glint> write 30"))
        t.child.send("num\t")
        t.until(lambda s: at_end(s, "glint> write 30 number"))
        t.child.send(CTRL_U + "write-r\tlef\tu8\t 1 , rig\ttex\t hey\r")
        t.until(lambda s: "Right: 3 octets written, reliably" in s)
        t.child.send(CTRL_U + "read-multiple-v\tlab\ttar\t\r")
        t.until(lambda s: "Label 00" in s and "Target Temperature 21.50" in s and at_end(s))
        t.child.send("read-u\tbat\ta\tu8\t\r")
        t.until(lambda s: " 26  Battery Level 57\n" in s)
        t.child.send(CTRL_U + "unsub\tkic\t\r")
        t.until(lambda s: "unsubscribed from Kick" in s)
        t.child.send("subscribe kick i\t\r")
        t.until(lambda s: "subscribed to Kick: indications" in s)


def values_above_the_line(place):
    place.battery(**AIR)
    with at_prompt(place, name="Glint") as t:
        t.child.send("read batt")
        level = re.compile(f"Battery Level \\d+ %  [{BLOCKS}]{{3}}\n")
        t.until(lambda s: level.search(s) and at_end(s, "glint> read batt"))
        t.child.send("ery-level as u8\r")
        t.until(lambda s: re.search(r"glint> read battery-level as u8\n(Battery Level \d+ %.*\n)*Battery Level \d+\n", s))
        t.child.send("x" * 150)  # longer than a row
        t.until(lambda s: s.rstrip().endswith("\n" + "x" * (150 - 103)))
        before = t.text().count(" %  ")
        t.until(lambda s: s.count(" %  ") > before and s.rstrip().endswith("\n" + "x" * (150 - 103)))
        assert t.text().count("glint> x") == 1, t.text()
        t.child.send(CTRL_U)
        t.until(at_end)
        t.resize(30, 60)
        t.until(at_end)


def history_is_kept(place):
    with Terminal(place, "glint", "monitor", "--name", "Nobody", **AIR) as t:
        t.until(lambda s: "searching for Nobody" in s and at_end(s))
        do(t, "info", "not connected: the device is being searched for")
        do(t, "connect Somebody")
        t.child.send(CTRL_D)
        assert t.end(key="") == 0
    file = place.folder / "state" / "glint" / "monitor.history"
    assert file.stat().st_mode & 0o777 == 0o600, oct(file.stat().st_mode)
    with Terminal(place, "glint", "monitor", "--name", "Nobody", **AIR) as t:
        t.until(lambda s: "searching for Nobody" in s and at_end(s))
        t.child.send(UP)
        t.until(lambda s: at_end(s, "glint> connect Somebody"))
        t.child.send(UP)
        t.until(lambda s: at_end(s, "glint> info"))
        assert t.end("\x03") == 0


def lost_and_found(place):
    battery = place.battery(**AIR)
    with at_prompt(place, name="Glint") as t:
        do(t, "params 7.5 0 500", "supervision time-out 0.5 s")
        t.child.send("info")
        battery.kill()
        t.until(lambda s: re.search(r"supervision time-out \(0x08\): nothing heard for 0.5 s; last RSSI -\d+ dBm\n", s)
                and "searching for Glint" in s and at_end(s, "glint> info"))
        place.battery(**AIR)
        t.until(lambda s: s.count("connected to") == 2 and s.count("subscribed to") == 2)
        t.child.send("\r")
        t.until(lambda s: "this side" in s)


def option_once(place):
    battery = place.battery(**AIR)
    with at_prompt(place, "--once", name="Glint") as t:
        do(t, "params 7.5 0 100", "supervision time-out 0.1 s")
        battery.kill()
        t.until(lambda s: "nothing heard for 0.1 s" in s)
        assert t.end(key="") == 4


def leaves(place, *options, name=None, wanted="", code=0):
    named = ("--name", name) if name else ()
    with Terminal(place, "glint", "monitor", "--interval", "7.5", *named, *options, rows=60, **AIR) as t:
        t.until(lambda s: wanted in s)
        assert t.end(key="") == code, (options, t.text())
        return t


def options_that_find(place):
    place.battery(**AIR)
    t = leaves(place, "--service", "180f", "--count", "2", wanted="interval 7.5 ms")
    address = re.search("found ([0-9A-F:]{17})", t.text())[1]
    leaves(place, "--address", address, "--read", wanted="read notify")
    leaves(place, "--duration", "0.3", name="Nobody", wanted="nothing found", code=3)


def options_that_show(place):
    place.battery(**AIR)
    leaves(place, "--json", "--read", name="Glint", wanted='{"event":"service"')
    leaves(place, "-c", "read battery-level", name="Glint", wanted="Battery Level ")
    assert "\x1b[1mBattery (0x180F)\x1b[0m" in leaves(place, "--read", name="Glint").raw
    assert "\x1b[1m" not in leaves(place, "--read", "--no-color", name="Glint").raw


if __name__ == "__main__":
    kit.main(values_above_the_line, commands, options_that_find, option_once, completion, history_is_kept, lost_and_found,
             options_that_show)
