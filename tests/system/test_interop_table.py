"""The table of the other hosts: what is red in it fails, and what a peer cannot has to say how that was established."""

import subprocess
import sys

import kit

CELLS = "tests/interop/cells.py"
sys.path.insert(0, "tests/interop")
import cells  # noqa: E402


def made_of(place, lines, *words):
    path = place.folder / "rows.tsv"
    path.write_text("".join("\t".join(line) + "\n" for line in lines), encoding="utf-8")
    done = subprocess.run([sys.executable, CELLS, *words, path], text=True, capture_output=True, timeout=kit.DEADLINE_S)
    return done.returncode, done.stdout.splitlines()


def everything(**other):
    """A peer of which all is well, in both roles, but for some checks."""
    return [("Somebody", role, check, *other.get(check.replace(" ", "_"), ("ok", "")))
            for role in (cells.CENTRAL, cells.PERIPHERAL) for check in cells.CHECKS]


def all_is_well(place):
    status, lines = made_of(place, everything(MTU=("cannot", "its interface has no such thing")))
    assert status == 0 and lines[-1] == f"{2 * len(cells.CHECKS)} passed, 0 failed", lines
    assert "- Somebody is central: MTU: cannot: its interface has no such thing" in lines


def what_is_red_fails(place):
    for result, note in (("FAILED", "it did not"), ("skipped", ""), ("cannot", ""), ("perhaps", "")):
        status, lines = made_of(place, everything(MTU=(result, note)))
        assert status == 1 and lines[-1].endswith(" 2 failed"), (result, lines)


def what_nobody_speaks_of_fails(place):
    status, lines = made_of(place, everything()[1:])
    assert status == 1 and lines[-1].endswith(" 1 failed") and "MISSING" in "".join(lines), lines
    status, lines = made_of(place, [])
    assert status == 1, lines
    status, lines = made_of(place, everything(), "--peer", "Nobody")
    assert status == 1 and lines[-1].endswith(f" {2 * len(cells.CHECKS)} failed"), lines


def one_failure_of_several_is_a_failure(place):
    status, lines = made_of(place, [*everything(), ("Somebody", "central", "MTU", "FAILED", "once")])
    assert status == 1 and "- Somebody is central: MTU: FAILED: once" in lines, lines


if __name__ == "__main__":
    kit.main(all_is_well, what_is_red_fails, what_nobody_speaks_of_fails, one_failure_of_several_is_a_failure)
