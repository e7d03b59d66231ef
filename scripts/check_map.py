#!/usr/bin/env python3
"""What is not mentioned is not linked: the battery image names no pairing, scanning or client code, and the host image
none of what docs/adr/0013-the-least-host.md says that it leaves out.

Usage: check_map.py <build folder>...   (of the presets size-m0, size-m4; links the image first)
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROLES = r"(^|_)smp_|scan|client|central|initiat"
IMAGES = {
    "battery": re.compile(ROLES, re.I),
    "host": re.compile(ROLES + r"|hci_care|hci_back|host_leave|indicate|confirmation|gatt_att_db|gatt_find$|include", re.I),
}
# An advertiser has scan response data; the server knows of client configurations and client features.
WANTED = re.compile(r"scan_?rsp|scan_?resp|scannable|adv_scan|client_(char|config|feat|supp)|cccd|prefer", re.I)


def check(build, image, unwanted):
    subprocess.run(["cmake", "--build", build, "--target", f"size_{image}"], check=True, stdout=subprocess.DEVNULL)
    elf = Path(build, f"bin/{image}.elf")
    out = subprocess.run(["arm-none-eabi-nm", "-P", str(elf)], check=True, text=True, capture_output=True).stdout
    names = {line.split()[0] for line in out.splitlines() if line.split()[1] not in "Uw"}
    return names, sorted(n for n in names if unwanted.search(n) and not WANTED.search(n))


def main():
    status = 0
    for build in sys.argv[1:]:
        for image, pattern in IMAGES.items():
            names, unwanted = check(build, image, pattern)
            for name in unwanted:
                print(f"{build}/bin/{image}.elf contains {name}")
            print(f"check_map: {build}: {image}: {len(names)} symbols, {len(unwanted)} that should not be there")
            status |= bool(unwanted)
    return status


if __name__ == "__main__":
    sys.exit(main())
