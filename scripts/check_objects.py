#!/usr/bin/env python3
"""The core, compiled for Cortex-M, has no writable data and calls nothing but the five functions of <string.h>.

Usage: check_objects.py <build folder>...   (of the presets size-m0, size-m4)
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WRITABLE = re.compile(r"^\.(data|bss|noinit|tdata|tbss)(\.|$)|^COMMON$")
# Besides the libc functions only what the compiler itself calls: division, 64-bit shifts, switch tables.
OUTSIDE = re.compile(r"^(mem(cpy|set|cmp|move)|strlen|__aeabi_\w+|__gnu_thumb1_case_\w+)$")


def run(*command):
    return subprocess.run(command, check=True, text=True, capture_output=True).stdout


def writable_sections(object_file):
    for line in run("arm-none-eabi-objdump", "-h", str(object_file)).splitlines():
        f = line.split()
        if len(f) >= 3 and f[0].isdigit() and WRITABLE.match(f[1]) and int(f[2], 16):
            yield f"{f[1]} holds {int(f[2], 16)} octets"


def check(build):
    objects = sorted(Path(build, "src").rglob("*.o")) + sorted(Path(build, "src").rglob("*.obj"))
    # A source that was deleted leaves its object behind.
    alive = []
    for o in objects:
        source = re.sub(r"^CMakeFiles/[^/]*\.dir/", "", o.relative_to(Path(build, "src")).as_posix())
        if (ROOT / "src" / Path(source).with_suffix("")).is_file():
            alive.append(o)
    problems = []
    defined, wanted = set(), {}
    for o in alive:
        name = Path(o.name).stem
        where = f"{build}: src/{o.parent.name}/{name}"
        problems += [f"{where}: writable data: {s}" for s in writable_sections(o)]
        for line in run("arm-none-eabi-nm", "-P", str(o)).splitlines():
            symbol, kind = line.split()[:2]
            if kind in "Uw":
                wanted.setdefault(symbol, where)
            elif kind.isupper():
                defined.add(symbol)
    for symbol in sorted(set(wanted) - defined):
        if not OUTSIDE.match(symbol):
            problems.append(f"{wanted[symbol]}: needs {symbol}, which src/ does not define and a chip does not have")
    return alive, problems


def main():
    status = 0
    for build in sys.argv[1:]:
        objects, problems = check(build)
        for problem in problems:
            print(problem)
        print(f"check_objects: {build}: {len(objects)} objects, {len(problems)} problems")
        if problems or not objects:
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
