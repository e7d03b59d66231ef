"""The programs of examples/python: each against another side, in virtual time, and what it prints."""

import asyncio
import importlib.util
import re
from pathlib import Path

import glint
import pytest
from conftest import Scene, pass_time
from playing import play

from glint.runner import pins

EXAMPLES = Path(__file__).resolve().parents[2] / "examples/python"
DEADLINE_S = 600  # of virtual time
PIECES = ["0002" + b"The first text i".hex(), "0102" + b"s short.".hex()]
UID = "03:AAFE,16:AAFE00BB5A6572796E7468000000507974686F6E0000"
URL = "03:AAFE,16:AAFE10BB017A6572796E746807"
ALERT = "5A6572796E746821000000000000"

# program, the other side, every line it prints as a pattern ({peer}: the other side's address)
OLD = {
    "battery.py": ("connect ; subscribe 2A19 notify ; notified 2A19 * ; notified 2A19 * ; notified 2A19 *", [r"\."]),
    "led.py": ("connect ; write 1525 01 = ok ; write 1525 00 = ok ; disconnect ; connect ; read 1525 = 00",
               ["LED is on", "LED is off"]),
    "alerts.py": (f"connect ; subscribe 2A46 notify ; notified 2A46 0001{ALERT} ; write 2A44 0201 = ok ; quiet 6000 ; "
                  f"write 2A44 0001 = ok ; notified 2A46 0002{ALERT} ; disconnect ; hear conn *",
                  ["Connected to {peer}", "New alert, the total is 1", "Command 2 for category 1",
                   "Command 0 for category 1", "New alert, the total is 2", "Disconnected from {peer}"]),
    "scanner.py": ("advertise conn 020106 ; await Scan stopped",
                   ["Scan started", "Packet from {peer} of type 0 containing 02:01:06",
                    r"    its address is of type 0 and its RSSI is -\d+", "Scan stopped", "Scan started",
                    "Packet from {peer} of type 0 containing 02:01:06",
                    r"    its address is of type 0 and its RSSI is -\d+"]),
    "beacon.py": (f"wait 1000 ; hear nonconn has {UID} ; wait 10000 ; hear nonconn has {URL} ; wait 14500 ; "
                  "hear nonconn has 03:AAFE,16:AAFE20000BB81740*",
                  [r"Advertising UID [0-9A-F:]+", r"Advertising URL [0-9A-F:]+", r"Advertising TLM [0-9A-F:]+",
                   r"Advertising UID [0-9A-F:]+"]),
    "beacon_reader.py": ("advertise nonconn 0201060303AAFE0E16AAFE10BB017A6572796E746807 ; wait 2000 ; "
                         "advertise nonconn 1AFF4C000215E2C56DB5DFFB48D2B060D0F5A71096E000010203C5 ; wait 500 ; "
                         "advertise nonconn 020104 ; wait 300",
                         [r"URL https://www\.zerynth\.com sent with -69 heard with -\d+",
                          r"iBeacon E2:C5:6D:B5:DF:FB:48:D2:B0:60:D0:F5:A7:10:96:E0 1 515 sent with -59 "
                          r"heard with -\d+"]),
    "object_transfer.py": (f"connect ; subscribe 1531 notify ; write 1532 00 = ok ; notified 1531 {PIECES[0]} ; "
                           f"notified 1531 {PIECES[1] + '00' * 8} ; write 1532 09 = ok",
                           ["Text 0 is wanted", "Sent 2 pieces", "Text 9 is wanted", "There is no text 9"]),
    "polling.py": ("connect ; read A002 = 6E6F626F647920686F6D65 ; write 2A06 02 = ok ; wait 1500 ; "
                   "write 2A2B E70701020304050600 = ok ; write A002 68656C6C6F = ok ; disconnect ; connect ; wait 1500",
                   ["Alarm 0 time (00:?){10} sign nobody home", "Alarm 2 time (00:?){10} sign nobody home",
                    "Alarm 2 time E7:07:01:02:03:04:05:06:00 sign hello"]),
}
AFTER = f"subscribe 2A46 notify ; notified 2A46 0001{ALERT} ; write 2A44 0201 = ok ; disconnect ; hear conn *"
OBEYED = ["New alert, the total is 1", "Command 2 for category 1", "Disconnected from {peer}"]
SECURED = {  # how the other side pairs, what is typed, what pins do, what is printed of it
    "alerts_just_works.py": ("none bond", b"", [], []),
    "alerts_passkey.py": ("keyboard mitm bond", b"", [], [r"Type \d{6}"]),
    "alerts_keyboard.py": ("display mitm bond key 123456", b"123456\n", [], ["Which passkey does {peer} show\\?"]),
    "alerts_compare.py": ("display-yes-no mitm bond", b"", ["BTN0=1@0s"],
                          [r"Is it \d{6} there, too\? BTN0 says yes", "Confirmed"]),
}


@pytest.mark.parametrize("name", sorted(OLD))
def test_old_face(name):
    script, wanted = OLD[name]
    result = play(EXAMPLES / name, script)
    assert result.wrong == "", result.stderr
    assert result.stderr == ""
    patterns = [pattern.replace("{peer}", result.peer) for pattern in wanted]
    matched = [bool(re.fullmatch(pattern, line)) for pattern, line in zip(patterns, result.lines)]
    if name == "battery.py":  # a line a second, however many seconds
        matched = [line == "." for line in result.lines]
        patterns = patterns * len(matched)
    assert len(result.lines) == len(patterns) and all(matched), result.lines


