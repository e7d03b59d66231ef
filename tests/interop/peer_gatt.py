"""The whole GATT of one test device: Bumble's and ble-host's centrals against our peripheral, ours against theirs.

Our own two against each other come last, for what none of the others can do. A case that is left out is said once, with
what it lacks. `peer_gatt.py PAIR CASE` runs one, as `peer_gatt.py bumble-glint long_writes`; any pair of names will do.
"""

import asyncio
import sys

import air
import cases
import centrals
import peripherals

PAIRS = (("bumble", "glint"), ("blehost", "glint"), ("glint", "bumble"), ("glint", "blehost"), ("glint", "glint"))
CLASSES = {"bumble": centrals.Bumble, "blehost": centrals.BleHost, "glint": centrals.Glint}


def make(pair, case):
    async def one():
        async with air.traced() as path:
            async with getattr(peripherals, pair[1])(path), getattr(centrals, pair[0])(path) as central:
                central.lacking = central.LACKS | peripherals.LACKS[pair[1]]
                await central.connect("Interop")
                await case(central)
                await central.disconnect()

    one.__name__ = f"{'-'.join(pair)}.{case.__name__}"
    return one


def chosen(pair, wanted):
    """The cases that these two can do; says what is left out, and why."""
    central, peripheral = (CLASSES[pair[0]].LACKS, peripherals.LACKS[pair[1]])
    for case in wanted:
        lacks = cases.NEEDS.get(case, frozenset()) & (central | peripheral)
        if lacks:
            print(f"left out: {'-'.join(pair)}.{case.__name__}: no {', '.join(sorted(lacks))}")
        elif cases.WITHOUT.get(case, frozenset()) <= peripheral:
            yield make(pair, case)


def main(arguments):
    pairs = [tuple(arguments[0].split("-"))] if arguments else PAIRS
    wanted = [c for c in cases.ALL if len(arguments) < 2 or c.__name__ in arguments[1:]]
    air.run(*(case for pair in pairs for case in chosen(pair, wanted)))


if __name__ == "__main__":
    main(sys.argv[1:])
