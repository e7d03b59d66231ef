"""What a program's own modules find when they are loaded: the clock, the pins, the names every program has.

There is one board a process, made by main.py before the first module of modules/ is imported.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Dict, List, NoReturn, Optional

from .clock import Clock
from .pins import Board, Change


class Runner:
    """The program that runs, and where."""

    clock: Clock
    pins: Board

    def __init__(self, program: Path, clock: Clock, changes: List[Change], shown: bool,
                 symbols: Dict[str, str]) -> None:
        self.program = program
        self.clock = clock
        self.symbols = symbols
        self.pins = Board(clock, changes, shown)
        self.default_stream: Any = None
        self.command: Optional[List[str]] = None  # what starts the same program again

    def warn(self, text: str) -> None:
        """A sentence on standard error, with the program's line that is to blame."""
        frame: Any = sys._getframe(1)
        folder = str(self.program.parent)
        while frame and not (frame.f_code.co_filename.startswith(folder) and "__glint__" in frame.f_globals):
            frame = frame.f_back
        where = f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}: " if frame else ""
        sys.stdout.flush()
        sys.stderr.write(f"{where}{text}\n")
        sys.stderr.flush()

    def state_folder(self) -> Path:
        """Where this program's flash is kept between runs."""
        base = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
        folder = Path(base) / "glint" / (os.environ.get("GLINT_STORE") or self.program.stem)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def restart(self) -> NoReturn:
        """As after a reset: the same program from its beginning."""
        sys.stdout.flush()
        sys.stderr.flush()
        if not self.command:
            raise RuntimeError("mcu.reset: it is not known how this program was started")
        os.execv(self.command[0], self.command)


_runner: Optional[Runner] = None


def install(runner: Runner) -> None:
    """Makes it the one that modules find."""
    global _runner
    _runner = runner


def here() -> Runner:
    """The runner of this process."""
    if _runner is None:
        raise RuntimeError("this module belongs to programs that `glint run` runs")
    return _runner
