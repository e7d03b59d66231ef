#!/usr/bin/env python3
"""Makes hci.golden: parameters of HCI commands, returns and events as Bumble and tshark read them.

    python3 -m venv venv && venv/bin/pip install bumble==0.0.215
    venv/bin/python tests/golden/make_hci.py > tests/golden/hci.golden

Which fields to expect is not taken from our structs: the names are those of Bumble's classes, and each packet
must also be one that tshark dissects without complaint. ALIAS lists where Bumble's name is not the specification's.
"""

import random
import struct

import dissect
from bumble import hci

CMD, RET, EVT, LE = "cmd", "ret", "evt", "le"

# struct, what it is, code, parameters as octets in hex; rnd(n) gives n octets that differ
PDUS = []
rng = random.Random(1)


def rnd(n):
    return bytes(rng.sample(range(0x11, 0xF0), n)).hex() if n else ""


def pdu(name, kind, code, text):
    PDUS.append((name, kind, code, bytes.fromhex(text.replace(" ", ""))))


H = "4203"  # connection handle 0x0342
for code in (0x041D, 0x1405, 0x2015, 0x2016, 0x2030):
    pdu("hci_cmd_handle", CMD, code, H)
for code in (0x0C01, 0x0C63, 0x2001):
    pdu("hci_cmd_set_event_mask", CMD, code, rnd(8))
pdu("hci_cmd_disconnect", CMD, 0x0406, H + "13")
pdu("hci_cmd_read_transmit_power_level", CMD, 0x0C2D, H + "01")
pdu("hci_cmd_set_controller_to_host_flow_control", CMD, 0x0C31, "01")
pdu("hci_cmd_host_buffer_size", CMD, 0x0C33, rnd(7))
pdu("hci_cmd_write_le_host_support", CMD, 0x0C6D, "01 00")
pdu("hci_cmd_write_authenticated_payload_timeout", CMD, 0x0C7C, H + rnd(2))
pdu("hci_cmd_le_set_random_address", CMD, 0x2005, rnd(6))
pdu("hci_cmd_le_set_advertising_parameters", CMD, 0x2006, "a000 f000 03 01 01" + rnd(6) + "07 02")
pdu("hci_cmd_le_adv_data", CMD, 0x2008, "03 020106" + "00" * 28)
pdu("hci_cmd_le_adv_data", CMD, 0x2009, "1f" + "0409476c69" + "19ff5900" + rnd(22))
pdu("hci_cmd_le_set_advertising_enable", CMD, 0x200A, "01")
pdu("hci_cmd_le_set_scan_parameters", CMD, 0x200B, "01 6000 3000 01 01")
pdu("hci_cmd_le_set_scan_enable", CMD, 0x200C, "01 00")
pdu("hci_cmd_le_create_connection", CMD, 0x200D,
    "6000 3000 00 01" + rnd(6) + "00 1800 2800 0100 2a00 0200 0400")
pdu("hci_cmd_le_filter_accept_list_device", CMD, 0x2011, "01" + rnd(6))
pdu("hci_cmd_le_filter_accept_list_device", CMD, 0x2012, "00" + rnd(6))
pdu("hci_cmd_le_connection_update", CMD, 0x2013, H + "1800 2800 0100 2a00 0200 0400")
pdu("hci_cmd_le_set_host_channel_classification", CMD, 0x2014, "ff00ff001f")
pdu("hci_cmd_le_encrypt", CMD, 0x2017, rnd(16) + rnd(16))
pdu("hci_cmd_le_remote_connection_parameter_request_reply", CMD, 0x2020,
    H + "1800 2800 0100 2a00 0200 0400")
pdu("hci_cmd_le_remote_connection_parameter_request_negative_reply", CMD, 0x2021, H + "3b")
pdu("hci_cmd_le_set_data_length", CMD, 0x2022, H + "fb00 4808")
pdu("hci_cmd_le_write_suggested_default_data_length", CMD, 0x2024, "fb00 4808")
pdu("hci_cmd_le_add_device_to_resolving_list", CMD, 0x2027, "01" + rnd(6) + rnd(16) + rnd(16))
pdu("hci_cmd_le_remove_device_from_resolving_list", CMD, 0x2028, "01" + rnd(6))
pdu("hci_cmd_le_set_address_resolution_enable", CMD, 0x202D, "01")
pdu("hci_cmd_le_set_resolvable_private_address_timeout", CMD, 0x202E, "8403")
pdu("hci_cmd_le_set_default_phy", CMD, 0x2031, "00 03 01")
pdu("hci_cmd_le_set_phy", CMD, 0x2032, H + "00 02 01 0200")
pdu("hci_cmd_le_set_privacy_mode", CMD, 0x204E, "01" + rnd(6) + "01")
pdu("hci_cmd_vs_write_bd_addr", CMD, 0xFC06, "665544332211")

