"""Every option of every command of glint, each tried on a terminal, and what then stands on the screen.

Commands come from the table that help, completion and manual are made of (tools/glint/table.c), their options from the
help that a user sees. An option that no test below has given to a program on a terminal is a failure, so a new row of
the table wants a new test here.
"""

import functools
import json
import re
import socket
import subprocess
from pathlib import Path

import kit
from screen import Terminal
from test_decode import session
from test_decode_keys import LEGIBLE, SAMPLE_LTK, SEALED, pcap
from test_scan import crowd

TABLE = Path(__file__).resolve().parent.parent.parent / "tools/glint/table.c"
AIR = {"GLINT_DRIVER": "virtual:"}
LOOKED_AT = set()  # what the decorator below was told, before anything runs


def commands():
    """The first word of each row, also of those that are not for people."""
    rows = TABLE.read_text().split("command_texts[] = {")[1]
    return re.findall(r'^\t\{ "([a-z-]+)", ', rows, re.M)


def options_of(place, command):
    """As the help has them; glint air's is that of glint-air."""
    return re.findall(r"^  (?:-\w, )?--([a-z-]+)", place.run("glint", command, "--help").stdout, re.M)


def looks_at(command, *options):
    """A test that shows these options at work; it has to have given each to a program on a terminal."""
    def decorate(test):
        LOOKED_AT.update((command, option) for option in options)

        @functools.wraps(test)
        def run(place):
            place.given = set()
            test(place)
            missing = {option for option in options if (command, option) not in place.given}
            assert not missing, f"{test.__name__} says that it looks at {missing} of glint {command}, but did not try them"
        return run
    return decorate


def on_screen(place, command, *words, rows=40, columns=110, **env):
    """glint on a terminal; which options it was given is noted."""
    place.given.update((command, word[2:].split("=")[0]) for word in words if word.startswith("--"))
    return Terminal(place, "glint", command, *words, rows=rows, columns=columns, **env)


def shown(place, command, *words, code=0, **more):
    """All that stands there when it has ended by itself."""
    with on_screen(place, command, *words, **more) as t:
        assert t.end(key="") == code, (words, t.text())
        return t


def every_option_has_been_looked_at(place):
    missing = [f"glint {command} --{option}" for command in commands() for option in options_of(place, command)
               if option not in ("help", "no-color") and (command, option) not in LOOKED_AT]
    assert not missing, f"no test looks at the screen with {', '.join(missing)}"
    known = {(command, option) for command in commands() for option in options_of(place, command)}
    assert LOOKED_AT <= known, f"there is no {LOOKED_AT - known} any more"


def help_of_all(place):
    """--help of each command fits a terminal of 80 columns, has all options, examples and no control characters."""
    place.given = set()
    for command in commands():
        t = shown(place, command, "--help", rows=60, columns=80)
        text = t.text()
        assert f"Usage: glint {command}" in text or command == "air", text
        assert "Examples:" in text and "\x1b" not in t.raw, text
        for option in options_of(place, command):
            assert f"--{option}" in text, (command, option, text)


def no_color_of_all(place):
    """Each command takes --no-color, and obeys. (glint air has no colours, and hands its options on.)"""
    place.given = set()
    hci, _ = session(place)
    for command, words in (("demo", ["--count", "1"]), ("scan", ["--duration", "0.3"]), ("bench", ["--seconds", "0.1"]),
                           ("decode", [str(hci)]), ("completion", ["bash"]), ("version", []), ("man", []),
                           ("monitor", ["--duration", "0.3", "--name", "Nobody", "-c", "tree"])):
        t = shown(place, command, *words, "--no-color", code={"scan": 3, "monitor": 3}.get(command, 0), **AIR)
        assert not re.search(r"\x1b\[\d*m", t.raw), (command, t.raw)
    with on_screen(place, "demo-battery", "--no-color", **AIR) as t:
        place.run("glint", "monitor", "--name", "Glint", "--read", **AIR)
        t.end()
        assert "\x1b[1m" not in t.raw, t.text()


# -- demo -----------------------------------------------------------------------------------------------------------------

