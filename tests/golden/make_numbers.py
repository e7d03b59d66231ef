#!/usr/bin/env python3
"""Makes numbers.golden: numbers and names as tshark has them, and the places of supported commands as Bumble has.

    venv/bin/python tests/golden/make_numbers.py > tests/golden/numbers.golden

Lines are `family number name`; the test asks our printers for the number, and compares the words of the two names.
"""

import subprocess

from bumble import hci

FAMILIES = {
    "bthci_cmd.opcode": "hci_cmd", "bthci_evt.code": "hci_evt", "bthci_evt.le_meta_subevent": "hci_le_evt",
    "bthci_evt.status": "hci_err", "btatt.opcode": "att_opcode", "btatt.error_code": "att_err",
    "btatt.uuid16": "uuid16", "btcommon.eir_ad.entry.type": "ad_type", "btle.control_opcode": "llcp",
    "btl2cap.cmd_code": "l2cap_code", "btsmp.opcode": "smp_code", "btsmp.reason": "smp_reason",
}

if __name__ == "__main__":
    print("# tshark 4.0, `tshark -G values`: family, number, name. Made by make_numbers.py.")
    dump = subprocess.run(["tshark", "-G", "values"], capture_output=True, text=True, check=True).stdout
    seen = set()
    for line in dump.splitlines():
        kind, field, *rest = line.split("\t") + ["", ""]
        family = FAMILIES.get(field)
        if kind != "V" or not family or (family, int(rest[0], 0)) in seen:
            continue
        number, name = int(rest[0], 0), rest[1].strip()
        seen.add((family, number))  # the first name counts: later ones are of other meanings
        if family == "uuid16" and not (0x1800 <= number < 0x1860 or 0x2800 <= number < 0x2A66):
            continue
        if name and "Reserved" not in name:
            print(family, number, name)
    print("# Bumble 0.0.215, HCI_SUPPORTED_COMMANDS_MASKS: bit, opcode")
    for opcode, mask in hci.HCI_SUPPORTED_COMMANDS_MASKS.items():
        print("supported", mask.bit_length() - 1, opcode)