for code in (0x0C03, 0x0C01, 0x2005, 0x200A):
    pdu("hci_ret_status", RET, code, "0c")
pdu("hci_ret_handle", RET, 0x2022, "00" + H)
pdu("hci_ret_read_transmit_power_level", RET, 0x0C2D, "00" + H + "f8")
pdu("hci_ret_read_le_host_support", RET, 0x0C6C, "00 01 00")
pdu("hci_ret_read_authenticated_payload_timeout", RET, 0x0C7B, "00" + H + "b80b")
pdu("hci_ret_read_local_version_information", RET, 0x1001, "00 0c 3412 0b ffff 7856")
pdu("hci_ret_read_local_supported_commands", RET, 0x1002, "00" + rnd(64))
pdu("hci_ret_read_local_supported_features", RET, 0x1003, "00" + "0000000060000000")
pdu("hci_ret_read_buffer_size", RET, 0x1005, "00" + rnd(7))
pdu("hci_ret_read_bd_addr", RET, 0x1009, "00" + rnd(6))
pdu("hci_ret_read_rssi", RET, 0x1405, "00" + H + "c4")
pdu("hci_ret_le_read_buffer_size_v1", RET, 0x2002, "00 fb00 08")
pdu("hci_ret_le_read_buffer_size_v2", RET, 0x2060, "00 fb00 08 3c00 04")
pdu("hci_ret_le_read_local_supported_features", RET, 0x2003, "00" + rnd(8))
pdu("hci_ret_le_read_advertising_physical_channel_tx_power", RET, 0x2007, "00 f4")
pdu("hci_ret_le_read_filter_accept_list_size", RET, 0x200F, "00 19")
pdu("hci_ret_le_read_channel_map", RET, 0x2015, "00" + H + "f10203041e")
pdu("hci_ret_le_encrypt", RET, 0x2017, "00" + rnd(16))
pdu("hci_ret_le_rand", RET, 0x2018, "00" + rnd(8))
pdu("hci_ret_le_read_supported_states", RET, 0x201C, "00" + rnd(8))
pdu("hci_ret_le_read_suggested_default_data_length", RET, 0x2023, "00 fb00 4808")
pdu("hci_ret_le_read_resolving_list_size", RET, 0x202A, "00 08")
pdu("hci_ret_le_read_maximum_data_length", RET, 0x202F, "00 fb00 4808 fa00 4008")
pdu("hci_ret_le_read_phy", RET, 0x2030, "00" + H + "02 01")
pdu("hci_ret_le_read_transmit_power", RET, 0x204B, "00 ec 08")

pdu("hci_evt_disconnection_complete", EVT, 0x05, "00" + H + "08")
pdu("hci_evt_encryption_change", EVT, 0x08, "00" + H + "01")
pdu("hci_evt_read_remote_version_information_complete", EVT, 0x0C, "00" + H + "0c 5900 2301")
pdu("hci_evt_command_complete", EVT, 0x0E, "05 030c 00")
pdu("hci_evt_command_complete", EVT, 0x0E, "01 0000")
pdu("hci_evt_command_status", EVT, 0x0F, "0c 01 0d20")
pdu("hci_evt_hardware_error", EVT, 0x10, "2a")
pdu("hci_completed_packets", EVT, 0x13, "02 4203 0300 4303 0500")
pdu("hci_evt_data_buffer_overflow", EVT, 0x1A, "01")
pdu("hci_evt_encryption_key_refresh_complete", EVT, 0x30, "00" + H)
pdu("hci_evt_authenticated_payload_timeout_expired", EVT, 0x57, H)
pdu("hci_le_connection_complete", LE, 0x01, "00" + H + "01 01" + rnd(6) + "1800 0400 2a00 05")
pdu("hci_le_connection_update_complete", LE, 0x03, "00" + H + "1900 0500 2b00")
pdu("hci_le_read_remote_features_complete", LE, 0x04, "00" + H + rnd(8))
pdu("hci_le_remote_connection_parameter_request", LE, 0x06, H + "1800 2800 0100 2a00")
pdu("hci_le_data_length_change", LE, 0x07, H + "fb00 4808 1b00 4801")
pdu("hci_le_enhanced_connection_complete", LE, 0x0A,
    "00" + H + "01 03" + rnd(6) + rnd(6) + rnd(6) + "1800 0400 2a00 05")