@looks_at("demo", "count", "duration")
def demo(place):
    text = shown(place, "demo", "--count", "2").text()
    assert len(re.findall(r"^Battery Level \d+ %", text, re.M)) == 2 and "That was the whole way" in text, text
    text = shown(place, "demo", "--duration", "1.5", "--count", "1000", code=1).text()
    assert re.search(r"ended after \d of 1000 values", text) and "whole way" not in text, text


# -- scan -----------------------------------------------------------------------------------------------------------------

@looks_at("scan", "duration", "active", "passive", "name", "service", "rssi", "sort", "json", "driver")
def scan(place):
    with crowd(place) as uri:
        def devices(*words, code=0):
            return shown(place, "scan", "--driver", uri, "--duration", "1.2", *words, code=code).text()
        assert "5 devices" in devices() and "Glüht-Bat" in devices("--active") and "Glüht" not in devices("--passive")
        text = devices("--name", "watch")
        assert "Watch" in text and "Eddystone" not in text and "1 device," in text and "Ctrl-C" not in text, text
        text = devices("--service", "Battery")
        assert "Glüht-Bat" in text and "Watch" not in text, text
        assert "none that was asked for" in devices("--rssi", "20", code=3)
        lines = devices("--sort", "name").splitlines()
        assert "Glüht" in lines[2] and "Watch" in lines[3], lines
        rows = [json.loads(line) for line in shown(place, "scan", "--driver", uri, "--duration", "1.2", "--json",
                                                   columns=600).text().splitlines() if line]
        assert len(rows) == 5 and {row["event"] for row in rows} == {"device"}, rows


# -- monitor --------------------------------------------------------------------------------------------------------------

@looks_at("monitor", "name", "address", "service", "command", "interval", "read", "count", "duration", "json", "driver")
def monitor(place):
    place.start("peer-values", **AIR)
    place.battery(**AIR)
    def said(*words, code=0):
        return shown(place, "monitor", "--driver", "virtual:", "--interval", "7.5", *words, code=code, rows=50).text()
    text = said("--name", "Kinds", "--read")
    assert "interval 7.5 ms" in text and "  includes 7d0cb100" in text and "glint>" not in text.split("(Mode)")[0], text
    address = re.search("found ([0-9A-F:]{17})", text)[1]
    text = said("--address", address, "--command", "read manufacturer-name-string", "--command=read 2a19")
    assert f"searching for {address}" in text and 'Manufacturer Name String "Glint"\nBattery Level 57 %' in text, text
    text = said("--service", "180f", "--count", "2")
    assert "Battery (0x180F)" in text and "subscribed to" in text, text
    text = said("--service", "180f", "-c", "subscribe", "--count", "1", "--json")
    assert [json.loads(line)["event"] for line in re.findall(r"^\{.*\}$", text, re.M)][-1] == "notification", text
    assert "nothing found: is the device advertising" in said("--name", "Nobody", "--duration", "0.3", code=3)


@looks_at("monitor", "once")
def monitor_once(place):
    battery = place.battery(**AIR)
    with on_screen(place, "monitor", "--name", "Glint", "--interval", "7.5", "--once", **AIR) as t:
        t.until(lambda s: "subscribed to" in s)
        t.child.send("params 7.5 0 100\r")
        t.until(lambda s: "supervision time-out 0.1 s" in s)
        battery.kill()
        t.until(lambda s: "nothing heard for 0.1 s; last RSSI -" in s)
        assert t.end(key="") == 4 and t.text().count("searching for") == 1, t.text()


@looks_at("monitor", "on-demand")
def monitor_on_demand(place):
    place.start("peer-pairs", "signs", **AIR)
    words = ("monitor", "--name", "Pairs", "--interval", "7.5", "-c")
    assert "paired: level 2" in shown(place, *words, "pair", "-c", "read c002", **AIR).text()
    text = shown(place, *words, "info", "--on-demand", "-c", "write-signed key 07", "-c", "read c002", **AIR).text()
    assert "Key: 1 octet written and signed, no answer comes" in text and "encrypted" not in text, text


# -- decode ---------------------------------------------------------------------------------------------------------------

