#!/usr/bin/env python3
"""Each public header compiles alone, first in its file, as C11 and as C++17, by gcc and by clang, without a word."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-I{ROOT}/include"]
COMPILERS = [["gcc"], ["clang"]]
# In C++ a function may not have its struct's name without -Wshadow's remark; in C it is our habit.
# An event is a union of unnamed structs (ev.disconnected.reason), which clang calls an extension of C++.
LANGUAGES = [["-x", "c", "-std=c11", "-Wconversion", "-Wshadow"],
             ["-x", "c++", "-std=c++17", "-Wno-nested-anon-types"]]


def compiles(job):
    header, compiler, language = job
    # Twice, so that a missing include guard shows.
    text = f"#include <ble/{header.name}>\n#include <ble/{header.name}>\nextern int not_empty;\n"
    run = subprocess.run(compiler + FLAGS + language + ["-"], input=text, text=True, capture_output=True)
    if run.returncode:
        said = "\n".join(run.stderr.splitlines()[:12])
        return f"include/ble/{header.name}: {compiler[0]} {language[2]}:\n{said}"
    return None


def main():
    headers = sorted((ROOT / "include/ble").glob("*.h"))
    jobs = [(h, c, l) for h in headers for c in COMPILERS for l in LANGUAGES]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [p for p in pool.map(compiles, jobs) if p]
    for problem in problems:
        print(problem)
    print(f"check_headers: {len(headers)} headers, {len(jobs)} compilations, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
