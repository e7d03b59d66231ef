#!/usr/bin/env python3
"""clang reads every file that gcc compiled, with the same flags, and must be silent.

Reading is a third of what an object would cost, and less than a cache's upkeep on a machine that has none yet.

Usage: check_clang.py <build folder>   (with its compile_commands.json)
"""

import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

DROP_PAIRS = {"-o", "-MF", "-MT", "-MQ"}
DROP = {"-c", "-MD", "-MMD"}


def clang_command(entry):
    words = shlex.split(entry["command"])
    while not words[0].endswith("gcc") and not words[0].endswith("cc"):
        words.pop(0)  # ccache
    out, skip = ["clang", "-fsyntax-only"], False
    for word in words[1:]:
        if skip:
            skip = False
        elif word in DROP_PAIRS:
            skip = True
        elif word not in DROP and not word.startswith(("-fsanitize", "-O", "-g")):
            out.append(word)
    return out


def read(entry):
    run = subprocess.run(clang_command(entry), cwd=entry["directory"], text=True, capture_output=True)
    return run.stderr if run.returncode or run.stderr else None


def main():
    entries = json.loads(Path(sys.argv[1], "compile_commands.json").read_text())
    entries = list({e["file"]: e for e in entries if Path(e["file"]).is_file()}.values())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [p for p in pool.map(read, entries) if p]
    for problem in problems:
        print(problem)
    print(f"check_clang: {len(entries)} files, {len(problems)} with warnings")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
