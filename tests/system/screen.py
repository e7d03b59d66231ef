"""What stands on a terminal: a program on a pty, and a screen of as much of ECMA-48 as our programs use.

A test asks for a screen on which something holds; it blocks on the program's output, with a deadline that only a
failure meets.
"""

import re
import time

import pexpect

import kit

CONTROL = re.compile(r"\x1b\[(\??)([\d;]*)([A-Za-z])")


class Terminal:
    def __init__(self, place, *args, rows=24, columns=100, **env):
        words = {**place.env, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **env}
        words.pop("NO_COLOR", None) if "NO_COLOR" not in env else None
        self.child = pexpect.spawn(str(kit.BIN / args[0]), list(args[1:]), env=words, dimensions=(rows, columns),
                                   encoding="utf-8", timeout=kit.DEADLINE_S)
        self.child.delaybeforesend = None
        self.resized(rows, columns)
        self.raw = ""

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.child.close(force=True)

    def resized(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.cells = [[" "] * columns for _ in range(rows)]
        self.row = self.column = 0

    def resize(self, rows, columns):
        self.child.setwinsize(rows, columns)
        self.resized(rows, columns)

    def lines(self):
        return ["".join(row).rstrip() for row in self.cells]

    def text(self):
        return "\n".join(self.lines())

    def until(self, holds, within_s=kit.DEADLINE_S):
        """The screen, when holds(text of the screen) is true."""
        deadline = time.monotonic() + within_s
        while not holds(self.text()):
            self._more(deadline)
        return self.text()

    def end(self, key="\x03"):
        """Ctrl-C, then all that is said, and the exit code."""
        if key:
            self.child.send(key)
        try:
            while True:
                self._more(time.monotonic() + kit.DEADLINE_S)
        except EOFError:
            pass
        self.child.close()
        return self.child.exitstatus

    def _more(self, deadline):
        try:
            text = self.child.read_nonblocking(4096, max(0.01, deadline - time.monotonic()))
        except pexpect.TIMEOUT:
            raise AssertionError(f"not on the screen in time; it shows:\n{self.text()}") from None
        except pexpect.EOF:
            raise EOFError(f"the program has ended; the screen shows:\n{self.text()}") from None
        self.raw += text
        self._feed(text)

    def _feed(self, text):
        text = getattr(self, "rest", "") + text
        self.rest = ""
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                found = CONTROL.match(text, at)
                if not found:
                    self.rest = text[at:]
                    return
                if not found[1]:
                    self._control(found[3], int(found[2].split(";")[0] or 0))
                at = found.end()
                continue
            self._character(text[at])
            at += 1

    def _character(self, c):
        if c == "\r":
            self.column = 0
        elif c == "\n":
            self._down()
        elif c == "\b":
            self.column = max(0, self.column - 1)
        elif c >= " ":
            if self.column == self.columns:
                self.column = 0
                self._down()
            self.cells[self.row][self.column] = c
            self.column += 1

    def _down(self):
        self.row += 1
        if self.row == self.rows:
            self.cells = self.cells[1:] + [[" "] * self.columns]
            self.row -= 1

    def _control(self, letter, number):
        if letter == "A":
            self.row = max(0, self.row - max(1, number))
        elif letter == "H":
            self.row = self.column = 0
        elif letter == "G":
            self.column = max(1, number) - 1
        elif letter in "CD":
            step = max(1, number) if letter == "C" else -max(1, number)
            self.column = min(max(0, self.column + step), self.columns - 1)
        elif letter in "P@":  # characters are taken out, or room is made
            row, count = self.cells[self.row], max(1, number)
            rest = row[self.column:]
            rest = rest[count:] + [" "] * count if letter == "P" else [" "] * count + rest
            row[self.column:] = rest[:self.columns - self.column]
        elif letter == "K":
            self.cells[self.row][self.column:] = [" "] * (self.columns - self.column)
        elif letter == "J":
            first = 0 if number == 2 else self.row + 1
            if number == 0:
                self._control("K", 0)
            for row in range(first, self.rows):
                self.cells[row] = [" "] * self.columns
        elif letter not in ("m", "h", "l"):
            raise AssertionError(f"the screen does not know the control {letter}")
