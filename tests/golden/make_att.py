#!/usr/bin/env python3
"""Makes att.golden: ATT and L2CAP signalling PDUs as tshark reads them.

    python3 tests/golden/make_att.py > tests/golden/att.golden

`entries` is our notation for a list: handle-end=value, in decimal and octets, from the fields tshark finds in order.
"""

import dissect
from dissect import octets, values

START, END = "btatt.starting_handle", "btatt.ending_handle"
HANDLE, OFFSET, VALUE = "btatt.handle", "btatt.offset", "btatt.value"
U16, U128, GROUP = "btatt.uuid16", "btatt.uuid128", "btatt.group_end_handle"

# struct, PDU, (our field, tshark's field); a list of tshark names is for octets that one of them holds
ATT = [
    ("att_error_rsp", "01 08 0301 05", [("request_opcode", "btatt.req_opcode_in_error"), ("handle", HANDLE),
                                        ("error_code", "btatt.error_code")]),
    ("att_mtu", "02 f700", [("rx_mtu", "btatt.client_rx_mtu")]),
    ("att_mtu", "03 b900", [("rx_mtu", "btatt.server_rx_mtu")]),
    ("att_find_info_req", "04 0100 0900", [("start", START), ("end", END)]),
    ("att_find_info_rsp", "05 01 0300 0228 0400 0229 0500 002a", [("format", "btatt.uuid_format")]),
    ("att_find_info_rsp", "05 02 1100 00112233445566778899aabbccddeeff", [("format", "btatt.uuid_format")]),
    ("att_find_by_type_value_req", "06 0100 ffff 0028 0f18", [("start", START), ("end", END), ("type", U16),
                                                              ("value", [VALUE])]),
    ("att_find_by_type_value_rsp", "07 0100 0500 1000 1300", []),
    ("att_read_by_type_req", "08 0100 ffff 0328", [("start", START), ("end", END), ("type", [U16])]),
    ("att_read_by_type_req", "08 0200 ff00 00112233445566778899aabbccddeeff",
     [("start", START), ("end", END), ("type", [U128])]),
    ("att_read_by_type_rsp", "09 07 0200 020300002a 0500 020600012a", [("length", "btatt.length")]),
    ("att_read_req", "0a 0304", [("handle", HANDLE)]),
    ("att_value", "0b 474c494e54", [("value", [VALUE])]),
    ("att_read_blob_req", "0c 0304 1600", [("handle", HANDLE), ("offset", OFFSET)]),
    ("att_value", "0d 616263", [("value", [VALUE])]),
    ("att_read_multiple_req", "0e 0304 0504", []),
    ("att_value", "0f 616263", [("value", [VALUE])]),
    ("att_read_by_type_req", "10 0100 ffff 0028", [("start", START), ("end", END), ("type", [U16])]),
    ("att_read_by_group_type_rsp", "11 06 0100 0500 0018 0600 0900 0118", [("length", "btatt.length")]),
    ("att_handle_value", "12 0304 abcd", [("handle", HANDLE), ("value", [VALUE])]),
    ("att_prepare_write", "16 0304 0500 61", [("handle", HANDLE), ("offset", OFFSET), ("value", [VALUE])]),
    ("att_prepare_write", "17 0304 0500 61", [("handle", HANDLE), ("offset", OFFSET), ("value", [VALUE])]),
    ("att_execute_write_req", "18 01", [("flags", "btatt.flags")]),
    ("att_handle_value", "1b 0904 640102", [("handle", HANDLE), ("value", [VALUE])]),
    ("att_handle_value", "1d 0904 640102", [("handle", HANDLE), ("value", [VALUE])]),
    ("att_handle_value", "52 0304 abcd", [("handle", HANDLE), ("value", [VALUE])]),
    ("att_signed_write_cmd", "d2 0304 ab 01020304 0506070809101112",
     [("handle", HANDLE), ("value", [VALUE]), ("signature", ["btatt.sign_counter", "btatt.signature"])]),
]

# tshark 4.0 names these PDUs and reads no further: the expectations are the book's.
BY_HAND = [
    ("att_read_multiple_req", "20 0304 0504", "Vol 3 Part F 3.4.4.11", "entries 1027 1029"),
    ("att_read_multiple_variable_rsp", "21 0200 6162 0100 ff", "Vol 3 Part F 3.4.4.12", "entries =x6162 =xff"),
    ("att_read_multiple_variable_rsp", "21 0200 6162 0400 ff01", "Vol 3 Part F 3.4.4.12, cut off by the MTU",
     "entries =x6162 =xff01"),
    ("att_multiple_handle_value_ntf", "23 0904 0100 64 0b04 0200 0102", "Vol 3 Part F 3.4.7.4",
     "entries 1033=x64 1035=x0102"),
]

