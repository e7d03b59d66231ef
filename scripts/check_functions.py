#!/usr/bin/env python3
"""No function above 100 lines; the longest ones, and the files above 600 lines, are shown."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ["src", "include", "sim", "drivers", "ports", "tools", "examples", "bench", "tests", "python"]
LIMIT = 100
LONG_FILE = 600


def sources():
    for folder in FOLDERS:
        yield from (p for p in sorted((ROOT / folder).rglob("*")) if p.suffix in (".c", ".h"))


def main():
    files = [p.relative_to(ROOT).as_posix() for p in sources()]
    out = subprocess.run(
        ["ctags", "--output-format=json", "--fields=+ne", "--languages=C,C++", "--langmap=C:.c.h", "--c-kinds=f",
         "-L", "-"], input="\n".join(files), text=True, capture_output=True, check=True, cwd=ROOT).stdout
    found = []
    for line in out.splitlines():
        tag = json.loads(line)
        if tag.get("kind") == "function" and "end" in tag:
            found.append((tag["end"] - tag["line"] + 1, tag["path"], tag["line"], tag["name"]))
    found.sort(reverse=True)
    for length, path, line, name in found[:5]:
        print(f"  {length:4} lines  {name}  {path}:{line}")
    for path in files:
        lines = (ROOT / path).read_text(errors="replace").count("\n")
        if lines > LONG_FILE:
            print(f"  {path} has {lines} lines: is it two?")
    long = [f for f in found if f[0] > LIMIT]
    for length, path, line, name in long:
        print(f"{path}:{line}: {name} has {length} lines, {LIMIT} is the limit")
    print(f"check_functions: {len(found)} functions in {len(files)} files, {len(long)} above {LIMIT} lines")
    return 1 if long else 0


if __name__ == "__main__":
    sys.exit(main())
