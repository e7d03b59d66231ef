#!/usr/bin/env python3
"""clang compiles every file that gcc compiled, with the same flags, and must be silent. What it makes is thrown away.

With ccache it is asked only of what has changed: that keeps what a compiler has said, and wants an object for it.

Usage: check_clang.py <build folder>   (with its compile_commands.json)
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

DROP_PAIRS = {"-o", "-MF", "-MT", "-MQ"}
DROP = {"-c", "-MD", "-MMD"}


def clang_command(entry, folder):
    words = shlex.split(entry["command"])
    while not words[0].endswith("gcc") and not words[0].endswith("cc"):
        words.pop(0)  # ccache
    if shutil.which("ccache"):
        out = ["ccache", "clang", "-c", "-o", f"{folder}/{entry['at']}.o"]
    else:
        out = ["clang", "-fsyntax-only"]
    skip = False
    for word in words[1:]:
        if skip:
            skip = False
        elif word in DROP_PAIRS:
            skip = True
        elif word not in DROP and not word.startswith(("-fsanitize", "-O", "-g")):
            out.append(word)
    return out


def read(entry, folder):
    run = subprocess.run(clang_command(entry, folder), cwd=entry["directory"], text=True, capture_output=True)
    return run.stderr if run.returncode or run.stderr else None


def main():
    entries = json.loads(Path(sys.argv[1], "compile_commands.json").read_text())
    entries = [{**e, "at": at} for at, e in enumerate({e["file"]: e for e in entries if Path(e["file"]).is_file()}.values())]
    with ThreadPoolExecutor(os.cpu_count()) as pool, tempfile.TemporaryDirectory() as folder:
        problems = [p for p in pool.map(lambda e: read(e, folder), entries) if p]
    for problem in problems:
        print(problem)
    print(f"check_clang: {len(entries)} files, {len(problems)} with warnings")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