L2CAP = [
    ("l2cap_command_reject_rsp", "01 02 0400 0100 1700", [("reason", "btl2cap.rej_reason"), ("data", ["btl2cap.sig_mtu"])]),
    ("l2cap_command_reject_rsp", "01 03 0600 0200 4000 4100",
     [("reason", "btl2cap.rej_reason"), ("data", ["btl2cap.scid", "btl2cap.dcid"])]),
    ("l2cap_connection_parameter_update_req", "12 04 0800 0600 0800 0100 6400",
     [("interval_min", "btl2cap.min_interval"), ("interval_max", "btl2cap.max_interval"),
      ("latency", "btl2cap.slave_latency"), ("timeout", "btl2cap.timeout_multiplier")]),
    ("l2cap_connection_parameter_update_rsp", "13 05 0200 0100", [("result", "btl2cap.move_result")]),
]

# struct, where it lies in an H4 packet of signalling, fields
HEADERS = [
    ("hci_acl_hdr", 1, [("handle", "bthci_acl.chandle"), ("pb_flag", "bthci_acl.pb_flag"),
                        ("bc_flag", "bthci_acl.bc_flag"), ("data_total_length", "bthci_acl.length")]),
    ("l2cap_hdr", 5, [("pdu_length", "btl2cap.length"), ("channel_id", "btl2cap.cid")]),
    ("l2cap_sig_hdr", 9, [("code", "btl2cap.cmd_code"), ("identifier", "btl2cap.cmd_ident"),
                          ("data_length", "btl2cap.cmd_length")]),
]

RESPONSES = {1, 3, 5, 7, 9, 0xB, 0xD, 0xF, 0x11, 0x13, 0x17, 0x19, 0x1B, 0x1D}


def entries(fields, pdu):
    """The list of a PDU in our notation; None for one that has none."""
    handles = values(fields, HANDLE)
    if pdu[0] == 0x05:
        return [f"{h}={u}" for h, u in zip(handles, octets(fields, U16) or octets(fields, U128))]
    if pdu[0] == 0x07:
        return [f"{h}-{e}" for h, e in zip(handles, values(fields, GROUP))]
    if pdu[0] == 0x09:
        return [f"{h}={v}" for h, v in zip(handles, octets(fields, VALUE))]
    if pdu[0] == 0x0E:
        return handles
    if pdu[0] == 0x11:
        return [f"{h}-{e}={u}" for h, e, u in zip(handles, values(fields, GROUP), octets(fields, U16))]
    return None


def write(name, source, skip, pdu, lines):
    print(f"\npdu {name}\nsource {source}")
    if skip:
        print(f"skip {skip}")
    print(f"hex {pdu.hex()}")
    for line in lines:
        print(line)


def expected(fields, wanted):
    for ours, theirs in wanted:
        if isinstance(theirs, list):
            yield f"{ours} x" + "".join(octets(fields, t)[0][1:] for t in theirs)
        else:
            yield f"{ours} {values(fields, theirs)[0]}"


if __name__ == "__main__":
    print("# ATT and L2CAP signalling PDUs as tshark 4.0 reads them. Made by make_att.py.")
    pdus = [bytes.fromhex(text.replace(" ", "")) for _, text, _ in ATT]
    read = dissect.hci([dissect.acl(p, received=p[0] in RESPONSES) for p in pdus])
    for (name, _, wanted), pdu, fields in zip(ATT, pdus, read):
        lines = list(expected(fields, wanted))
        listed = entries(fields, pdu)
        write(name, "tshark", 1, pdu, lines + (["entries " + " ".join(listed)] if listed else []))
    for name, text, source, line in BY_HAND:
        write(name, "by hand, " + source, 1, bytes.fromhex(text.replace(" ", "")), [line])
    pdus = [bytes.fromhex(text.replace(" ", "")) for _, text, _ in L2CAP]
    packets = [dissect.acl(p, cid=5, received=i % 2 == 1) for i, p in enumerate(pdus)]
    read = dissect.hci(packets)
    for (packet, _), fields in zip(packets, read):
        for name, start, wanted in HEADERS:
            write(name, "tshark", 0, packet[start:start + 4], expected(fields, wanted))
    for (name, _, wanted), pdu, fields in zip(L2CAP, pdus, read):
        write(name, "tshark; behind the signalling header", 0, pdu[4:], expected(fields, wanted))
