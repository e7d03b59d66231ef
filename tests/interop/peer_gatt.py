"""The whole GATT of one test device: Bumble's and ble-host's centrals against our peripheral, ours against theirs.

Our own two against each other come last, for what none of the others can do. A case that is left out is said once, with
what it lacks. `peer_gatt.py PAIR CASE` runs one, as `peer_gatt.py bumble-glint long_writes`; any pair of names will do.
"""

import asyncio
import sys

import air
import cases
import cells
import centrals
import peripherals

PAIRS = (("bumble", "glint"), ("blehost", "glint"), ("glint", "bumble"), ("glint", "blehost"), ("glint", "glint"))
CLASSES = {"bumble": centrals.Bumble, "blehost": centrals.BleHost, "glint": centrals.Glint}


NAMES = {"bumble": "Bumble", "blehost": "ble-host"}
PARTLY = {"included services": "includes"}  # checks whose cases run where this is lacking, without it


def peer_of(pair):
    """Who is tried, and in which role; None: both are ours."""
    central, peripheral = pair
    if central != "glint":
        return NAMES[central], cells.CENTRAL
    return (NAMES[peripheral], cells.PERIPHERAL) if peripheral != "glint" else None


def make(pair, case, lacks):
    async def one():
        async with air.traced(one.__name__) as path:
            async with getattr(peripherals, pair[1])(path), getattr(centrals, pair[0])(path) as central:
                central.lacking = lacks
                await central.connect("Interop")
                await case(central)
                await central.disconnect()

    one.traced = True
    one.__name__ = f"{'-'.join(pair)}.{case.__name__}"
    peer = peer_of(pair)
    one.cells = {peer: [c for c in cases.checks(case) if PARTLY.get(c) not in lacks]} if peer else {}
    return one


def chosen(pair, wanted):
    """The cases that these two can do; says what is left out, and why."""
    why = CLASSES[pair[0]].WHY | peripherals.WHY[pair[1]]
    peer = peer_of(pair)
    for check, feature in PARTLY.items():
        if peer and feature in why:
            air.cannot(*peer, [check], why[feature])
    for case in wanted:
        lacks = sorted(cases.NEEDS.get(case, frozenset()) & why.keys())
        if lacks:
            print(f"left out: {'-'.join(pair)}.{case.__name__}: {why[lacks[0]]}")
            theirs = sorted(set(lacks) - CLASSES["glint"].LACKS)
            if peer and theirs:
                air.cannot(*peer, cases.checks(case), why[theirs[0]])
        elif cases.WITHOUT.get(case, frozenset()) <= peripherals.LACKS[pair[1]]:
            yield make(pair, case, why.keys())


def main(arguments):
    pairs = [tuple(arguments[0].split("-"))] if arguments else PAIRS
    wanted = [c for c in (*cases.ALL, *cases.LINKS) if len(arguments) < 2 or c.__name__ in arguments[1:]]
    air.run(*(case for pair in pairs for case in chosen(pair, wanted)))


if __name__ == "__main__":
    main(sys.argv[1:])