pdu("hci_le_phy_update_complete", LE, 0x0C, "00" + H + "02 01")

ALIAS = {
    "le_event_mask": "event_mask", "event_mask_page_2": "event_mask",
    "advertising_data_length": "data_length", "scan_response_data_length": "data_length",
    "advertising_data": "data", "scan_response_data": "data",
    "hc_le_acl_data_packet_length": "le_acl_data_packet_length",
    "hc_total_num_le_acl_data_packets": "total_num_le_acl_data_packets",
    "hc_acl_data_packet_length": "acl_data_packet_length",
    "hc_synchronous_data_packet_length": "synchronous_data_packet_length",
    "hc_total_num_acl_data_packets": "total_num_acl_data_packets",
    "hc_total_num_synchronous_data_packets": "total_num_synchronous_data_packets",
    (CMD, 0x1405, "handle"): "connection_handle",
    "simultaneous_le_host": "unused",
    "manufacturer_name": "company_identifier",
}

# Where Bumble has no class (or, 0x2007, takes a signed number for an unsigned one), tshark's fields (bthci_cmd., bthci_evt.)
TSHARK = {
    (CMD, 0x0C2D): [("connection_handle", "connection_handle"), ("type", "tx_power_level_type")],
    (CMD, 0x0C31): [("flow_control_enable", "flow_contr_enable")],
    (CMD, 0x2014): [("channel_map", "le_channel_map")],
    (CMD, 0x2015): [("connection_handle", "connection_handle")],
    (CMD, 0x2017): [("key", "le_key"), ("plaintext_data", "le_plaintext")],
    (CMD, 0x2028): [("peer_identity_address_type", "le_peer_identity_address_type"),
                    ("peer_identity_address", "bd_addr")],
    (EVT, 0x10): [("hardware_code", "hardware_code")],
    (EVT, 0x13): [("num_handles", "num_handles")],
    (EVT, 0x1A): [("link_type", "link_type")],
    (RET, 0x0C2D): [("status", "status"), ("connection_handle", "connection_handle"),
                    ("tx_power_level", "transmit_power_level")],
    (RET, 0x0C7B): [("status", "status"), ("connection_handle", "connection_handle"),
                    ("authenticated_payload_timeout", "authenticated_payload_timeout")],
    (RET, 0x2015): [("status", "status"), ("connection_handle", "connection_handle"), ("channel_map", "le_channel_map")],
    (RET, 0x2017): [("status", "status"), ("encrypted_data", "le_encrypted_data")],
    (RET, 0x2007): [("status", "status"), ("tx_power_level", "transmit_power_level")],
    (RET, 0x202A): [("status", "status"), ("resolving_list_size", "resolving_list_size")],
    (RET, 0x204B): [("status", "status"), ("min_tx_power", "min_tx_power"), ("max_tx_power", "max_tx_power")],
}
for code in (0x0C03, 0x0C01, 0x2005, 0x200A):
    TSHARK[RET, code] = [("status", "status")]
OCTETS = {"key", "plaintext_data", "encrypted_data", "channel_map", "peer_identity_address"}
HAND = {
    (EVT, 0x57): ["connection_handle 834"],  # Vol 4 Part E 7.7.75
    (CMD, 0xFC06): ["bd_addr x665544332211"],  # ours
}


def packet(kind, code, par):
    if kind == CMD:
        return b"\x01" + struct.pack("<HB", code, len(par)) + par
    if kind == RET:
        par = struct.pack("<BH", 1, code) + par
        return bytes((4, 0x0E, len(par))) + par
    if kind == LE:
        par = bytes((code,)) + par
        code = 0x3E
    return bytes((4, code, len(par))) + par


