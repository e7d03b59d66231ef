#!/usr/bin/env python3
"""Makes ll.golden: link layer PDUs as tshark reads them, their CRCs from scapy.

    python3 -m venv venv && venv/bin/pip install scapy==2.8.0
    venv/bin/python tests/golden/make_ll.py > tests/golden/ll.golden

The CRC goes into the capture with the flag "checked and valid"; the ones for test_air are printed as `crc` lines.
"""

import dissect
from dissect import ADV_AA, octets, values
from scapy.layers.bluetooth4LE import BTLE

DATA_AA = 0x71B2C3D4
B, C, L = "btle.", "btle.control.", "btle.link_layer_data."
ADV_A, TARGET_A, SCAN_A, INIT_A = (B + n + "_address" for n in ("advertising", "target", "scanning", "initiator"))
NAME = ["btcommon.eir_ad.entry." + n for n in ("length", "type", "device_name")]
SENDER, PEER = "665544332211", "a6a5a4a3a2a1"

# struct, header and payload, (our field, tshark's field); a list of tshark names is for octets that these hold
ADV = [
    ("ll_adv", "60 0a" + SENDER + "0309476c", [("adv_a", [ADV_A]), ("data", NAME)]),
    ("ll_adv", "42 06" + SENDER, [("adv_a", [ADV_A])]),
    ("ll_adv", "46 0a" + SENDER + "0309476c", [("adv_a", [ADV_A]), ("data", NAME)]),
    ("ll_adv", "44 09" + SENDER + "020af8", [("adv_a", [ADV_A]), ("data", [B + "scan_responce_data"])]),
    ("ll_adv_direct_ind", "e1 0c" + SENDER + PEER, [("adv_a", [ADV_A]), ("target_a", [TARGET_A])]),
    ("ll_scan_req", "c3 0c" + PEER + SENDER, [("scan_a", [SCAN_A]), ("adv_a", [ADV_A])]),
    ("ll_connect_ind", "e5 22" + PEER + SENDER + "d4c3b271 563412 03 0500 1800 0200 2a00 fffefdfc1f a9",
     [("init_a", [INIT_A]), ("adv_a", [ADV_A]), ("aa", L + "access_address"), ("crc_init", L + "crc_init"),
      ("win_size", L + "window_size"), ("win_offset", L + "window_offset"), ("interval", L + "interval"),
      ("latency", L + "latency"), ("timeout", L + "timeout"), ("ch_m", [L + "channel_map"]),
      ("hop", L + "hop"), ("sca", L + "sleep_clock_accuracy")]),
]

FEATURES = [("feature_set", C + "feature_set")]
PARAM = [("interval_min", C + "interval.min"), ("interval_max", C + "interval.max"), ("latency", C + "latency"),
         ("timeout", C + "timeout"), ("preferred_periodicity", C + "preferred_periodicity"),
         ("reference_conn_event_count", C + "reference_connection_event_count"),
         ("offset", [C + f"offset.{i}" for i in range(6)])]
LENGTH = [(n, C + n) for n in ("max_rx_octets", "max_rx_time", "max_tx_octets", "max_tx_time")]
PHY = [("tx_phys", C + "tx_phys"), ("rx_phys", C + "rx_phys")]
ERROR = [("error_code", C + "error_code")]
CONTROL = [
    ("ll_connection_update_ind", "00 03 0500 1800 0100 2a00 0700",
     [("win_size", C + "window_size"), ("win_offset", C + "window_offset"), ("interval", C + "interval"),
      ("latency", C + "latency"), ("timeout", C + "timeout"), ("instant", C + "instant")]),
    ("ll_channel_map_ind", "01 fffefdfc1f 0800", [("ch_m", [C + "channel_map"]), ("instant", C + "instant")]),
    ("ll_terminate_ind", "02 13", ERROR),
    ("ll_enc_req", "03" + bytes(range(1, 23)).hex(),
     [("rand", C + "random_number"), ("ediv", C + "encrypted_diversifier"),
      ("skd_c", [C + "master_session_key_diversifier"]), ("iv_c", [C + "master_session_initialization_vector"])]),
    ("ll_enc_rsp", "04" + bytes(range(1, 13)).hex(),
     [("skd_p", [C + "slave_session_key_diversifier"]), ("iv_p", [C + "slave_session_initialization_vector"])]),
    ("ll_unknown_rsp", "07 22", [("unknown_type", C + "unknown_type")]),
    ("ll_feature", "08 0102030405060708", FEATURES),
    ("ll_feature", "09 1112131415161718", FEATURES),
    ("ll_version_ind", "0c 0c 5900 3412", [("version", C + "version_number"), ("company_identifier", C + "company_id"),
                                           ("subversion", C + "subversion_number")]),
    ("ll_reject_ind", "0d 3b", ERROR),
    ("ll_feature", "0e 2122232425262728", FEATURES),
    ("ll_connection_param", "0f 0600 0800 0100 6400 04 3412 0100 0200 0300 0400 0500 ffff", PARAM),
    ("ll_connection_param", "10 0700 0900 0200 6500 05 3512 0200 0300 0400 0500 0600 ffff", PARAM),
    ("ll_reject_ext_ind", "11 0f 1a", [("reject_opcode", C + "reject_opcode"), *ERROR]),
    ("ll_length", "14 fb00 4808 1b00 4801", LENGTH),
    ("ll_length", "15 1b00 4801 fb00 4808", LENGTH),
    ("ll_phy", "16 03 02", PHY),
    ("ll_phy", "17 01 02", PHY),
    ("ll_phy_update_ind", "18 02 01 0900",
     [("phy_c_to_p", C + "m_to_s_phy"), ("phy_p_to_c", C + "s_to_m_phy"), ("instant", C + "instant")]),
]
EMPTY = ["05", "06", "0a", "0b", "12", "13"]  # opcodes whose CtrData is empty: the dissector must agree

