"""The table of the interop suites: no cell is well that was not tried."""

import sys
from pathlib import Path

import kit

CELLS = Path(__file__).parents[1] / "interop/cells.py"
sys.path.insert(0, str(CELLS.parent))
import cells  # noqa: E402 (it is found by the line above)


def table(place, *lines, peers=("Bumble",)):
    """(status, {check: words of its row}, the last line)"""
    file = place.folder / "peer.tsv"
    file.write_text("".join("\t".join(line) + "\n" for line in lines))
    words = [word for peer in peers for word in ("--peer", peer)]
    result = place.run(sys.executable, str(CELLS), *words, str(file))
    rows = {check: line[len(check):].split() for line in result.stdout.splitlines() for check in cells.CHECKS
            if line.startswith(f"{check}  ")}
    return result.returncode, rows, result.stdout.splitlines()[-1]


def every(peer, result="ok", note=""):
    return [(peer, role, check, result, note) for role in (cells.CENTRAL, cells.PERIPHERAL) for check in cells.CHECKS]


def what_was_tried_and_passed_is_well(place):
    status, rows, last = table(place, *every("Bumble"))
    assert status == 0 and last == f"{2 * len(cells.CHECKS)} passed, 0 failed", last
    assert all(row == ["ok", "ok"] for row in rows.values()) and len(rows) == len(cells.CHECKS), rows


def what_was_not_tried_is_red(place):
    status, rows, last = table(place)  # nothing at all, of a peer that was to be tried
    assert status == 1 and last == f"0 passed, {2 * len(cells.CHECKS)} failed", last
    assert rows["MTU"] == ["MISSING", "MISSING"], rows
    status, rows, last = table(place, *every("Bumble")[1:])
    assert status == 1 and last.endswith(", 1 failed") and rows[cells.CHECKS[0]] == ["MISSING", "ok"], last
    status, rows, _ = table(place, *every("Bumble"), peers=("Bumble", "Linux"))
    assert status == 1 and rows["MTU"] == ["MISSING", "MISSING", "ok", "ok"], rows
    status, _, last = table(place, peers=())  # nor is a table of nobody
    assert status == 1 and last == "0 passed, 0 failed", last


def one_line_that_is_not_well_is_enough(place):
    for result, note, word in (("FAILED", "why", "FAILED"), ("skipped", "why", "skipped"), ("cannot", "", "FAILED"),
                               ("well", "", "FAILED"), ("ok", "", "ok"), ("cannot", "it has no such call", "ok")):
        status, rows, _ = table(place, *every("Bumble"), ("Bumble", cells.CENTRAL, "MTU", result, note))
        assert rows["MTU"] == [word, "ok"] and status == (word != "ok"), (result, rows)


if __name__ == "__main__":
    kit.main(what_was_tried_and_passed_is_well, what_was_not_tried_is_red, one_line_that_is_not_well_is_enough)
