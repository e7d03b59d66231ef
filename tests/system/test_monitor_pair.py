"""glint monitor pairs: every association model, at a prompt and in scripts, bonds, and what a bond brings.

The devices are examples/c/lock.c and peer/pairs.c.
"""

import json
import os
import re

import kit
from screen import Terminal
from test_monitor_screen import AIR, at_prompt, do

PAIRS = ("monitor", "--name", "Pairs", "--interval", "7.5")


def in_a_script(place, *commands, name="Pairs", code=0):
    options = [word for command in commands for word in ("-c", command)]
    result = place.run("glint", "monitor", "--name", name, "--interval", "7.5", *options, **AIR)
    assert result.returncode == code, result
    return result


def just_works(place):
    """Twice: the second connection is encrypted with the bond, before anything is read."""
    peer = place.start("peer-pairs", "none", **AIR)
    first = in_a_script(place, "read c002", "pair", "read c002", "bonds", code=1)
    assert "Insufficient Authentication (ATT error 0x05); it wants to be paired with first: `pair`" in first.stderr, first
    lines = first.stdout.splitlines()
    assert lines[0] == "paired: level 2, key of 16 octets, which are kept" and lines[1] == "c002 00", lines  # its name was refused, too
    assert re.fullmatch(r"[0-9A-F:]{17} \((public|random)\)  level 2, key of 16 octets, may come with private addresses",
                        lines[2]), lines
    peer.line("paired 0 level 2")
    second = in_a_script(place, "read c002", "info")
    assert second.stdout.startswith("Secret 00\n") and "security    level 2, key of 16 octets, bonded\n" in second.stdout, second
    third = in_a_script(place, "unpair", "bonds")
    assert re.fullmatch(r"[0-9A-F:]{17} is forgotten\nthere are no bonds\n", third.stdout), third
    fourth = in_a_script(place, "read c002", code=1)
    assert "Insufficient" in fourth.stderr, fourth


def the_passkey_is_asked_for(place):
    lock = place.start("lock", GLINT_STORE="lock", **AIR)
    with Terminal(place, "glint", "monitor", "--name", "Lock", "--interval", "7.5", rows=60, columns=110, **AIR) as t:
        shown = lock.line("passkey ").split()[1]
        t.until(lambda s: "which six digits does the device show?" in s and "subscribed to 1" in s)
        t.child.send("sesame\r")
        t.until(lambda s: "six digits are wanted, or `no`" in s)
        t.child.send(shown + "\r")
        t.until(lambda s: "paired: level 4, key of 16 octets, which are kept" in s and "subscribed to 2" in s)
        do(t, "write 14 01", "1 octet written")
        lock.line("opened by")
        do(t, "bonds", "level 4, key of 16 octets")
        do(t, "unpair", "is forgotten", "disconnected: ")
        do(t, "bonds", "there are no bonds")


def a_wrong_passkey(place):
    lock = place.start("lock", GLINT_STORE="lock", **AIR)
    with Terminal(place, "glint", "monitor", "--name", "Lock", "--interval", "7.5", rows=60, columns=110, **AIR) as t:
        shown = int(lock.line("passkey ").split()[1])
        t.until(lambda s: "which six digits" in s)
        t.child.send(f"{(shown + 1) % 1000000:06}\r")
        t.until(lambda s: "not paired: Confirm Value Failed (0x04), says the device" in s)
        lock.line("not paired: refused (reason 0x04)")


def numbers_are_compared(place):
    peer = place.start("peer-pairs", "yes-no", **AIR)
    with at_prompt(place, name="Pairs") as t:
        t.child.send("pair\r")
        screen = t.until(lambda s: "yes or no?" in s)
        assert peer.line("shows ").split()[1] == re.search(r"the device shows (\d{6}): yes or no", screen).group(1)
        t.child.send("perhaps\r")
        t.until(lambda s: "`yes` or `no` is wanted" in s)
        t.child.send("yes\r")
        t.until(lambda s: "paired: level 4" in s)
        peer.line("paired 0 level 4")
        do(t, "yes", "yes: nothing is asked")


def numbers_differ(place):
    peer = place.start("peer-pairs", "yes-no", **AIR)
    result = in_a_script(place, "pair yes-no", "no", code=1)
    assert "pair yes-no: Numeric Comparison Failed (0x0C), says this side" in result.stderr, result
    peer.line("paired -")


def the_device_is_told_the_passkey(place):
    fifo = place.folder / "fifo"
    os.mkfifo(fifo)
    peer = place.start("peer-pairs", "keyboard", str(fifo), **AIR)
    monitor = place.start("glint", *PAIRS, "-c", "pair display", "-c", "read c002", "--json", **AIR)
    shown = json.loads(monitor.line('"passkey"'))["passkey"]
    fifo.write_text(shown + "\n")
    peer.line("paired 0 level 4")
    assert json.loads(monitor.line('"paired"')) == {"event": "paired", "level": 4, "key_size": 16, "bonded": "yes"}
    assert json.loads(monitor.line('"value"'))["value"] == "00"
    assert monitor.process.wait(kit.DEADLINE_S) == 0