ADV_HDR = [("pdu_type", B + "advertising_header.pdu_type"), ("ch_sel", B + "advertising_header.ch_sel"),
           ("tx_add", B + "advertising_header.randomized_tx"), ("rx_add", B + "advertising_header.randomized_rx"),
           ("length", B + "advertising_header.length")]
DATA_HDR = [("llid", B + "data_header.llid"), ("nesn", B + "data_header.next_expected_sequence_number"),
            ("sn", B + "data_header.sequence_number"), ("md", B + "data_header.more_data"),
            ("cp", B + "data_header.cte_info_present"), ("length", B + "data_header.length")]


def crc(pdu, init):
    """scapy mirrors each octet of the initial value but leaves the octets in place, so it wants them as on the air."""
    return BTLE.compute_crc(pdu, int.from_bytes(init.to_bytes(3, "little"), "big"))


def lines(fields, wanted):
    for ours, theirs in wanted:
        if not isinstance(theirs, list):
            for value in values(fields, theirs)[:1]:  # tshark leaves out header bits that a PDU type does not use
                yield f"{ours} {value}"
        else:
            yield f"{ours} x" + "".join(octets(fields, t)[0][1:] for t in theirs)


def write(name, source, pdu, found, skip=0):
    print(f"\npdu {name}\nsource {source}")
    if skip:
        print(f"skip {skip}")
    print(f"hex {pdu.hex()}")
    for line in found:
        print(line)


if __name__ == "__main__":
    print("# Link layer PDUs as tshark 4.0 reads them. Made by make_ll.py.")
    adv = [bytes.fromhex(text.replace(" ", "")) for _, text, _ in ADV]
    read = dissect.air([(37, ADV_AA, p, crc(p, 0x555555), False) for p in adv])
    for (name, _, wanted), pdu, fields in zip(ADV, adv, read):
        write("ll_adv_hdr", "tshark", pdu[:2], lines(fields, ADV_HDR))
        write(name, "tshark", pdu[2:], lines(fields, wanted))
    ctrl = [bytes.fromhex(text.replace(" ", "")) for _, text, _ in CONTROL]
    ctrl += [bytes.fromhex(text) for text in EMPTY]
    # All combinations of NESN, SN and MD turn up, as these flags are the packet's number.
    pdus = [bytes((3 | (i & 7) << 2, len(p))) + p for i, p in enumerate(ctrl)]
    read = dissect.air([(5, DATA_AA, p, crc(p, 0x123456), p[2] == 0x0E) for p in pdus])
    for i, (pdu, fields) in enumerate(zip(pdus, read)):
        if i < 8:
            write("ll_data_hdr", "tshark", pdu[:2], lines(fields, DATA_HDR))
        if i < len(CONTROL):
            write(CONTROL[i][0], "tshark", pdu[2:], lines(fields, CONTROL[i][2]), skip=1)
    print("\n# CRCs, from scapy's BTLE.compute_crc: initial value, PDU, the three octets behind it")
    for init, pdu in [(0x555555, p) for p in adv] + [(0x123456, p) for p in pdus[:4]]:
        print(f"crc {init:06x} {pdu.hex()} {crc(pdu, init).hex()}")
