"""The transcripts of README.md: each is run again, beside the README's own program, and has to look the same.

A transcript is an indented block that begins with `$ glint`. Addresses and numbers may differ, and how often a line comes
that repeats; words and their order may not, nor what is always the same: PHYs, and times of a simulated world. With
--show, what the commands say now is printed, for the README.
"""

import re
import sys
from pathlib import Path

import kit
from screen import Terminal

README = Path(__file__).resolve().parent.parent.parent / "README.md"
BLOCK = re.compile(r"(?:^    .*\n)+", re.M)
PROMPT = "glint> "
EXACT = re.compile(r"PHY |ATT_MTU |  (found and connected|discovery|read of|notifications|values) ")


def transcripts():
    """(command, lines of the answer) of each."""
    for block in BLOCK.findall(README.read_text()):
        lines = [line[4:] for line in block.rstrip("\n").split("\n")]
        if lines[0].startswith("$ "):
            yield lines[0][2:], lines[1:]


def shape(lines):
    """What stays the same: no addresses, numbers, notifications; one of several alike."""
    shaped = []
    for line in lines:
        line = re.sub(r"([0-9A-F]{2}:){5}[0-9A-F]{2}", "ADDRESS", line.rstrip())
        line = re.sub(r'"value":"[0-9a-f]*"', "VALUE", line)
        if re.match(r"Battery Level \d+ %", line):  # comes once a second, between other lines, too
            continue
        if not EXACT.match(line):
            line = re.sub(r"0x[0-9a-f]{8}|-?\d+(\.\d+)?", "N", line)
        line = re.sub(r" +", " ", line)
        if not shaped or line != shaped[-1]:
            shaped.append(line)
    return shaped


def bash(place, command, driver):
    """On a terminal that is wide enough for all lines, in the place's folder."""
    path = f"{kit.BIN}:{place.env['PATH']}"
    return Terminal(place, "/bin/bash", "-c", f"cd {place.folder} && {command}", rows=100, columns=300, PATH=path,
                    GLINT_DRIVER=driver)


def said(place, command, typed, driver):
    """All that stands on the screen at the end. What is typed waits for the answer to what was before."""
    with bash(place, command, driver) as t:
        if typed:
            t.until(lambda s: re.search(r"subscribed to .*\n(Battery Level .*\n)+glint>", s))
        for line in typed:
            t.child.send(line + "\r")
            if line != "quit":
                t.until(lambda s: s.rstrip().endswith("\n" + PROMPT.strip()) and answered(s, line))
        assert t.end(key="") == 0, (command, t.text())
        return t.text().rstrip().split("\n")


def answered(screen, line):
    """There is more than the line itself, and more than values that have come meanwhile."""
    behind = screen.split(PROMPT + line + "\n")[-1].split(PROMPT.strip())[0]
    return PROMPT + line + "\n" in screen and any(text and not re.match(r"Battery Level \d+ %", text) for text in behind.split("\n"))


def record(place):
    """What the README says before it decodes: a session of the program and a monitor on an air that writes files."""
    air = place.start("glint-air", "--socket", str(place.folder / "air.sock"), "--btsnoop", str(place.folder), "--pcap",
                      str(place.folder / "air.pcap"), "--verbose")
    air.line("serving on")
    uri = f"unix:{place.folder}/air.sock"
    program = place.start("first", GLINT_DRIVER=uri)
    air.line("host 1 is here")
    result = place.run("glint", "monitor", "--name", "First", "--count", "2", "--driver", uri)
    assert result.returncode == 0, result
    program.end()
    assert air.process.wait(kit.DEADLINE_S) == 0


def run_all(place):
    record(place)
    place.start("first", GLINT_DRIVER="virtual:")
    for command, lines in transcripts():
        typed = [line[len(PROMPT):] for line in lines if line.startswith(PROMPT)]
        yield command, lines, said(place, command, typed, "virtual:")


def transcripts_are_as_the_programs_speak(place):
    count = 0
    for command, lines, now in run_all(place):
        assert shape(lines) == shape(now), f"README.md, $ {command}: it says now\n" + "\n".join(now)
        count += 1
    assert count >= 6, count


if __name__ == "__main__":
    if "--show" in sys.argv:
        with kit.Place() as place:
            for command, _, now in run_all(place):
                print(f"    $ {command}", *("    " + line for line in now), sep="\n", end="\n\n")
    else:
        kit.main(transcripts_are_as_the_programs_speak)
