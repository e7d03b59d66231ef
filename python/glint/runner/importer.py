"""What `import` means in a program: its own files first, then the old language's modules, then Python's.

Modules of the program are compiled as the program is (source.py) and live apart from Python's, so that a program's
`queue.py` disturbs nobody. Names are also found when they are written with capitals, as some programs did.
"""

from __future__ import annotations

import builtins
import importlib
from pathlib import Path
from types import ModuleType
from typing import Any, Dict, Optional, Sequence

from . import absent, lenient, source

OLD = "streams timers threading queue gc mcu adc pwm gpio rtc flash json struct socket requests urlparse"
MODULES = frozenset(OLD.split())
DRIVERS = frozenset(["nordic", "nordic.nrf52_ble", "nordic.nrf52_ble.nrf52_ble", "espressif", "espressif.esp32ble",
                     "espressif.esp32ble.esp32ble", "wireless", "wireless.drivers", "wireless.ble_beacons"])


class Importer:
    """The program's `__import__`."""

    def __init__(self, folder: Path, symbols: Dict[str, str]) -> None:
        self.folder = folder
        self.symbols = symbols
        self.names: Optional[ModuleType] = None  # the program's __builtins__
        self.loaded: Dict[str, ModuleType] = {}  # of the program's own files

    def __call__(self, name: str, globals: Any = None, locals: Any = None, fromlist: Any = (),
                 level: int = 0) -> ModuleType:
        if level:
            package = (globals or {}).get("__package__") or ""
            base = package.rsplit(".", level - 1)[0] if level > 1 else package
            name = f"{base}.{name}" if name and base else name or base
        module = self.find(name, fromlist or ())
        if fromlist or "." not in name:
            return module
        first, second = name.split(".")[:2]
        return self.find(first, (second,))

    def find(self, name: str, fromlist: Sequence[str]) -> ModuleType:
        module = self.own(name)
        if module is None:
            return self.old(name, fromlist) or builtins.__import__(name, fromlist=["*"])
        for item in fromlist:
            if item != "*" and not hasattr(module, item):
                inner = self.own(f"{name}.{item}")
                if inner is not None:
                    setattr(module, item, inner)
        return module

    # the program's own files

    def own(self, name: str) -> Optional[ModuleType]:
        if name in self.loaded:
            return self.loaded[name]
        base = self.folder.joinpath(*name.split("."))
        for path in (base.with_name(base.name + ".py"), base / "__init__.py"):
            if path.is_file():
                return self.run(name, path, path.name == "__init__.py")
        if name.lower() not in MODULES | DRIVERS and any(base.glob("*.py")):
            return self.loaded.setdefault(name, ModuleType(name))  # a folder is a package, too
        return None

    def run(self, name: str, path: Path, is_package: bool = False) -> ModuleType:
        """Compiles and runs a file of the program."""
        code = source.compile_program(path.read_text(encoding="utf-8"), str(path), self.symbols)
        module = ModuleType(name)
        module.__dict__.update({"__file__": str(path), "__builtins__": self.names, source.RUNTIME: lenient,
                                "__package__": name if is_package else name.rpartition(".")[0]})
        self.loaded[name] = module
        try:
            exec(code, module.__dict__)
        except BaseException:
            self.loaded.pop(name, None)
            raise
        return module

    # the old language's

    def old(self, name: str, fromlist: Sequence[str]) -> Optional[ModuleType]:
        path = name.lower()
        module: Optional[ModuleType] = None
        if path in MODULES:
            module = importlib.import_module(f"{__package__}.modules.{path}")
        elif path == "wireless.ble":
            module = importlib.import_module(f"{__package__}.ble")
        elif path == "math" or path in DRIVERS or path.startswith("wireless.drivers."):
            module = importlib.import_module(path)
            if fromlist:
                module = self._with(path, module, fromlist)
        if module is None:
            module = absent.find(path)
        return module

    def _with(self, path: str, module: ModuleType, fromlist: Sequence[str]) -> ModuleType:
        """A package with what is imported from it, which may be a module, by the name it is asked for."""
        face = ModuleType(module.__name__)
        face.__dict__.update(module.__dict__)
        for item in fromlist:
            if item == "*":
                continue
            try:
                found: Any = self.old(f"{path}.{item}", ()) or getattr(module, item)
            except ImportError:
                found = getattr(module, item.lower(), None)
            if found is not None:
                setattr(face, item, found)
        return face