def bumble_fields(kind, code, par):
    """(name, value) as Bumble reads them; None when it has no class for the PDU."""
    if kind == CMD:
        cls = hci.HCI_Command.command_classes.get(code)
        specs = cls and cls.fields
    elif kind == RET:
        cls = hci.HCI_Command.command_classes.get(code)
        specs = cls and cls.return_parameters_fields
    elif kind == EVT:
        cls = hci.HCI_Event.event_classes.get(code)
        specs = cls and cls.fields
    else:
        cls = hci.HCI_LE_Meta_Event.subevent_classes.get(code)
        specs = cls and cls.fields
    if not specs or any(not isinstance(f, tuple) for f in specs):
        return None
    obj = hci.HCI_Object.from_bytes(par, 0, specs)
    return [(f[0], getattr(obj, f[0])) for f in specs]


def show(value):
    if isinstance(value, hci.Address):
        return "x" + bytes(value).hex()
    if isinstance(value, (bytes, bytearray)):
        return "x" + bytes(value).hex()
    return str(int(value))


def write(name, source, code, par, skip, lines):
    print(f"\npdu {name}\nsource {source}, 0x{code:04X}")
    if skip:
        print(f"skip {skip}")
    print(f"hex {par.hex()}")
    for line in lines:
        print(line)


def expected(kind, code, par, fields):
    """Bumble's reading, or tshark's for the few PDUs that Bumble has no class for."""
    read = bumble_fields(kind, code, par)
    if read and (kind, code) not in TSHARK:
        return "bumble", [f"{ALIAS.get((kind, code, name), ALIAS.get(name, name))} {show(value)}" for name, value in read]
    if (kind, code) not in TSHARK:
        return "by hand: neither bumble nor tshark 4.0 reads it", HAND[kind, code]
    prefix = "bthci_cmd." if kind == CMD else "bthci_evt."
    lines = []
    for ours, theirs in TSHARK[kind, code]:
        found = dissect.octets(fields, prefix + theirs) if ours in OCTETS else dissect.values(fields, prefix + theirs)
        lines.append(f"{ours} {found[0]}")
    if code == 0x13:
        pairs = [dissect.values(fields, prefix + n) for n in ("connection_handle", "num_compl_packets")]
        lines.append("entries " + " ".join(f"{h}={n}" for h, n in zip(*pairs)))
    return "tshark", lines


def reports():
    """LE Advertising Report, which is walked rather than read: one and two reports."""
    one = "00 01 665544332211 03 020106 c4"
    two = "04 00 a6a5a4a3a2a1 00 b5"
    for text in (f"01 {one}", f"02 {one} {two}"):
        par = bytes.fromhex("02" + text.replace(" ", ""))
        fields = dissect.hci([(bytes((4, 0x3E, len(par))) + par, True)])[0]
        names = ("le_advts_event_type", "le_peer_address_type", "bd_addr", "data_length", "rssi")
        columns = [dissect.values(fields, "bthci_evt." + n) for n in names]
        columns[2] = dissect.octets(fields, "bthci_evt.bd_addr")
        rows = [",".join(row) for row in zip(*columns)]
        write("hci_le_advertising_report", "tshark: type, address type, address, data length, RSSI", 2, par, 1,
              ["entries " + " ".join(rows)])


if __name__ == "__main__":
    read = dissect.hci([(packet(kind, code, par), kind != CMD) for _, kind, code, par in PDUS])
    print("# HCI parameters as Bumble 0.0.215 reads them (or tshark 4.0, where that is named); each packet is well formed")
    print("# to tshark. Made by make_hci.py.")
    for (name, kind, code, par), fields in zip(PDUS, read):
        source, lines = expected(kind, code, par, fields)
        write(name, f"{source}, {kind}", code, bytes((code,)) + par if kind == LE else par, int(kind == LE), lines)
    for i in (0, len(PDUS) - 1):  # a command, an event
        cmd = PDUS[i][1] == CMD
        name, code, prefix = ("hci_cmd_hdr", "opcode", "bthci_cmd.") if cmd else ("hci_evt_hdr", "event_code", "bthci_evt.")
        lines = [f"{code} {dissect.values(read[i], prefix + code[-6 if cmd else -4:])[0]}",
                 f"parameter_total_length {dissect.values(read[i], prefix + 'param_length')[0]}"]
        write(name, "tshark", PDUS[i][2], packet(*PDUS[i][1:])[1:4 if cmd else 3], 0, lines)
    reports()
