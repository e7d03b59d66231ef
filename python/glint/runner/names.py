"""The names every program has without an import."""

from __future__ import annotations

import builtins
import random as _random
import secrets
import sys
from array import array
from types import ModuleType
from typing import Any, Callable, Dict, Optional, Tuple

from . import board, errors, pins
from .modules import streams

_virtual_random = _random.Random(0)


class Shorts(Tuple[int, ...]):
    """Immutable sequence of integers 0..65535."""

    def __new__(cls, source: Any = ()) -> "Shorts":
        return super().__new__(cls, shortarray(source))  # type: ignore[arg-type]


def shortarray(source: Any = ()) -> "array[int]":
    """A new array of integers 0..65535: so many zeros, or the elements of a sequence."""
    return array("H", bytes(2 * source) if isinstance(source, int) else list(source))


def sleep(time: float, time_unit: float = pins.MILLIS) -> None:
    """Lets this thread wait."""
    if time < 0:
        raise ValueError(f"sleep: {time!r} is negative")
    board.here().clock.sleep(time * time_unit / 1e6)


def random(a: Optional[int] = None, b: Optional[int] = None) -> int:
    """A random integer, a..b inclusive when they are given. In virtual time the same ones in every run."""
    source: Any = _virtual_random if board.here().clock.virtual else secrets.SystemRandom()
    if a is None or b is None:
        return int(source.randrange(1 << 31))
    return int(source.randint(a, b))


class ThreadHandle:
    """What thread() returns."""

    def __init__(self) -> None:
        self.ended = False

    def is_alive(self) -> bool:
        return not self.ended


def thread(fun: Callable[..., Any], *args: Any, prio: int = 0, size: int = -1) -> ThreadHandle:
    """Runs fun(*args) in a new thread, started already. Priority and size make no difference here."""
    handle = ThreadHandle()

    def run() -> None:
        try:
            fun(*args)
        finally:
            handle.ended = True

    board.here().clock.start(run)
    return handle


def print_(*args: Any, sep: str = " ", end: str = "\n", stream: Any = None, file: Any = None,
           flush: bool = False) -> None:
    """Writes to a stream (as Python calls it, a file), else to the default one, else to standard output."""
    text = sep.join(str(arg) for arg in args) + end
    target = stream or file or getattr(_names, "__default_stream", None)
    if target is not None:
        target.write(text)
    else:
        sys.stdout.write(text)
        sys.stdout.flush()


def hex_(x: int, prefix: str = "0x") -> str:
    """Lower-case hexadecimal with a prefix."""
    return ("-" if x < 0 else "") + prefix + format(abs(x), "x")


def open_(file: str, mode: str = "rb", *args: Any, **kwargs: Any) -> Any:
    """A stream of a resource ("resource://name"), or a file as Python opens it."""
    if isinstance(file, str) and file.startswith("resource://"):
        return streams.ResourceStream(file[len("resource://"):])
    return open(file, mode, *args, **kwargs)


def new_resource(name: str) -> None:
    """Says that a file beside the program belongs to it."""
    streams.resource_path(name)


def new_exception(name: Any, parent: Any, message: str = "") -> Any:
    """Makes an exception class, known by its name in all modules of the program."""

    def init(self: Exception, *args: Any) -> None:
        Exception.__init__(self, *(args or ((message,) if message else ())))

    kind = type(name, (parent,), {"__init__": init, "__doc__": message or None})
    setattr(_names, name, kind)
    return kind


def define(name: str, value: Any) -> None:
    """A name for a constant, known in all modules of the program."""
    setattr(_names, name, value)


def _gpio() -> Dict[str, Any]:
    def on(level: int) -> Callable[..., None]:
        def fn(pin: int, fun: Any, *args: Any, debounce: float = 0, time_unit: float = pins.MILLIS) -> None:
            board.here().pins.on(level, pin, fun, args, debounce * time_unit / 1e6)

        return fn

    def analog_read(pin: Any, samples: int = 1) -> Any:
        from .modules import adc

        return adc.read(pin, samples)

    def analog_write(*args: Any, **kwargs: Any) -> None:
        from .modules import pwm

        pwm.write(*args, **kwargs)

    return {
        "pinMode": lambda pin, mode: board.here().pins.mode(pin, mode),
        "digitalRead": lambda pin: board.here().pins.read(pin),
        "digitalWrite": lambda pin, val: board.here().pins.write(pin, val),
        "pinToggle": lambda pin: board.here().pins.toggle(pin),
        "analogRead": analog_read,
        "analogWrite": analog_write,
        "onPinRise": on(pins.HIGH),
        "onPinFall": on(pins.LOW),
    }


def _constants() -> Dict[str, Any]:
    out: Dict[str, Any] = dict(pins.PINS)
    for name in ("LOW HIGH MICROS MILLIS SECONDS NANOS INPUT OUTPUT INPUT_PULLUP INPUT_PULLDOWN OUTPUT_PUSHPULL "
                 "OUTPUT_OPENDRAIN INPUT_ANALOG OUTPUT_HIGHDRIVE").split():
        out[name] = getattr(pins, name)
    for name, count in (("SERIAL", 8), ("ADC", 8), ("I2C", 8), ("SPI", 8), ("PWM", 8), ("RTC", 2)):
        out.update({f"{name}{i}": i for i in range(count)})
    out.update({f"PRIO_{name}": i for i, name in enumerate("LOWEST LOWER LOW NORMAL HIGH HIGHER HIGHEST".split())})
    out.update(PSMALLINT=int, PINTEGER=int, PFLOAT=float, PBOOL=bool, PSTRING=str, PBYTES=bytes, PBYTEARRAY=bytearray,
               PSHORTS=Shorts, PSHORTARRAY=array, PLIST=list, PTUPLE=tuple, PRANGE=range, PFROZENSET=frozenset,
               PSET=set, PDICT=dict, PNONE=type(None))
    return out


class Names(ModuleType):
    """The program's `__builtins__`."""


_names = Names("__builtins__")


def make(importer: Callable[..., Any], default_net: Any, seed: int = 0) -> ModuleType:
    """The program's `__builtins__`, once a process."""
    _virtual_random.seed(seed)
    space = vars(_names)
    space.update({name: getattr(builtins, name) for name in dir(builtins) if name != "__import__"})
    space.update(_constants())
    space.update(_gpio())
    space.update(errors.TREE)
    space.update(sleep=sleep, random=random, thread=thread, print=print_, hex=hex_, open=open_, shorts=Shorts,
                 shortarray=shortarray, new_resource=new_resource, new_exception=new_exception, __define=define,
                 __ORD=ord, __default_net=default_net, __default_stream=None, __import__=importer)
    return _names
