#!/usr/bin/env python3
"""Flash and RAM of the images of bench/size on Cortex-M, beside their budgets; non-zero when one is exceeded.

An image bench/size/<name>.c is one configuration. What counts is what Glint brings: sections that the linker kept
from our archives, not libc and not the program. The arena is the program's, and counts as RAM when the program
calls it `memory`, as does a driver's `receive_buffer`; that the arena is as large as it must be, and no larger, is asked of the image itself, on QEMU. A budget is tests/budget/<name>.json: {"cortex-m4": {"text": 14000, "ram": 1600}, "cortex-m0": …}.

Usage: size.py [--json FILE] [--functions] (the latter: the twenty largest functions of each image)
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRESETS = {"size-m0": "cortex-m0", "size-m4": "cortex-m4"}
# " .text.name  0xADDR  0xSIZE  archive(member)"; a long name leaves the rest to the next line.
LINE = re.compile(r"^ (\.[\w.$*-]+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (.*)$")
KINDS = {".text": "text", ".rodata": "text", ".data": "data", ".bss": "bss"}


def sections(map_file):
    """(section, size, where it came from) of what was kept."""
    text = map_file.read_text()
    text = text[text.index("Linker script and memory map"):]
    text = re.sub(r"^( \.[\w.$*-]+)\n\s+(0x)", r"\1 \2", text, flags=re.M)
    for line in text.splitlines():
        m = LINE.match(line)
        if m and int(m.group(2), 16) and int(m.group(3), 16):
            yield m.group(1), int(m.group(3), 16), m.group(4)


def symbol_size(image, name):
    out = subprocess.run(["arm-none-eabi-nm", "-S", "-P", str(image)], text=True, capture_output=True).stdout
    for line in out.splitlines():
        f = line.split()
        if f[0] == name and len(f) == 4:
            return int(f[3], 16)
    return 0


def measure(build, name):
    total = {"text": 0, "data": 0, "bss": 0}
    functions = []
    for section, size, source in sections(build / "bin" / f"{name}.map"):
        if "libglint" not in source:
            continue
        kind = KINDS.get("." + section.split(".")[1])
        if kind:
            total[kind] += size
            functions.append((size, section))
    image = build / "bin" / f"{name}.elf"
    arena = symbol_size(image, "memory")
    flash = total["text"] + total["data"]
    ram = total["data"] + total["bss"] + arena + symbol_size(image, "receive_buffer")
    return {"text": flash, "ram": ram, "arena": arena}, sorted(functions, reverse=True)


def memory_needed(build, name):
    """What the image says, run on a simulated Cortex-M4."""
    out = subprocess.run(["qemu-system-arm", "-M", "mps2-an386", "-nographic", "-monitor", "none", "-serial", "none",
                          "-semihosting-config", "enable=on,target=native,arg=probe",
                          "-kernel", str(build / "bin" / f"probe_{name}.elf")], text=True, capture_output=True, timeout=60)
    if out.returncode:
        sys.exit(f"size: probe_{name}.elf does not run: {out.stderr}")
    return int(out.stdout)


def build_images(preset):
    for command in (["cmake", "--preset", preset], ["cmake", "--build", "--preset", preset, "--target", "images"]):
        run = subprocess.run(command, cwd=ROOT, text=True, capture_output=True)
        if run.returncode:
            sys.exit(run.stdout + run.stderr + f"size: {' '.join(command)} failed")


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--json")
    args.add_argument("--functions", action="store_true")
    args = args.parse_args()
    names = sorted(p.stem for p in (ROOT / "bench/size").glob("*.c"))
    if not names:
        print("size: skipped: bench/size has no image to weigh yet")
        return 0
    result, passed, failed = {}, 0, 0
    print(f"{'image':24} {'cpu':10} {'text':>7} {'budget':>7} {'ram':>7} {'budget':>7}  (octets)")
    for preset, cpu in PRESETS.items():
        build_images(preset)
        for name in names:
            got, functions = measure(ROOT / "build" / preset, name)
            result.setdefault(name, {})[cpu] = got
            needed = memory_needed(ROOT / "build" / preset, name)
            if needed != got["arena"]:
                failed += 1
                print(f"{name}: memory has {got['arena']} octets, {needed} needed")
            budget_file = ROOT / "tests/budget" / f"{name}.json"
            budget = json.loads(budget_file.read_text()).get(cpu, {}) if budget_file.is_file() else {}
            over = [k for k in ("text", "ram") if k in budget and got[k] > budget[k]]
            passed += len([k for k in ("text", "ram") if k in budget]) - len(over)
            failed += len(over)
            text_limit, ram_limit = budget.get("text", "-"), budget.get("ram", "-")
            print(f"{name:24} {cpu:10} {got['text']:7} {text_limit:>7} {got['ram']:7} {ram_limit:>7}"
                  + "".join(f"  {k} is over budget by {got[k] - budget[k]}" for k in over))
            if args.functions:
                for size, section in functions[:20]:
                    print(f"    {size:6}  {section}")
    if args.json:
        Path(args.json).write_text(json.dumps(result, indent=1) + "\n")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
