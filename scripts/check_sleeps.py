#!/usr/bin/env python3
"""No test and no benchmark sleeps on the wall clock, or looks again and again at what it could wait for.

Looks through C, Python and shell files of tests/, bench/ and examples/ for sleeping calls, and for waits on nothing but
a time. Programs in examples/python have a pace of their own; their tests run them in virtual time. In tests/python
asyncio sleeps in the time of a world (`air.run()`), so there it is a loop of the wall clock that is looked for, but for
lines that say why: `# no sleep: ...`. `--self-test` shows that it finds them.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ["tests", "bench", "examples"]
C = [
    (r"\b(u|nano|clock_nano|thrd_)?sleep\s*\(", "sleeps"),
    (r"\b(sched_yield|pause|alarm)\s*\(\s*\)?", "waits for the wall clock"),
    (r"\bp?poll\s*\(\s*NULL\s*,\s*0", "waits for nothing but time"),
    (r"\bselect\s*\(\s*0\s*,\s*NULL", "waits for nothing but time"),
]
PYTHON = [
    (r"\b(time|asyncio|trio|anyio)\s*\.\s*sleep\b", "sleeps"),
    (r"\bfrom\s+time\s+import\b.*\bsleep\b", "sleeps"),
    (r"\bselect\s*\(\s*\[\s*\]\s*,\s*\[\s*\]\s*,\s*\[\s*\]", "waits for nothing but time"),
    (r"\b(signal\.(alarm|setitimer|pause)|threading\.Timer)\b", "waits for the wall clock"),
]
WORLD = [
    (r"\b(time|trio|anyio)\s*\.\s*sleep\b", "sleeps"),
    (r"\basyncio\s*\.\s*(run|Runner|new_event_loop|get_event_loop)\b", "has a loop of the wall clock"),
    *PYTHON[1:],
]
SHELL = [(r"(^|[;&|]|\bdo|\bthen|\{)\s*(u?sleep|read\s+-t)\s+[0-9.$]", "sleeps")]


def rules_of(path):
    if path.suffix in (".c", ".h"):
        return C
    if path.suffix == ".py":
        return WORLD if path.is_relative_to(ROOT / "tests/python") else PYTHON
    if path.suffix == ".sh":
        return SHELL
    with open(path, "rb") as file:
        first = file.readline()
    if first.startswith(b"#!"):
        return PYTHON if b"python" in first else SHELL
    return []


def problems_in(text, rules):
    """(line number, what is wrong, the line); comments of one line do not count."""
    for number, line in enumerate(text.splitlines(), 1):
        code = re.sub(r"//.*|/\*.*?\*/|^\s*\*.*", "", line) if rules is C else re.sub(r"(^|\s)#.*", "", line)
        for pattern, why in rules:
            if re.search(pattern, code) and not (rules is WORLD and "# no sleep: " in line):
                yield number, why, line.strip()


def self_test():
    bad = {
        "C": (C, ["	usleep(1000);", "sleep (1);", "nanosleep(&t, NULL);", "	poll(NULL, 0, 10);"]),
        "Python": (PYTHON, ["time.sleep(1)", "    await asyncio.sleep(0.1)", "select.select([], [], [], 0.01)"]),
        "Python of a world": (WORLD, ["time.sleep(1)", "asyncio.run(main())", "from time import sleep"]),
        "shell": (SHELL, ["sleep 1", "while true; do sleep 0.1; done"]),
    }
    good = {
        "C": (C, ["	sleeps(3);", "	return poll(&p, 1, 0) == 1;", "/* sleep(1) */", "	on_sleep_clock(x);"]),
        "Python": (PYTHON, ["select.select([fd], [], [], left)", "# time.sleep(1)", "process.wait(10)"]),
        "shell": (SHELL, ["# sleep 1", 'timeout 30 "$venv/bin/python" peer.py']),
    }
    for rules, lines in bad.values():
        for line in lines:
            assert list(problems_in(line, rules)), f"not found: {line}"
    for rules, lines in good.values():
        for line in lines:
            assert not list(problems_in(line, rules)), f"found without reason: {line}"
    print("check_sleeps: self-test ok")


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return 0
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *FOLDERS], cwd=ROOT, text=True,
                            capture_output=True).stdout.split("\n")
    files = [ROOT / name for name in listed if name and (ROOT / name).is_file()]
    if not files:  # not a git tree: an unpacked archive
        files = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]
    found = 0
    for path in files:
        rules = rules_of(path)
        if not rules or path.is_relative_to(ROOT / "examples/python"):
            continue
        for number, why, line in problems_in(path.read_text(errors="replace"), rules):
            print(f"{path.relative_to(ROOT)}:{number}: {why}: {line}")
            found += 1
    print(f"check_sleeps: {len(files)} files, {found} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
