#!/usr/bin/env python3
"""What `make check` does, step by step, with the time of each. A step that fails does not stop the others.

The steps are in two lanes, which go on beside each other: what is made of build/dev and its tests, and all the rest. Counts every test of ctest and every other step as one; the last line is "N passed, N failed". The numbers are
also left in build/check.json, for .ci/run.
"""

import json
import os
import subprocess
import sys
import threading
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


# Most system tests wait for something of their own pace, so more than there are cores.
CTEST = ["ctest", "--preset", "dev", "-j", str(3 * int(JOBS)), "--output-junit", str(JUNIT)]
CORTEX = ["build/size-m0", "build/size-m4"]

# Of each lane: (name, step that must have passed before, commands)
LANES = [
    [
        ("build", None, build("dev")),
        ("examples", "build", build("dev", "--target", "examples")),
        ("tests", "build", [CTEST]),
    ],
    [
        ("layers", None, [script("check_layers", "--self-test"), script("check_layers")]),
        ("public headers", None, [script("check_headers")]),
        ("documents", None, [script("check_docs")]),
        ("function length", None, [script("check_functions")]),
        ("conformance list", None, [[sys.executable, "scripts/conformance"]]),
        ("attacks list", None, [[sys.executable, "scripts/attacks"]]),
        ("texts of mutations", None, [[sys.executable, "scripts/mutate", "--texts"]]),
        ("no test sleeps", None, [script("check_sleeps", "--self-test"), script("check_sleeps")]),
        ("Cortex-M0+ and M4", None, build("size-m0") + build("size-m4") + [script("check_objects", *CORTEX)]),
        ("only what is mentioned", "Cortex-M0+ and M4", [script("check_map", *CORTEX)]),
        ("clang is silent", "build", [script("check_clang", "build/dev")]),
        ("battery on a bare Cortex-M4", "Cortex-M0+ and M4", [[sys.executable, "tests/system/cortex_m.py"]]),
    ],
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
    """Whether it went well, and what is to be said of it."""
    started = time.monotonic()
    word, last, said = "ok", "", []
    for command in commands:
        code, output = run(command)
        lines = output.strip().splitlines()
        last = lines[-1] if lines and command[0] == sys.executable else last
        if code:
            log = ROOT / "build" / f"check-{name.replace(' ', '-')}.log"
            log.write_text(output)
            said = lines[-SHOWN_LINES:]
            if len(lines) > SHOWN_LINES:
                said.append(f"(the first {len(lines) - SHOWN_LINES} lines are in {log.relative_to(ROOT)})")
            word = "FAILED"
            break
    said.append(f"[{time.monotonic() - started:5.1f} s] {name}: {word}{'  (' + last + ')' if last else ''}")
    return word == "ok", said


class Check:
    """What has been counted so far, by both lanes."""

    def __init__(self):
        self.passed, self.failed = 0, 0
        self.ok = {}
        self.over = {name: threading.Event() for lane in LANES for name, _, _ in lane}
        self.counting = threading.Lock()

    def lane(self, steps):
        for name, needs, commands in steps:
            try:
                self.step(name, needs, commands)
            finally:
                self.over[name].set()

    def step(self, name, needs, commands):
        if needs:
            self.over[needs].wait()
        if needs and not self.ok.get(needs):
            ok, said = False, [f"[  -   ] {name}: not run, since \"{needs}\" failed"]
        else:
            ok, said = run_step(name, commands)
        passed, failed = int(ok), int(not ok)
        if name == "tests" and JUNIT.is_file():
            passed, bad, skipped = tests_counted()
            failed = len(bad) + (not ok and not bad)
            said.append(f"          {passed} tests passed, {len(bad)} failed, {skipped} skipped")
            said += [f"          again: ctest --test-dir build/dev -R '^{test}$' --output-on-failure" for test in bad]
        with self.counting:
            self.ok[name] = ok
            self.passed += passed
            self.failed += failed
            print("\n".join(said), flush=True)


def main():
    started = time.monotonic()
    JUNIT.unlink(missing_ok=True)
    (ROOT / "build").mkdir(exist_ok=True)
    check = Check()
    lanes = [threading.Thread(target=check.lane, args=(steps,)) for steps in LANES]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    check.failed += len(check.over) - len(check.ok)  # a step that broke off
    (ROOT / "build/check.json").write_text(json.dumps({"passed": check.passed, "failed": check.failed}) + "\n")
    print(f"make check took {time.monotonic() - started:.0f} s")
    print(f"{check.passed} passed, {check.failed} failed")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
