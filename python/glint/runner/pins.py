"""Simulated pins: D0..D127, A0..A127, LED0..LED32, BTN0..BTN32, and what drives them from outside.

A pin is an int, so programs may keep it in lists and dicts; D5.PWM and A3.ADC are the same pin by another function.
Inputs follow scripts: `--pin BTN0=1@3s` sets a level at a time, `--pin A2=sine` a wave. What the program writes to a
pin wins until the script's next change.
"""

from __future__ import annotations

import math
import re
import sys
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from . import errors
from .clock import Clock

LOW, HIGH = 0, 1
MICROS, MILLIS, SECONDS, NANOS = 1, 1000, 1000000, 0.001  # microseconds
INPUT, OUTPUT, INPUT_PULLUP, INPUT_PULLDOWN = range(4)
OUTPUT_PUSHPULL, OUTPUT_OPENDRAIN, INPUT_ANALOG, OUTPUT_HIGHDRIVE = range(4, 8)
FULL_SCALE = 4095

KINDS = {"D": 128, "A": 128, "LED": 33, "BTN": 33}
FUNCTIONS = ("PWM", "ADC", "ICU", "DAC", "INT", "CAN", "I2C", "SPI", "UART")
WAVES: Dict[str, Callable[[float], float]] = {  # of a phase 0..1 to 0..1
    "sine": lambda x: 0.5 + 0.5 * math.sin(2 * math.pi * x),
    "square": lambda x: 1.0 if x < 0.5 else 0.0,
    "triangle": lambda x: 2 * x if x < 0.5 else 2 - 2 * x,
    "ramp": lambda x: x,
}


class Pin(int):
    """A pin's number; `PWM`, `ADC` and the like are the pin in that function."""

    def __new__(cls, number: int, name: str) -> "Pin":
        pin = super().__new__(cls, number)
        pin.name = name
        return pin

    name: str

    def __repr__(self) -> str:
        return self.name


def _make() -> Dict[str, Pin]:
    pins: Dict[str, Pin] = {}
    for kind, count in KINDS.items():
        for i in range(count):
            number = len(pins)
            pin = pins[f"{kind}{i}"] = Pin(number, f"{kind}{i}")
            for at, function in enumerate(FUNCTIONS, 1):
                setattr(pin, function, Pin(number + (at << 16), f"{kind}{i}.{function}"))
    return pins


PINS = _make()
BY_NUMBER = list(PINS.values())


class Change(NamedTuple):
    """One `--pin`: from `at` on the pin has a value, or follows a wave."""

    pin: Pin
    at: float
    value: int
    wave: str
    period: float


SPAN = re.compile(r"^([0-9]*\.?[0-9]+)(us|ms|s|m|h)?$")
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}


def seconds(text: str) -> float:
    """Of "3s", "250ms", "2m", "1.5" (seconds)."""
    found = SPAN.match(text)
    if not found:
        raise ValueError(f"{text!r} is no time; 3s, 250ms and 2m are")
    return float(found.group(1)) * UNITS[found.group(2)]


def parse(text: str) -> Change:
    """One argument of --pin: PIN=VALUE[@TIME], where VALUE is a number or WAVE[:PERIOD]."""
    name, equals, rest = text.partition("=")
    value, _, at = rest.partition("@")
    if not equals or not value or name.upper() not in PINS:
        raise ValueError(f"--pin {text}: PIN=VALUE or PIN=VALUE@TIME is wanted, as BTN0=1@3s; PIN is D0..D127, "
                         "A0..A127, LED0..LED32 or BTN0..BTN32")
    when = seconds(at) if at else 0.0
    wave, _, period = value.partition(":")
    analog = name[0] in "aA"
    if wave in WAVES:
        if not analog and wave != "square":
            raise ValueError(f"--pin {text}: {wave} is for A pins; a digital one can follow square")
        return Change(PINS[name.upper()], when, 0, wave, seconds(period) if period else 1.0)
    top = FULL_SCALE if analog else 1
    names = {"high": top, "low": 0}
    try:
        number = names[value.lower()] if value.lower() in names else int(value, 0)
    except ValueError:
        raise ValueError(f"--pin {text}: {value!r} is neither a number nor one of {', '.join(WAVES)}") from None
    if not 0 <= number <= top:
        raise ValueError(f"--pin {text}: {number} is outside 0..{top}")
    return Change(PINS[name.upper()], when, number, "", 0.0)


