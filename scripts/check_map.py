#!/usr/bin/env python3
"""What is not mentioned is not linked: the battery image names no pairing, scanning or client code.

Usage: check_map.py <build folder>...   (of the presets size-m0, size-m4; links the image first)
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "bench/size/battery.c"
UNWANTED = re.compile(r"(^|_)smp_|scan|client|central|initiat", re.I)
# An advertiser has scan response data; the server knows of client configurations and client features.
WANTED = re.compile(r"scan_?rsp|scan_?resp|scannable|adv_scan|client_(char|config|feat|supp)|cccd|prefer", re.I)


def check(build):
    subprocess.run(["cmake", "--build", build, "--target", "size_battery"], check=True, stdout=subprocess.DEVNULL)
    image = Path(build, "bin/battery.elf")
    out = subprocess.run(["arm-none-eabi-nm", "-P", str(image)], check=True, text=True, capture_output=True).stdout
    names = {line.split()[0] for line in out.splitlines() if line.split()[1] not in "Uw"}
    return names, sorted(n for n in names if UNWANTED.search(n) and not WANTED.search(n))


def main():
    if not SOURCE.is_file():
        print("check_map: skipped: bench/size/battery.c does not exist yet")
        return 0
    status = 0
    for build in sys.argv[1:]:
        names, unwanted = check(build)
        for name in unwanted:
            print(f"{build}/bin/battery.elf contains {name}")
        print(f"check_map: {build}: {len(names)} symbols, {len(unwanted)} that should not be there")
        status |= bool(unwanted)
    return status


if __name__ == "__main__":
    sys.exit(main())