def what_the_device_told(place):
    """Out of band, one way: the monitor has R and C of the device."""
    peer = place.start("peer-pairs", "oob", **AIR)
    told = peer.line("oob ").strip()
    assert re.fullmatch("oob [0-9a-f]{32} [0-9a-f]{32}", told), told
    result = in_a_script(place, told, "pair none", "read c002")
    assert result.stdout.splitlines() == ["paired: level 4, key of 16 octets, which are kept", "c002 00"], result
    peer.line("paired 0 level 4")
    again = in_a_script(place, told, "pair none", code=1)  # its data have been used
    assert "pair none: OOB Not Available (0x02), says the device" in again.stderr, again
    wrong = told[:-1] + ("0" if told[-1] != "0" else "1")
    other = place.start("peer-pairs", "oob", **AIR)
    other.line("oob ")
    peer.end()
    result = in_a_script(place, wrong, "pair none", code=1)
    assert "pair none: Confirm Value Failed (0x04), says this side" in result.stderr, result


def what_this_side_told(place):
    """The other way: the device has those of the monitor."""
    fifo = place.folder / "fifo"
    os.mkfifo(fifo)
    peer = place.start("peer-pairs", "oob", str(fifo), **AIR)
    with at_prompt(place, name="Pairs") as t:
        t.child.send("oob\r")
        screen = t.until(lambda s: re.search("oob [0-9a-f]{32} [0-9a-f]{32}", s))
        fifo.write_text(re.search("oob ([0-9a-f]{32} [0-9a-f]{32})", screen).group(1) + "\n")
        peer.line("told 0")
        do(t, "pair none", "paired: level 4, key of 16 octets")
        peer.line("paired 0 level 4")
    shown = json.loads(place.run("glint", *PAIRS, "-c", "oob", "--json", **AIR).stdout.splitlines()[-1])
    assert shown["event"] == "oob" and len(shown["r"]) == len(shown["c"]) == 32, shown


def the_secret_of_legacy_pairing(place):
    fifo = place.folder / "fifo"
    os.mkfifo(fifo)
    peer = place.start("peer-pairs", "oob-legacy", str(fifo), **AIR)
    fifo.write_text("0123456789abcdef0123456789abcdef\n")
    peer.line("told 0")
    result = in_a_script(place, "oob 0123456789abcdef0123456789abcdef", "pair none", "read c002")
    assert result.stdout == "paired: level 3, key of 16 octets, which are kept\nc002 00\n", result
    peer.line("paired 0 level 3")


def nobody_is_there_to_answer(place):
    """What cannot be answered is not waited for."""
    place.start("peer-pairs", "yes-no", **AIR)
    result = in_a_script(place, "pair yes-no", code=1)
    assert "asks for what only a user knows, and no line is left to answer" in result.stderr, result


def what_goes_wrong(place):
    place.start("peer-pairs", "none", **AIR)
    result = in_a_script(place, "pair magic", "yes", "unpair", "unpair 02:00:5E:00:00:01", "unpair there", "passkey 1",
                         "oob 12", f"oob {'ab' * 16} xyz", code=1)
    for why in ("pair magic: magic: what you can do is none, display, yes-no, keyboard or keyboard-display",
                "yes: nothing is asked", "unpair: there is no connection to a device with a bond; `bonds` lists them",
                "unpair 02:00:5E:00:00:01: there is no such bond", "there: an address is six octets in hex",
                "passkey 1: nothing is asked", "oob 12: 12: 16 octets are wanted", "xyz: 16 octets are wanted"):
        assert why in result.stderr, (why, result)


def signed_writes(place):
    """Of a device in security mode 2; on an encrypted link nothing is signed, and it is written all the same."""
    peer = place.start("peer-pairs", "signs", **AIR)
    first = in_a_script(place, "write-signed key 01", "write-signed secret 01", "pair", "write-signed key 02",
                        "read c002", code=1)  # the answer to it says that what was sent before has arrived
    assert "the device has no key of ours that could sign; `pair` with it first" in first.stderr, first
    assert "write-signed secret 01: Secret does not permit it, and would not say so" in first.stderr, first
    assert "Key: 1 octet written, no answer comes" in first.stdout, first
    peer.line("written 2")
    result = place.run("glint", *PAIRS, "--on-demand", "--json", "-c", "write-signed key 03", "-c", "read c002", **AIR)
    said = [json.loads(line) for line in result.stdout.splitlines() if '"written"' in line]
    assert [(one["value"], one["response"], one["signed"]) for one in said] == [("03", "no", "yes")], result
    peer.line("signed 3")


if __name__ == "__main__":
    kit.main(just_works, the_passkey_is_asked_for, a_wrong_passkey, numbers_are_compared, numbers_differ,
             the_device_is_told_the_passkey, what_the_device_told, what_this_side_told, the_secret_of_legacy_pairing,
             nobody_is_there_to_answer, what_goes_wrong, signed_writes)