class State:
    """What one pin is set to, and who wants to know when it changes."""

    def __init__(self) -> None:
        self.mode = INPUT
        self.value = 0
        self.driven = False  # a script or the program has set it
        self.wave: Optional[Change] = None
        self.handlers: Dict[int, Tuple[Callable[..., Any], Tuple[Any, ...], float]] = {}


class Board:
    """All pins of the program."""

    def __init__(self, clock: Clock, changes: List[Change], shown: bool) -> None:
        self.clock = clock
        self.shown = shown
        self.states: Dict[int, State] = {}
        self.to_come = 0  # changes of scripts that have not been yet
        later = sorted((change for change in changes if change.at > 0), key=lambda change: change.at)
        for change in changes:
            if change.at <= 0:
                self._apply(change)
        if later:
            self.to_come = len(later)
            clock.start(lambda: self._follow(later), keeps_alive=False)

    def _follow(self, changes: List[Change]) -> None:
        for change in changes:
            self.clock.sleep(change.at - self.clock.now())
            self._apply(change)
            with self.clock.change():
                self.to_come -= 1

    def _apply(self, change: Change) -> None:
        state = self.state(change.pin)
        if change.wave == "square" and not change.pin.name.startswith("A"):
            self.to_come += 1
            state.wave = change
            self.clock.start(lambda: self._beat(change, state), keeps_alive=False)
        elif change.wave:
            state.wave, state.driven = change, True
        else:
            state.wave = None
            self._set(change.pin, state, change.value)

    def _beat(self, change: Change, state: State) -> None:
        """A square wave on a digital pin, whose edges are told, until something else is set."""
        level = 1
        while state.wave is change:
            self._set(change.pin, state, level)
            level = 1 - level
            self.clock.sleep(change.period / 2)
        with self.clock.change():
            self.to_come -= 1

    def state(self, pin: Any) -> State:
        """Of a pin by any of its functions."""
        number = pin & 0xFFFF if isinstance(pin, int) and not isinstance(pin, bool) else -1
        if not 0 <= number < len(BY_NUMBER):
            raise errors.InvalidPinError(f"{pin!r} is no pin; D0..D127, A0..A127, LED0..LED32 and BTN0..BTN32 are")
        return self.states.setdefault(number, State())

    def _set(self, pin: int, state: State, value: int) -> None:
        before = self._level(state)
        state.value, state.driven = value, True
        after = self._level(state)
        if after != before and after in state.handlers:
            fn, args, debounce = state.handlers[after]
            self.clock.start(lambda: self._tell(state, after, fn, args, debounce))

    def _tell(self, state: State, level: int, fn: Callable[..., Any], args: Tuple[Any, ...], debounce: float) -> None:
        if debounce > 0:
            self.clock.sleep(debounce)
            if self._level(state) != level:
                return
        fn(*args)

    def _level(self, state: State) -> int:
        return int(self.analog(state) > 0) if state.driven else int(state.mode == INPUT_PULLUP)

    def analog(self, state: State) -> int:
        """0..4095 of an analogue input now."""
        if not state.wave or state.wave.pin.name[0] != "A":
            return state.value
        phase = (self.clock.now() - state.wave.at) / state.wave.period % 1.0
        return round(WAVES[state.wave.wave](phase) * FULL_SCALE)

    # what programs call

    def mode(self, pin: Any, mode: int) -> None:
        if mode not in range(8):
            raise ValueError(f"pinMode: mode {mode!r} is none of INPUT, OUTPUT, INPUT_PULLUP ...")
        self.state(pin).mode = mode

    def read(self, pin: Any) -> int:
        return self._level(self.state(pin))

    def write(self, pin: Any, value: int) -> None:
        state = self.state(pin)
        if self.shown and self._level(state) != int(bool(value)):
            sys.stderr.write(f"{self.clock.now():.3f} s: {BY_NUMBER[pin & 0xFFFF]} is {'HIGH' if value else 'LOW'}\n")
        state.wave = None
        self._set(pin, state, int(bool(value)))

    def toggle(self, pin: Any) -> None:
        self.write(pin, 1 - self.read(pin))

    def on(self, level: int, pin: Any, fn: Any, args: Tuple[Any, ...], debounce: float) -> None:
        state = self.state(pin)
        with self.clock.change():
            if fn is None:
                state.handlers.pop(level, None)
            else:
                state.handlers[level] = (fn, args, debounce)

    def awaits(self) -> bool:
        """Whether a script will yet change a pin, and the program wants to be told of any."""
        return self.to_come > 0 and any(state.handlers for state in self.states.values())