@looks_at("decode", "only", "all", "hex", "absolute", "ltk", "json")
def decode(place):
    hci, air = session(place)
    def said(*words, **more):
        return shown(place, "decode", str(hci), *words, rows=2000, columns=more.get("columns", 160)).text()
    text = said()
    assert "Read Response: handle 14 (Battery Level) = " in text and "--all shows them" in text, text
    only = said("--only", "att")
    assert "(Battery Level)" in only and "Reset" not in only, only
    assert "packet of connection" in said("--all") and "packet of connection" not in text
    assert re.search(r"Reset\n +03 0c 00", said("--hex")), said("--hex")
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ ", said("--absolute")), said("--absolute")
    assert json.loads(said("--json", columns=2000).splitlines()[0])["layer"] == "hci"
    sealed = pcap(place, "sample.pcap", [(c, p, 0) for c, p in (*LEGIBLE, *SEALED)])
    opened = shown(place, "decode", str(sealed), "--ltk", SAMPLE_LTK, columns=160).text()
    assert "LL_START_ENC_RSP" in opened and "decrypted, ch 8" in opened and "encrypted PDU" not in opened, opened


# -- bench ----------------------------------------------------------------------------------------------------------------

@looks_at("bench", "interval", "mtu", "size", "seconds", "loss", "seed", "json")
def bench(place):
    def said(*words):
        return shown(place, "bench", *words, columns=400).text()
    plain = said("--seconds", "1")
    assert "interval 30 ms, ATT_MTU 247, 244 octets a value, 0 % loss" in plain and "over 1 s" in plain, plain
    text = said("--seconds", "1", "--interval", "7.5", "--mtu", "100", "--size", "50")
    assert "interval 7.5 ms, ATT_MTU 100, 50 octets a value" in text, text
    def figures(seed):
        text = said("--seconds", "2", "--loss", "30", "--seed", str(seed))
        assert "30 % loss" in text and "a lost packet ends its connection event" in text, text
        return text.split("this machine")[0]
    assert figures(1) == figures(1) and figures(1) != figures(2)
    assert json.loads(said("--seconds", "1", "--json"))["mtu"] == 247


# -- run ------------------------------------------------------------------------------------------------------------------

PROGRAM = """
pinMode(LED0, OUTPUT)
pinMode(BTN0, INPUT)
digitalWrite(LED0, 1)
sleep(100)
print("button", digitalRead(BTN0), "random", random(0, 1000000))
#-if FAST
print("fast")
#-endif
"""


@looks_at("run", "pin", "show-pins", "define", "virtual-time", "seed", "driver")
def run(place):
    program = place.folder / "program.py"
    program.write_text(PROGRAM)
    env = {}
    if b"__asan_init" in (kit.BIN / "glint").read_bytes():  # Python's own program is built without the sanitizer
        library = subprocess.run(["gcc", "-print-file-name=libasan.so"], text=True, capture_output=True, check=True).stdout
        env = {"LD_PRELOAD": library.strip(), "ASAN_OPTIONS": "detect_leaks=0"}
    def said(*words, code=0):
        return shown(place, "run", str(program), *words, code=code, **env).text()
    text = said("--virtual-time", "--seed", "3", "--show-pins", "--pin", "BTN0=1", "--define", "FAST")
    assert "LED0 is HIGH" in text and "button 1" in text and "fast" in text, text
    again = said("--virtual-time", "--seed", "3", "--pin", "BTN0=1", "--define", "FAST")
    assert re.search(r"button 1.*", again)[0] == re.search(r"button 1.*", text)[0] and "LED0" not in again, (text, again)
    other = said("--virtual-time", "--seed", "4")
    assert "button 0" in other and "fast" not in other, other
    assert re.search(r"random \d+", other)[0] != re.search(r"random \d+", text)[0], other
    assert "button 0" in said("--driver", "virtual:")
    text = said("--virtual-time", "--driver", "virtual:", code=2)
    assert "--virtual-time" in text and "Traceback" not in text, text


# -- air ------------------------------------------------------------------------------------------------------------------

