"""The frozen programs of tests/corpus, each in the runner against its other side, in virtual time."""

import csv
import functools
import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playing import alone, play

from glint.runner import pins

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests/corpus"
with open(CORPUS / "corpus.tsv", encoding="utf-8") as table:
    ROWS = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
SUMS = dict(reversed(line.split()) for line in (CORPUS / "SHA256SUMS").read_text().splitlines())


def lines(cell):
    """Of a cell of prints or warns."""
    return [] if cell == "-" else cell.split("\\n")


def options(cell):
    """(pin changes, octets on the serial port) of a cell of options."""
    if cell.startswith("< "):
        return [], cell[2:].replace("\\n", "\n").encode()
    return [pins.parse(text) for text in re.findall(r"--pin (\S+)", cell)], b""


@functools.lru_cache
def is_there(need):
    """Whether what a row needs exists. A process of its own is asked, as no device may live before a fork."""
    call = {"pairing": "security()"}[need]
    ask = f"from wireless import ble\ntry:\n ble.{call}\nexcept ble.UnsupportedError:\n raise SystemExit(1)"
    return subprocess.run([sys.executable, "-c", ask], check=False).returncode == 0


@pytest.mark.parametrize("row", ROWS, ids=[row["test"] for row in ROWS])
def test_program(row, tmp_path):
    if row["needs"] != "-" and not is_there(row["needs"]):
        pytest.skip(f"{row['needs']} is not in this version")
    program, env = CORPUS / f"{row['test']}.py", {"XDG_STATE_HOME": str(tmp_path)}
    changes, stdin = options(row["options"])
    if "mcu.reset" in program.read_text():
        result = alone(program, env=env)  # its process is another afterwards
    else:
        result = play(program, None if row["peer"] == "-" else row["peer"], changes, stdin=stdin, env=env)
    wanted = [line.replace("{peer}", result.peer) for line in lines(row["prints"])]
    assert result.wrong == "", f"the other side: {result.wrong}\nstandard error: {result.stderr}"
    assert result.lines == wanted, result.stderr
    for word in lines(row["warns"]):
        assert word in result.stderr
    if row["warns"] == "-":
        assert result.stderr == ""


def test_nothing_was_changed():
    """The programs, their table and its description are as they were frozen."""
    there = {path.name for path in CORPUS.iterdir() if path.name != "SHA256SUMS"}
    assert there == set(SUMS)
    for name, frozen in SUMS.items():
        assert hashlib.sha256((CORPUS / name).read_bytes()).hexdigest() == frozen, name


def test_every_program_is_a_test():
    assert {row["test"] for row in ROWS} == {path.stem for path in CORPUS.glob("*.py")}


def test_compatibility_names_every_test():
    """docs/COMPATIBILITY.md links rows to tests that exist, and leaves none out."""
    text = (ROOT / "docs/COMPATIBILITY.md").read_text()
    rows = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| ")]
    named = {name for cells in rows for name in re.findall(r"`(\w+)`", cells[-1])}
    tests = {row["test"]: row for row in ROWS}
    assert named == set(tests)
    pairing = {name for cells in rows for name in re.findall(r"`(\w+)`\*", cells[-1])}
    assert pairing == {name for name, row in tests.items() if row["needs"] == "pairing"}
    for cells in rows:
        of_row = {tests[name]["row"] for name in re.findall(r"`(\w+)`", cells[-1])}
        assert of_row <= {"runner"} or of_row in ({cells[0].strip()}, {"disagreement: " + cells[0].strip()})


def test_every_constant_is_in_the_corpus():
    used = "".join(path.read_text() for path in CORPUS.glob("*.py"))
    from glint import constants

    assert [name for name in constants if f"ble.{name}" not in used] == []
