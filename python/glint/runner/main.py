"""`glint run`: the command line, and a program from its first line to its end."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

def parser() -> argparse.ArgumentParser:
    """The options as `glint run` hands them over; what they mean is told there (glint run --help)."""
    p = argparse.ArgumentParser(prog="glint run", description="Runs a program; `glint run --help` tells more.")
    for name, metavar in (("--pin", "PIN=VALUE[@TIME]"), ("--define", "SYMBOL")):
        p.add_argument(name, action="append", default=[], metavar=metavar)
    p.add_argument("--show-pins", action="store_true")
    p.add_argument("--virtual-time", action="store_true")
    p.add_argument("--seed", type=int, metavar="N")
    p.add_argument("--driver", metavar="URI")
    p.add_argument("program", metavar="PROGRAM")
    return p


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Runs a program as the command does. Returns the exit status."""
    p = parser()
    args = p.parse_args(argv)
    path = Path(args.program)
    if not path.is_file():
        sys.stderr.write(f"glint run: {args.program}: there is no such file\n")
        return 2
    if args.driver:
        if args.virtual_time:
            p.error("--driver and --virtual-time exclude each other: the latter has an air of its own")
        os.environ["GLINT_DRIVER"] = args.driver
    if args.seed is not None and not args.virtual_time:
        p.error("--seed needs --virtual-time")
    if args.seed is not None and not 0 <= args.seed < 2**64:
        p.error(f"--seed: {args.seed} is outside 0..{2**64 - 1}")
    from . import pins

    try:
        changes = [pins.parse(text) for text in args.pin]
    except ValueError as e:
        p.error(str(e))
    symbols: Dict[str, str] = {}
    for text in args.define:
        name, _, value = text.partition("=")
        if not (name.isascii() and name.isidentifier()):
            p.error(f"--define {text}: SYMBOL or SYMBOL=TEXT is wanted, a name of letters, digits and _")
        symbols[name] = value
    from . import clock

    own: clock.Clock = clock.Clock()
    if args.virtual_time:
        from glint import sim

        own = clock.WorldClock(sim.World(seed=args.seed or 0))
    command = [sys.executable, "-m", __package__, *(sys.argv[1:] if argv is None else argv)]
    signal.signal(signal.SIGINT, on_interrupt)
    return run(path.resolve(), changes, args.show_pins, symbols, own, args.seed or 0, command)


def on_interrupt(signum: int, frame: Any) -> None:
    """Ctrl-C: at once, whatever the program waits for or catches."""
    sys.stdout.flush()
    os._exit(128 + signum)


def run(path: Path, changes: Sequence[Any], shown: bool, symbols: Dict[str, str], own: Any, seed: int = 0,
        command: Optional[List[str]] = None) -> int:
    """Runs a program in this process by its own clock. Returns the exit status."""
    from . import board, clock, importer, names

    sys.argv = [str(path)]
    runner = board.Runner(path, own, list(changes), shown, symbols)
    runner.command = command
    board.install(runner)
    from . import ble

    ble.prepare(getattr(own, "place", None))
    finder = importer.Importer(path.parent, runner.symbols)
    finder.names = names.make(finder, ble.default_net, seed)
    try:
        finder.run("__main__", path)
        own.wait(lambda: not goes_on(runner))
    except SystemExit as e:
        if e.code is None or isinstance(e.code, int):
            return e.code or 0
        sys.stderr.write(f"{e.code}\n")
        return 1
    except Exception:
        clock.report(sys.exc_info())
        return 1
    finally:
        sys.stdout.flush()
    return 0


def goes_on(runner: Any) -> bool:
    """Whether anything of the program can still happen."""
    from . import ble

    return bool(runner.clock.alive or runner.pins.awaits() or ble.is_up())
