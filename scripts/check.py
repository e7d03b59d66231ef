#!/usr/bin/env python3
"""What `make check` does, step by step, with the time of each. A step that fails does not stop the others.

Counts every test of ctest and every other step as one; the last line is "N passed, N failed". The numbers are
also left in build/check.json, for .ci/run.
"""

import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
JOBS = str(max(2, os.cpu_count() or 2))
JUNIT = ROOT / "build/dev/ctest.xml"
SHOWN_LINES = 60  # of a failed command


def script(name, *args):
    return [sys.executable, f"scripts/{name}.py", *args]


def build(preset, *targets):
    return [["cmake", "--preset", preset], ["cmake", "--build", "--preset", preset, "-j", JOBS, *targets]]


# Most system tests wait for something of their own pace, so twice as many as there are cores.
CTEST = ["ctest", "--preset", "dev", "-j", str(2 * int(JOBS)), "--output-junit", str(JUNIT)]
CORTEX = ["build/size-m0", "build/size-m4"]

# (name, step that must have passed before, commands)
STEPS = [
    ("build", None, build("dev")),
    ("tests", "build", [CTEST]),
    ("examples", "build", build("dev", "--target", "examples")),
    ("clang is silent", "build", [script("check_clang", "build/dev")]),
    ("layers", None, [script("check_layers", "--self-test"), script("check_layers")]),
    ("public headers", None, [script("check_headers")]),
    ("documents", None, [script("check_docs")]),
    ("function length", None, [script("check_functions")]),
    ("conformance list", None, [[sys.executable, "scripts/conformance"]]),
    ("attacks list", None, [[sys.executable, "scripts/attacks"]]),
    ("no test sleeps", None, [script("check_sleeps", "--self-test"), script("check_sleeps")]),
    ("Cortex-M0+ and M4", None, build("size-m0") + build("size-m4") + [script("check_objects", *CORTEX)]),
    ("battery on a bare Cortex-M4", "Cortex-M0+ and M4", [[sys.executable, "tests/system/cortex_m.py"]]),
    ("only what is mentioned", "Cortex-M0+ and M4", [script("check_map", *CORTEX)]),
]


def run(command):
    shown = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           stdin=subprocess.DEVNULL)
    return shown.returncode, shown.stdout


def tests_counted():
    """(passed, failed names, skipped) from ctest's own report."""
    passed, failed, skipped = 0, [], 0
    for case in ET.parse(JUNIT).getroot().iter("testcase"):
        if case.get("status") == "run":
            passed += 1
        elif case.get("status") == "fail":
            failed.append(case.get("name"))
        else:
            skipped += 1
    return passed, failed, skipped


def run_step(name, commands):
    started = time.monotonic()
    word, last = "ok", ""
    for command in commands:
        code, output = run(command)
        lines = output.strip().splitlines()
        last = lines[-1] if lines and command[0] == sys.executable else last
        if code:
            log = ROOT / "build" / f"check-{name.replace(' ', '-')}.log"
            log.write_text(output)
            print("\n".join(lines[-SHOWN_LINES:]))
            if len(lines) > SHOWN_LINES:
                print(f"(the first {len(lines) - SHOWN_LINES} lines are in {log.relative_to(ROOT)})")
            word = "FAILED"
            break
    print(f"[{time.monotonic() - started:5.1f} s] {name}: {word}{'  (' + last + ')' if last else ''}", flush=True)
    return word == "ok"


def main():
    started = time.monotonic()
    passed, failed, done = 0, 0, {}
    JUNIT.unlink(missing_ok=True)
    (ROOT / "build").mkdir(exist_ok=True)
    for name, needs, commands in STEPS:
        if needs and not done[needs]:
            print(f"[  -   ] {name}: not run, since \"{needs}\" failed")
            done[name] = False
            failed += 1
            continue
        done[name] = run_step(name, commands)
        if name == "tests" and JUNIT.is_file():
            ok, bad, skipped = tests_counted()
            print(f"          {ok} tests passed, {len(bad)} failed, {skipped} skipped")
            for test in bad:
                print(f"          again: ctest --test-dir build/dev -R '^{test}$' --output-on-failure")
            passed += ok
            failed += len(bad) + (not done[name] and not bad)
        else:
            passed += done[name]
            failed += not done[name]
    (ROOT / "build/check.json").write_text(json.dumps({"passed": passed, "failed": failed}) + "\n")
    print(f"make check took {time.monotonic() - started:.0f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