@pytest.mark.parametrize("name", sorted(SECURED))
def test_pairing(name):
    how, typed, changes, said = SECURED[name]
    result = play(EXAMPLES / name, f"connect ; pair {how} = ok ; {AFTER}", [pins.parse(text) for text in changes],
                  stdin=typed)
    assert result.wrong == "" and result.stderr == "", result.wrong + result.stderr
    patterns = [pattern.replace("{peer}", result.peer) for pattern in ["Connected to {peer}", *said, *OBEYED]]
    assert len(result.lines) == len(patterns), result.lines
    assert all(re.fullmatch(pattern, line) for pattern, line in zip(patterns, result.lines)), result.lines


def test_a_number_that_nobody_confirms_ends_the_connection():
    result = play(EXAMPLES / "alerts_compare.py", "connect ; pair display-yes-no mitm bond = failed ; lost")
    assert result.wrong == "" and result.lines[3:5] == [
        "Not confirmed", "pairing failed: the numbers were not confirmed"], result.lines


def load(name):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def during(world, name, scene):
    """Runs an example while the other side does its scene."""
    task = asyncio.create_task(load(name).main(world))
    try:
        async with asyncio.timeout(DEADLINE_S):
            await scene
            await pass_time(0.5)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def test_async_battery(air):
    async def scene():
        async with Scene(air) as peer:
            values = await peer.subscribe(peer.find(0x2A19))
            for _ in range(3):
                assert 0 <= (await anext(values))[0] <= 100

    air.run(during(air, "async_battery", scene()))


def test_async_led(air, capsys):
    async def scene():
        async with Scene(air) as peer:
            for value in (b"\1", b"\0"):
                await peer.write(peer.find(0x1525), value)

    air.run(during(air, "async_led", scene()))
    assert capsys.readouterr().out == "LED is on\nLED is off\n"


def test_async_alerts(air, capsys):
    async def scene():
        async with Scene(air) as peer:
            values = await peer.subscribe(peer.find(0x2A46))
            assert await anext(values) == bytes([0, 1]) + b"Zerynth!" + bytes(6)
            await peer.write(peer.find(0x2A44), bytes([2, 1]))
            await pass_time(7)
            await peer.write(peer.find(0x2A44), bytes([0, 1]))
            assert (await anext(values))[1] == 2

    air.run(during(air, "async_alerts", scene()))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Connected to ") and lines[-1].startswith("Disconnected from ")
    assert lines[1:-1] == ["New alert, the total is 1", "Command 2 for category 1", "Command 0 for category 1",
                           "New alert, the total is 2"]


def test_async_scanner(air, capsys):
    async def scene():
        async with glint.Device("Somebody", world=air.node(1)) as device:
            await device.advertise(payload=bytes([2, 1, 6, 2, 9, 0x41]))
            await pass_time(31)

    air.run(during(air, "async_scanner", scene()))
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"Packet from [0-9A-F:]{17} of type 0 containing 02 01 06 02 09 41", lines[0])
    assert re.fullmatch(r"    its RSSI is -\d+ and its name A", lines[1])
    assert lines[2:] == ["Scan stopped"]


def test_async_beacon_and_its_reader(air, capsys):
    async def scene():
        task = asyncio.create_task(load("async_beacon_reader").main(air.node(1)))
        await pass_time(25.9)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    air.run(during(air, "async_beacon", scene()))
    lines = capsys.readouterr().out.splitlines()
    heard = [line for line in lines if not line.startswith("Advertising ")]
    assert heard == ["UID 5A:65:72:79:6E:74:68:00:00:00 50:79:74:68:6F:6E -69", "URL https://www.zerynth.com -69",
                     "TLM 3000 23.25 250 25.0"]
    assert [line.split()[1] for line in lines if line.startswith("Advertising ")][:3] == ["UID", "URL", "TLM"]


def test_async_object_transfer(air, capsys):
    async def scene():
        async with Scene(air) as peer:
            values = await peer.subscribe(peer.find(0x1531))
            await peer.write(peer.find(0x1532), b"\1")
            pieces = [await anext(values)]
            pieces += [await anext(values) for _ in range(pieces[0][1] - 1)]
            assert [piece[0] for piece in pieces] == list(range(6))
            text = load("async_object_transfer").TEXTS[1]
            assert b"".join(piece[2:] for piece in pieces).decode() == text
            await peer.write(peer.find(0x1532), b"\7")

    air.run(during(air, "async_object_transfer", scene()))
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"Sent 6 pieces to [0-9A-F:]{17}", lines[0]) and lines[1:] == ["There is no text 7"]


def test_async_central(air, capsys):
    async def scene():
        task = asyncio.create_task(load("async_battery").main(air.node(1)))
        await pass_time(20)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    air.run(during(air, "async_central", scene()))
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"Found Zerynth at [0-9A-F:]{17}", lines[0])
    levels = [line for line in lines if re.fullmatch(r"Level \d+", line)]
    assert len(levels) == 11
    assert any("0x180F" in line for line in lines)


def test_every_example_is_tried():
    there = {path.name for path in EXAMPLES.glob("*.py")}
    modern = re.findall(r'"(async_\w+)"', Path(__file__).read_text())
    tried = set(OLD) | set(SECURED) | {f"{name}.py" for name in modern}
    assert there == tried


def test_examples_are_short():
    assert [path.name for path in EXAMPLES.glob("*.py") if len(path.read_text().splitlines()) > 120] == []