@looks_at("air", "socket", "stay", "loss", "seed", "btsnoop", "pcap", "verbose")
def air(place):
    path, folder, pcap = place.folder / "a.sock", place.folder / "hci", place.folder / "a.pcap"
    folder.mkdir()
    with on_screen(place, "air", "--socket", str(path), "--stay", "--loss", "5", "--seed", "3", "--btsnoop", str(folder),
                   "--pcap", str(pcap), "--verbose", columns=160) as t:
        t.until(lambda s: f"serving on unix:{path}" in s)
        place.run("glint", "scan", "--duration", "0.3", "--driver", f"unix:{path}")
        text = t.until(lambda s: "host 1 has left" in s)
        assert t.child.isalive(), "--stay"
        assert t.end() == 0 and (folder / "host-1.btsnoop").stat().st_size > 100 and pcap.exists(), text
    with on_screen(place, "air", "--socket", str(path), "--loss", "200") as t:
        assert t.end(key="") == 2 and "200" in t.text(), t.text()
    with on_screen(place, "air", "--socket", str(path), "--verbose") as t:
        t.until(lambda s: "serving on" in s)
        place.run("glint", "scan", "--duration", "0.3", "--driver", f"unix:{path}")
        assert t.end(key="") == 0, "without --stay it leaves with its last host"


@looks_at("air", "tcp", "pty", "clock")
def air_has_more_doors(place):
    tty, clock = place.folder / "tty", place.folder / "clock.sock"
    with on_screen(place, "air", "--tcp", "0", "--pty", str(tty), "--stay", columns=160) as t:
        port = re.search(r"tcp:127\.0\.0\.1:(\d+)", t.until(lambda s: re.search(r"tcp:127.*\d\n", s + "\n")))[1]
        for uri in (f"tcp:127.0.0.1:{port}", f"serial:{tty}", f"serial:{tty},115200"):
            result = place.run("glint", "scan", "--duration", "0.2", "--driver", uri)
            assert result.returncode == 3 and "no device was heard" in result.stdout, result
        assert t.end() == 0 and not tty.is_symlink()
    for words in (["--tcp", "65536"], ["--tcp", "x"], []):
        with on_screen(place, "air", *words) as t:
            assert t.end(key="") == 2 and "--tcp" in t.text(), t.text()
    with on_screen(place, "air", "--socket", str(place.folder / "c.sock"), "--clock", str(clock), "--verbose") as t:
        t.until(lambda s: "serving on" in s)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(clock))
            for at in (1, 5_000_000, 3_600_000_000):  # an hour is over before lunch
                client.sendall(at.to_bytes(8, "little"))
                assert int.from_bytes(client.recv(8), "little") == at
        assert t.end() == 0 and not clock.exists()


@looks_at("info", "driver", "json")
def info(place):
    text = shown(place, "info", "--driver", "virtual:", rows=100).text()
    assert "version      Bluetooth 5." in text and "LE Encryption" in text and "LE Set Advertising Enable" in text, text
    told = json.loads(place.run("glint", "info", "--driver", "virtual:", "--json").stdout)
    assert told["acl_octets"] >= 27 and "LE Encryption" in told["features"] and "Reset" in told["commands"], told
    text = shown(place, "info", "--json", "--driver", f"unix:{place.folder}/none", code=1).text()
    assert "no such socket" in text, text


@looks_at("doctor", "json")
def doctor(place):
    text = shown(place, "doctor", GLINT_ROOT=str(place.folder)).text()
    assert "virtual:" in text and "no Bluetooth at the moment" in text and "sudo modprobe" in text, text
    text = shown(place, "doctor", "--json", GLINT_ROOT=str(place.folder)).text()
    assert '{"event":"chosen","uri":"virtual:"' in text, text


@looks_at("air", "background")
def air_in_the_background(place):
    path = place.folder / "b.sock"
    with on_screen(place, "air", "--socket", str(path), "--background") as t:
        assert t.child.wait() == 0
    result = place.run("glint", "scan", "--duration", "0.3", "--driver", f"unix:{path}")  # the terminal is gone, it is not
    assert result.returncode == 3 and "no device was heard" in result.stdout, result


if __name__ == "__main__":
    kit.main(every_option_has_been_looked_at, help_of_all, no_color_of_all, demo, scan, monitor, monitor_once, monitor_on_demand, decode, bench,
             run, air, air_has_more_doors, air_in_the_background, info, doctor)
