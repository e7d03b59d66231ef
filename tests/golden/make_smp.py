#!/usr/bin/env python3
"""Makes smp.golden: Security Manager PDUs, and HCI's of encryption, as tshark reads them.

    python3 tests/golden/make_smp.py > tests/golden/smp.golden
"""

import random

import dissect
from make_att import expected, write

rng = random.Random(6)


def rnd(n):
    return bytes(rng.sample(range(0x11, 0xF0), n)).hex()


PAIRING = [("io_capability", "btsmp.io_capability"), ("oob_data_flag", "btsmp.oob_data_flags"),
           ("auth_req", "btsmp.authreq"), ("max_key_size", "btsmp.max_enc_key_size"),
           ("initiator_keys", "btsmp.initiator_key_distribution"), ("responder_keys", "btsmp.responder_key_distribution")]

# struct, PDU, (our field, tshark's field); a list of tshark names is for octets
SMP = [
    ("smp_pairing", "01 04 00 2d 10 07 03", PAIRING),
    ("smp_pairing", "02 03 01 01 07 0b 0f", PAIRING),
    ("smp_value", "03" + rnd(16), [("value", ["btsmp.cfm_value"])]),
    ("smp_value", "04" + rnd(16), [("value", ["btsmp.random_value"])]),
    ("smp_octet", "05 04", [("value", "btsmp.reason")]),
    ("smp_value", "06" + rnd(16), [("value", ["btsmp.long_term_key"])]),
    ("smp_central_id", "07 3412" + rnd(8), [("ediv", "btsmp.ediv")]),
    ("smp_value", "08" + rnd(16), [("value", ["btsmp.id_resolving_key"])]),
    ("smp_identity_address", "09 01" + rnd(6), [("addr_type", "btsmp.address_type"), ("bd_addr", ["btsmp.bd_addr"])]),
    ("smp_value", "0a" + rnd(16), [("value", ["btsmp.signature_key"])]),
    ("smp_octet", "0b 0d", [("value", "btsmp.authreq")]),
    ("smp_public_key", "0c" + rnd(32) + rnd(32), [("x", ["btsmp.public_key_x"]), ("y", ["btsmp.public_key_y"])]),
    ("smp_value", "0d" + rnd(16), [("value", ["btsmp.dhkey_check"])]),
    ("smp_octet", "0e 03", [("value", "btsmp.notification_type")]),
]

# A field that tshark shows as octets although it is a number.
RAND = {"smp_central_id": ("rand", "btsmp.random_value"),
        "hci_cmd_le_enable_encryption": ("random_number", "bthci_cmd.le_random_number"),
        "hci_le_long_term_key_request": ("random_number", "bthci_evt.le_random_number")}

H = "4203"
HCI = [
    ("hci_cmd_le_enable_encryption", "01 1920 1c" + H + rnd(8) + "3412" + rnd(16), 4,
     [("connection_handle", "bthci_cmd.connection_handle"),
      ("encrypted_diversifier", "bthci_cmd.le_encrypted_diversifier"),
      ("long_term_key", ["bthci_cmd.le_long_term_key"])]),
    ("hci_cmd_le_long_term_key_request_reply", "01 1a20 12" + H + rnd(16), 4,
     [("connection_handle", "bthci_cmd.connection_handle"), ("long_term_key", ["bthci_cmd.le_long_term_key"])]),
    ("hci_cmd_handle", "01 1b20 02" + H, 4, [("connection_handle", "bthci_cmd.connection_handle")]),
    ("hci_le_long_term_key_request", "04 3e 0d 05" + H + rnd(8) + "3412", 3,
     [("connection_handle", "bthci_evt.connection_handle"),
      ("encrypted_diversifier", "bthci_evt.le_encrypted_diversifier")]),
]


def lines(name, fields, wanted):
    out = list(expected(fields, wanted))
    if name in RAND:
        ours, theirs = RAND[name]
        octets = bytes.fromhex(dissect.octets(fields, theirs)[0][1:])
        out.append(f"{ours} {int.from_bytes(octets, 'little')}")
    return out


if __name__ == "__main__":
    print("# Security Manager PDUs, and HCI's of encryption, as tshark 4.0 reads them. Made by make_smp.py.")
    pdus = [bytes.fromhex(text.replace(" ", "")) for _, text, _ in SMP]
    for (name, _, wanted), pdu, fields in zip(SMP, pdus, dissect.hci([dissect.acl(p, cid=6) for p in pdus])):
        write(name, "tshark", 1, pdu, lines(name, fields, wanted))
    packets = [bytes.fromhex(text.replace(" ", "")) for _, text, _, _ in HCI]
    read = dissect.hci([(p, p[0] == 4) for p in packets])
    for (name, _, start, wanted), packet, fields in zip(HCI, packets, read):
        write(name, "tshark", int(packet[0] == 4), packet[start:], lines(name, fields, wanted))
