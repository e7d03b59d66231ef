#!/usr/bin/env python3
"""What other hosts were tried with, as one table: peer x role x check.

    cells.py [--peer NAME]... FILE...     prints the table of these files; the last line is "N passed, N failed"

Every run of a peer writes a file of lines in build/interop/: peer, role (of the peer), check, result, note, with
tabs between. Result is "ok", "FAILED", "skipped" or "cannot": the peer has no such thing, and the note says how that was
established. Several lines may speak of one check: it failed if one of them did. CHECKS are those that each peer is to be
tried with in both roles; one of them that no line speaks of is as red as one that failed. Checks of other names stand
below them, for whoever has them. A peer that is named by --peer has its columns, whether a line speaks of it or not.
"""

import argparse
import os
import pathlib
import sys

OK, FAILED, SKIPPED, CANNOT = "ok", "FAILED", "skipped", "cannot"
MISSING = "MISSING"
CENTRAL, PERIPHERAL = "central", "peripheral"
CHECKS = (
    "found by name, read and notified",
    "MTU",
    "services and characteristics, 16 and 128 bits",
    "included services",
    "descriptors",
    "read and long read",
    "write",
    "write command",
    "long write",
    "1,000 notifications of 20 octets",
    "1,000 notifications of 244 octets",
    "1,000 indications of 20 octets",
    "1,000 indications of 244 octets",
    "subscriptions over a reconnection",
    "connection update",
    "pairing: just works",
    "pairing: just works, legacy",
    "pairing: passkey, ours shows",
    "pairing: passkey, ours shows, legacy",
    "pairing: passkey, ours types",
    "pairing: passkey, ours types, legacy",
    "pairing: numbers compared",
    "pairing: out of band",
    "pairing: out of band, legacy",
    "bonded reconnection with privacy",
    "disconnection by the central",
    "disconnection by the peripheral",
    "ten reconnections",
    "traces are well formed",
)
PEERS = ("Linux", "Bumble", "ble-host")  # in this order, then others as they come


def folder():
    return pathlib.Path(os.environ.get("GLINT_CELLS", "build/interop"))


class Record:
    """The file of one run: begun anew, then a line a cell."""

    def __init__(self, name):
        folder().mkdir(parents=True, exist_ok=True)
        self.path = folder() / f"{name}.tsv"
        self.path.write_text("", encoding="utf-8")

    def put(self, peer, role, check, result, note=""):
        line = "\t".join(str(word).replace("\t", " ").replace("\n", " ") for word in (peer, role, check, result, note))
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def read(paths):
    """{(peer, role): {check: [(result, note)]}}"""
    table = {}
    for path in paths:
        for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
            peer, role, check, result, note = (line.split("\t") + ["", "", "", ""])[:5]
            if result not in (OK, FAILED, SKIPPED, CANNOT) or role not in (CENTRAL, PERIPHERAL):
                result, note = FAILED, f"not a cell: {line}"
            if result == CANNOT and not note:
                result, note = FAILED, "that the peer cannot has to be established"
            table.setdefault((peer, role), {}).setdefault(check, []).append((result, note))
    return table


def cell(found):
    """One word for what the lines of a check say."""
    results = [result for result, _ in found]
    for word in (FAILED, SKIPPED, OK, CANNOT):
        if word in results:
            return word
    return MISSING


def rank(column):
    peer, role = column
    return (PEERS.index(peer) if peer in PEERS else len(PEERS), peer, role)


def lines_of(table, colour):
    """The table, the lines below it that say why, and how many cells are well and how many are not."""
    columns = sorted({(peer, role) for peer, _ in table for role in (CENTRAL, PERIPHERAL)}, key=rank)
    others = dict.fromkeys(check for column in columns for check in table.get(column, ()) if check not in CHECKS)
    names = [f"{peer} is {role}" for peer, role in columns]
    width = max(map(len, (*CHECKS, *others)))
    text, why, counts = [" " * width + "  " + "  ".join(names)], [], [0, 0]
    for check in (*CHECKS, *others):
        row = []
        for column, name in zip(columns, names):
            found = table.get(column, {}).get(check, [])
            word = cell(found) if found or check in CHECKS else ""
            if word:
                counts[word not in (OK, CANNOT)] += 1
            red = colour and word in (FAILED, SKIPPED, MISSING)
            row.append(f"\033[31m{word:{len(name)}}\033[0m" if red else f"{word:{len(name)}}")
            why += [f"- {name}: {check}: {result}: {note}" for result, note in dict.fromkeys(found) if note]
        text.append(f"{check:{width}}  {'  '.join(row)}".rstrip())
    return text + [""] + why, counts


def main(words):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--peer", action="append", default=[])
    parser.add_argument("file", nargs="*")
    options = parser.parse_args([str(word) for word in words])
    table = read(options.file)
    for peer in options.peer:
        table.setdefault((peer, CENTRAL), {})
    text, (well, ill) = lines_of(table, sys.stdout.isatty())
    print("\n".join(text))
    print(f"{well} passed, {ill} failed")
    return ill > 0 or not well


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
