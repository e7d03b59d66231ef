"""Each argument's wrong type, range and order: the exception and its message, which begins with the argument's name.

A row is a call, its arguments, the exception and how the message begins. The last tests walk all that is public: a parameter
without a row for a wrong type, or a number without one for its range, is a failure.
"""

import ast
import asyncio
import inspect
import re
import subprocess
import sys
import types
from pathlib import Path

import glint
import pytest
import wireless.ble
from conftest import DEADLINE_S
from glint import _glint, sim
from wireless import ble_beacons, drivers
from wireless.drivers import hci, serial, socket, usb, virtual

A = glint.ArgumentError
T = TypeError
NUMBERS = "milliseconds (int or float) are taken, not str"
SECONDS = "seconds (int or float) or None are taken, not str"
FUNCTION = "or None is taken, not int"
UUID = "a0000000-0000-0000-0000-000000000000"
ADDRESS = [  # of an argument that is an address
    (5, T, "octets (bytes, bytearray) are taken, not int"), (b"12345", A, "5 octets, an address has 6"),
    ("x", A, "'x' is no address"), ((1, 2, 3, 4, 5, 256), A, None), ((1, 2, 3, 4, 5, "6"), T, None)]
BIG = 10**5000  # more digits than Python writes, and more than a float holds


def each(call, argument, *rows, **others):
    """Rows for one argument: (value, exception, how the message goes on behind the argument's name)."""
    for value, kind, message in rows:
        yield call, {**others, argument: value}, kind, argument if message is None else f"{argument}: {message}"


OLD_FACE = [
    *each("ble.gap", "name", (5, T, "a str is taken, not int"), ("", A, "0 octets of UTF-8 are outside 1..248"),
          ("é" * 125, A, "250 octets of UTF-8 are outside 1..248"), ("a\0b", A, "3 octets of UTF-8 are outside 1..248, none of them 0"),
          ("\udc80", A, r"'\udc80' has a character that UTF-8 cannot say")),
    *each("ble.gap", "appearance", ("x", T, "an int is taken, not str"), (-1, A, "-1 is outside 0..65535"),
          (65536, A, "65536 is outside 0..65535"), (BIG, A, "a number of thousands of digits is outside 0..65535")),
    *each("ble.gap", "security", (1, T, "a tuple (mode, level) is taken, not int"), ((1,), A, "1 items, (mode, level) are 2")),
    *each("ble.gap", "connection", (5, T, "a tuple (min, max, latency, timeout) is taken"),
          ((400, 650, 0), A, "3 items"), ((650, 400, 0, 4000), A, "the minimum 650 is above the maximum 400")),
    ("ble.gap", dict(security=(0, 1)), A, "security[0]: 0 is outside 1..2 (SECURITY_MODE_1, SECURITY_MODE_2)"),
    ("ble.gap", dict(security=("1", 1)), T, "security[0]: an int is taken, not str"),
    ("ble.gap", dict(security=(1, 5)), A, "security[1]: 5 is outside 1..4"),
    ("ble.gap", dict(security=(2, 3)), A, "security[1]: 3 is outside 1..2 (the levels of SECURITY_MODE_2)"),
    ("ble.gap", dict(connection=("a", 650, 0, 4000)), T, f"connection[0]: {NUMBERS}"),
    ("ble.gap", dict(connection=(7, 650, 0, 4000)), A, "connection[0]: 7 is outside 7.5..4000 (milliseconds)"),
    ("ble.gap", dict(connection=(400, 4001, 0, 32000)), A, "connection[1]: 4001 is outside 7.5..4000 (milliseconds)"),
    ("ble.gap", dict(connection=(float("nan"), 650, 0, 4000)), A, "connection[0]: nan is outside 7.5..4000"),
    ("ble.gap", dict(connection=(400, 650, 0.5, 4000)), T, "connection[2]: an int is taken, not float"),
    ("ble.gap", dict(connection=(400, 650, 500, 4000)), A, "connection[2]: 500 is outside 0..499"),
    ("ble.gap", dict(connection=(400, 650, 0, 99)), A, "connection[3]: 99 is outside 100..32000"),
    ("ble.gap", dict(connection=(400, 650, 0, 32001)), A, "connection[3]: 32001 is outside 100..32000"),
    ("ble.gap", dict(connection=(400, 650, 0, None)), T, "connection[3]: milliseconds"),
    ("ble.gap", dict(connection=(400, 1000, 1, 4000)), A, "connection[3]: 4000 is not above 4000, twice (1 + latency)"),
    ("ble.gap", dict(connection=(4000, 0, 650, 400)), A, "connection[1]: 0 is outside 7.5..4000"),
    *each("ble.security", "capabilities", ("x", T, "an int is taken, not str"), (5, A, "5 is outside 0..4")),
    *each("ble.security", "bonding", (None, T, "an int is taken"), (2, A, "2 is outside 0..1")),
    *each("ble.security", "scheme", (1.0, T, "an int is taken"), (16, A, "16 is outside 0..15")),
    *each("ble.security", "key_size", ("16", T, "an int is taken"), (6, A, "6 is outside 7..16 (octets)"), (17, A, "17 is outside 7..16")),
    *each("ble.security", "initiator", ("x", T, "an int is taken"), (16, A, "16 is outside 0..15")),
    *each("ble.security", "responder", ("x", T, "an int is taken"), (-1, A, "-1 is outside 0..15")),
    *each("ble.security", "oob", ("x", T, "an int is taken"), (2, A, "2 is outside 0..1")),
    *each("ble.security", "passkey", ("123456", T, "an int is taken, not str"), (1000000, A, "1000000 is outside 0..999999")),
    *each("ble.security", "min_key_size", ("x", T, "an int is taken"), (11, A, "11 is outside 7..10"), key_size=10),
    *each("ble.security", "sc_only", ("no", T, "True or False is taken, not str")),
    *each("ble.security", "keep_bonded", ("no", T, "True or False is taken, not str")),
    *each("ble.security", "evict", ("no", T, "True or False is taken, not str")),
    *each("ble.remove_bonded", "addr", *ADDRESS),
    *each("ble.confirm_passkey", "confirmed", ("no", T, "True or False is taken, not str")),
    *each("ble.confirm_passkey", "peer", ("x", T, "an int is taken, not str"), (-1, A, "-1 is outside"), confirmed=1),
    *each("ble.enter_passkey", "passkey", ("x", T, "an int is taken"), (1000000, A, "1000000 is outside 0..999999 (six digits)")),
    *each("ble.enter_passkey", "peer", ("x", T, "an int is taken, not str"), (-1, A, "-1 is outside"), passkey=1),
    *each("ble.set_oob_data", "data", (5, T, "octets (bytes, bytearray) are taken, not int"),
          (bytes(15), A, "15 octets, legacy pairing has 16 and Secure Connections 32")),
    *each("ble.set_oob_data", "peer", *ADDRESS, data=bytes(32)),
    *each("ble.privacy", "on", ("off", T, "True or False is taken, not str"), (None, T, "True or False is taken, not NoneType")),
    *each("ble.privacy", "rotate_ms", ("x", T, NUMBERS), (999, A, "999 is outside 1000..3600000 (milliseconds, or 0: 15 minutes)"),
          (3600001, A, "3600001 is outside 1000..3600000"), (BIG, A, "a number of thousands of digits is outside"), on=True),
    *each("ble.add_service", "service", (5, T, "a Service is taken, not int"), ("180F", T, "a Service is taken, not str")),
    *each("ble.remove_service", "service", (None, T, "a Service is taken, not NoneType"),
          (glint.Service(1), glint.Error, "it has not been added")),
    *each("ble.add_callback", "evt", ("x", T, "an int is taken, not str"), (17, A, "17 is outside 0..16"), (-1, A, "-1 is outside 0..16"),
          (print, T, "an int is taken, not builtin_function_or_method"), callback=print),
    *each("ble.add_callback", "callback", (5, T, f"a function of one argument {FUNCTION}"), evt=0),
    *each("ble.advertising", "interval", ("x", T, NUMBERS), (True, T, "milliseconds"), (19.9, A, "19.9 is outside 20..10240 (milliseconds)"),
          (10241, A, "10241 is outside 20..10240"), (BIG, A, "a number of thousands of digits is outside 20..10240")),
    *each("ble.advertising", "timeout", ("x", T, NUMBERS), (-1, A, "-1 is outside 0..4294967294")),
    *each("ble.advertising", "payload", (5, T, "a str or octets (bytes, bytearray) are taken, not int"),
          (b"x" * 300, A, "300 octets, a packet has 31"), ("\udc80", A, r"'\udc80' has a character that UTF-8 cannot say")),
    ("ble.advertising", dict(payload=b"\x1f\xff" + bytes(30), raw=True), A, "payload: octets: 32 is outside 0..31; a packet has 31"),
    *each("ble.advertising", "scanrsp", (5, T, "a str or octets"), ("x" * 28, A, "28 is outside 0..27")),
    *each("ble.advertising", "scan_rsp", ("y", A, "it is another name of scanrsp, which is given, too"), scanrsp="x"),
    ("ble.advertising", dict(scan_rsp=5), T, "scanrsp: a str or octets"),
    *each("ble.advertising", "mode", ("x", T, "an int is taken, not str"), (5, A, "5 is outside 0..4"),
          (glint.ADV_SCAN_RSP, A, "ADV_SCAN_RSP is what a report may be, not a way to advertise"),
          (glint.ADV_CONN_DIR, A, "ADV_CONN_DIR needs peer=")),
    *each("ble.advertising", "peer", (b"123456", A, "only ADV_CONN_DIR advertises to one")),
    *each("ble.advertising", "peer", *ADDRESS, mode=glint.ADV_CONN_DIR),
    *each("ble.advertising", "raw", (1, T, "True, False or None is taken, not int")),
    *each("ble.advertising", "company", ("x", T, "an int is taken, not str"), (65536, A, "65536 is outside 0..65535")),
    *each("ble.advertising", "auto_restart", ("x", T, "True or False is taken, not str")),
    *each("ble.scanning", "interval", ("x", T, NUMBERS), (2.4, A, "2.4 is outside 2.5..10240"), (10241, A, "10241 is outside 2.5..10240")),
    *each("ble.scanning", "window", ("x", T, NUMBERS), (2, A, "2 is outside 2.5..10240"), (11, A, "11 is above the interval, 10"), interval=10),
    *each("ble.scanning", "duplicates", ("x", T, "True or False is taken, not str")),
    *each("ble.scanning", "filter", ("x", T, "an int is taken"), (32, A, "32 is outside 0..31")),
    *each("ble.scanning", "addr", ("x", T, "an int is taken"), (3, A, "3 is outside 0..2")),
    *each("ble.scanning", "active", ("x", T, "True or False is taken, not str")),
    *each("ble.start_scanning", "duration", ("x", T, NUMBERS), (-1, A, "-1 is outside 0..4294967294")),
    *each("ble.accept_list", "addrs", (5, T, "several of addresses are taken, as in a list, not int"),
          ([bytes(6)] * 256, A, "256 are more than 255")),
    ("ble.accept_list", dict(addrs=[bytes(6), b"1"]), A, "addrs[1]: 1 octets, an address has 6"),
    ("ble.accept_list", dict(addrs=[5]), T, "addrs[0]: octets (bytes, bytearray) are taken, not int"),
    *each("ble.connection", "peer", ("x", T, "an int is taken, not str"), (77, glint.Error, "not connected"),
          (b"123456", A, "31:32:33:34:35:36 is not connected")),
    *each("ble.disconnect", "peer", ("x", T, "an int is taken"), (77, glint.Error, "not connected"), (2**32, A, "4294967296 is outside")),
    *each("ble.rssi", "peer", ("x", T, "an int is taken, not str"), (77, glint.Error, "not connected")),
    *each("ble.notify", "ch", (5, T, "a Characteristic is taken, not int"), value=1),
    *each("ble.notify", "value", ("x", T, "a NUMBER characteristic takes an int, not str"), (256, A, "256 is outside -128..255"), ch=0),
    *each("ble.notify", "peer", ("x", T, "an int is taken"), (-1, A, "-1 is outside"), ch=0, value=1),
    *each("ble.notify", "timeout", ("x", T, SECONDS), (-1, A, "-1 is negative"), ch=0, value=1),
    ("ble.notify", dict(ch=0, value=1), glint.Error, "the device has not started"),
    *each("ble.start", "driver", (5, T, "a URI, a place in a world, a driver with the old functions or None is taken, not int"),
          ("unix:a\0b", A, r"'unix:a\x00b' has a zero octet")),
    *each("ble.start", "connections", ("x", T, "an int is taken"), (0, A, "0 is outside 1..250")),
    *each("ble.start", "timeout", ("x", T, SECONDS), (-1, A, "-1 is negative"), (float("nan"), A, "nan is no time")),
    *each("ble.btos", "addr", ("x", T, "octets or an int are taken, not str"), (None, T, "octets or an int are taken, not NoneType")),
]

C = "Characteristic"
VALUES = [
    *each(C, "uuid", ("x", A, "'x' is no UUID"), (None, T, "an int is taken, not NoneType"), (65536, A, "65536 is outside 0..65535")),
    ("Characteristic", dict(uuid=UUID, base_uuid=bytes(16)), A, "uuid: a whole UUID needs no base_uuid"),
    *each(C, "permission", ("x", T, "an int is taken"), (0, A, "0 is outside 1..255"), (256, A, "256 is outside 1..255")),
    *each(C, "size", ("x", T, "an int is taken"), (0, A, "0 is outside 1..512 (octets)"), (513, A, "513 is outside 1..512")),
    *each(C, "descriptor", (5, T, "a str is taken, not int"), ("x" * 513, A, "513 octets are outside 0..512"), ("a\0b", A, "it has a zero octet"),
          ("\udc80", A, r"'\udc80' has a character that UTF-8 cannot say")),
    *each(C, "type", ("x", T, "an int is taken"), (3, A, "3 is outside 0..2 (NUMBER, STRING, BYTES)")),
    *each(C, "base_uuid", (5, T, "octets"), (b"x", A, "1 octets, it has 16")),
    *each(C, "encoding", ("x", A, "'x' is neither \"latin-1\" nor \"utf-8\""), (5, A, "5 is neither")),
    *each(C, "format", (5, T, "a tuple (format, exponent, unit, name_space, description) is taken"), ((1,), A, "1 items")),
    (C, dict(format=(256, 0, 0, 0, 0)), A, "format[0]: 256 is outside 0..255 (format)"),
    (C, dict(format=(1, -129, 0, 0, 0)), A, "format[1]: -129 is outside -128..127 (exponent)"),
    (C, dict(format=(1, 0, 65536, 0, 0)), A, "format[2]: 65536 is outside 0..65535 (unit)"),
    (C, dict(format=(1, 0, 0, "x", 0)), T, "format[3]: an int is taken, not str"),
    (C, dict(format=(1, 0, 0, 0, -1)), A, "format[4]: -1 is outside 0..65535 (description)"),
    *each("Characteristic.set_value", "value", ("x", T, "a NUMBER characteristic takes an int, not str"), (1.5, T, "a NUMBER"),
          (256, A, "256 is outside -128..255, a NUMBER of 1 octet"), (BIG, A, "needs more than 1 octets")),
    *each("Characteristic.set_value", "timeout", ("x", T, SECONDS), (-1, A, "-1 is negative (seconds, or None: for ever)"), value=1),
    *each("Characteristic.set_value@two", "value", (-32769, A, "-32769 is outside -32768..65535, a NUMBER of 2 octets")),
    *each("Characteristic.set_value@eight", "value", (2**64, A, "18446744073709551616 is outside -9223372036854775808..1844674")),
    *each("Characteristic.set_value@nine", "value", (2**72, A, "needs more than 9 octets, the size of this NUMBER")),
    *each("Characteristic.set_value@text", "value", (b"x", T, "a STRING characteristic takes a str, not bytes"),
          ("xyz", A, "3 octets are outside 0..2"), ("€", A, "'€' has a character that latin-1 cannot say; encoding=\"utf-8\" can")),
    *each("Characteristic.set_value@utf8", "value", ("€", A, "3 octets are outside 0..2"), ("\udc80", A, r"'\udc80' has a character that UTF-8")),
    *each("Characteristic.set_value@bytes", "value", ("x", T, "octets (bytes, bytearray) in one piece are taken, not str"),
          (b"xyz", A, "3 octets are outside 0..2")),
    *each("Characteristic.encode", "value", ("x", T, "a NUMBER characteristic takes an int, not str"), (256, A, "256 is outside")),
    *each("Characteristic.convert", "value", (5, T, "octets"), (bytes(513), A, "513 octets are outside 0..512")),
    *each("Characteristic.set_callback", "fn", (5, T, f"a function fn(status, value) {FUNCTION}")),
    *each("Characteristic.set_callback", "events", ("x", T, "an int is taken"), (64, A, "64 is outside"), (1, A, "1 has other bits"), fn=print),
    *each("Characteristic.set_reader", "fn", (5, T, f"a function fn(peer) {FUNCTION}")),
    *each("Characteristic.set_judge", "fn", (5, T, f"a function fn(peer, value) {FUNCTION}")),
    *each("Refused", "att_code", ("x", T, "an int is taken, not str"), (0, A, "0 is outside 1..255")),
    *each("Service", "uuid", ("x", A, "'x' is no UUID"), (-1, A, "-1 is outside 0..65535"), (None, T, "an int is taken, not NoneType")),
    *each("Service", "base_uuid", (b"x", A, "1 octets, it has 16"), (5, T, "octets")),
    *each("Service", "characteristics", (5, T, "several of Characteristic are taken, as in a list, not int")),
    ("Service", dict(characteristics=[5]), T, "ch: a Characteristic is taken, not int"),
    ("Service", dict(characteristics=[glint.Characteristic(1, 2, 1)] * 2), A, "ch: this characteristic is in the service already"),
    *each("Service", "secondary", ("x", T, "True or False is taken, not str")),
    *each("Service", "includes", (5, T, "several of Service are taken, as in a list, not int")),
    ("Service", dict(includes=[5]), T, "service: a Service is taken, not int"),
    *each("Service.add_characteristic", "ch", (5, T, "a Characteristic is taken, not int")),
    *each("Address", "octets", (5, T, "octets (bytes, bytearray) are taken, not int"), (b"12345", A, "5 octets, an address has 6")),
    *each("Address", "addr_type", ("x", T, "an int is taken"), (4, A, "4 is outside 0..3"), octets=bytes(6)),
    *each("Address", "peer", ("x", T, "an int is taken"), (-1, A, "-1 is outside 0..4294967295"), octets=bytes(6)),
    *each("Passkey", "value", ("x", T, "an int is taken"), (1000000, A, "1000000 is outside 0..999999 (six digits)")),
    *each("Passkey", "peer", ("x", T, "an int is taken"), (-1, A, "-1 is outside 0..4294967295"), value=1),
]

BEACONS = [
    *each("ble_beacons.eddy_encode_uid", "namespace", (b"x", A, "1 octets, it has 10"), (5, T, "octets"), ("x" * 11, A, "11 octets, it has 10"),
          ("\udc80", A, r"'\udc80' has a character"), instance=b"123456", tx_power=0),
    *each("ble_beacons.eddy_encode_uid", "instance", (b"1", A, "1 octets, it has 6"), (5, T, "octets"), namespace="x", tx_power=0),
    *each("ble_beacons.eddy_encode_uid", "tx_power", (21, A, "21 is outside -100..20 (dBm at 0 m)"), ("z", T, "an int is taken"),
          namespace="x", instance="y"),
    *each("ble_beacons.eddy_encode_url", "url", (5, T, "a str is taken"), ("ftp://x", A, None), ("https://" + "x" * 18, A, None),
          ("https://a\0b", A, r"'https://a\x00b' has a zero octet"), ("https://\udc80", A, None), tx_power=0),
    *each("ble_beacons.eddy_encode_url", "tx_power", (-101, A, "-101 is outside -100..20"), ("x", T, "an int"), url="https://x"),
    *each("ble_beacons.eddy_encode_tlm", "battery", (65536, A, "65536 is outside 0..65535 (mV)"), ("x", T, "an int is taken"),
          temperature=0, count=0, time=0),
    *each("ble_beacons.eddy_encode_tlm", "temperature", (128, A, "128 is outside -127.99..127.99"), ("x", T, "degrees"), (BIG, A, "a number of"),
          (float("nan"), A, "nan is outside"), battery=0, count=0, time=0),
    *each("ble_beacons.eddy_encode_tlm", "count", (-1, A, "-1 is outside 0..4294967295"), ("x", T, "an int"), battery=0, temperature=0, time=0),
    *each("ble_beacons.eddy_encode_tlm", "time", (-1, A, "-1 is outside"), ("x", T, "seconds"), (BIG, A, "a number of thousands of digits"),
          battery=0, temperature=0, count=0),
    *each("ble_beacons.ibeacon_encode", "uuid", (b"x", A, "1 octets, it has 16"), (5, T, "octets"), ("x", A, "'x' is no UUID"),
          major=0, minor=0, tx_power=0),
    *each("ble_beacons.ibeacon_encode", "major", (65536, A, "65536 is outside 0..65535"), ("x", T, "an int"), uuid=bytes(16), minor=0, tx_power=0),
    *each("ble_beacons.ibeacon_encode", "minor", (-1, A, "-1 is outside 0..65535"), ("x", T, "an int"), uuid=bytes(16), major=0, tx_power=0),
    *each("ble_beacons.ibeacon_encode", "tx_power", (128, A, "128 is outside -128..127"), ("x", T, "an int"), uuid=bytes(16), major=0, minor=0),
    *each("ble_beacons.ibeacon_encode", "company", (65536, A, "65536 is outside 0..65535"), ("x", T, "an int"),
          uuid=bytes(16), major=0, minor=0, tx_power=0),
    *each("ble_beacons.ibeacon_decode", "packet", ("x", T, "octets"), (b"", A, "there is no beacon of this kind in it")),
    *each("ble_beacons.ibeacon_decode", "company", (65536, A, "65536 is outside 0..65535"), ("x", T, "an int"), packet=b""),
    *each("ble_beacons.eddy_decode_type", "packet", (5, T, "octets"), (b"", A, "there is no beacon")),
    *each("ble_beacons.eddy_decode", "packet", (5, T, "octets"), (b"\x02\x01\x06", A, "there is no beacon of this kind in it"),
          (bytes.fromhex("0303aafe0516aafe1000"), A, "the beacon breaks its format"),
          (bytes.fromhex("0416aafe30"), A, "a frame of type 0x30 cannot be decoded")),
]

DRIVERS = [
    *each("drivers.register", "driver", (5, T, "a URI, a place in a world"), ("a\0b", A, r"'a\x00b' has a zero octet")),
    *each("drivers.override", "driver", (5, T, "a URI, a place in a world"), ("a\0b", A, r"'a\x00b' has a zero octet")),
    *each("drivers.board", "name", (5, T, "a str is taken"), scheme="nrf52"),
    *each("drivers.board", "scheme", (5, T, "a str is taken"), name="x"),
    *each("hci.init", "index", ("x", T, "an int is taken"), (-1, A, "-1 is outside 0..65535")),
    *each("serial.init", "port", (5, T, "a str is taken"), ("/dev/\0", A, r"'/dev/\x00' has a zero octet")),
    *each("serial.init", "baudrate", ("x", T, "an int is taken"), (0, A, "0 is outside 1..4294967295 (bits a second)"), port="/dev/x"),
    ("serial.init", dict(port="x", baudrate=1, options=(5,)), T, "options[0]: a str is taken, not int"),
    ("serial.init", dict(port="x", baudrate=1, options=("h5", "h6")), A, "options[1]: 'h6' is none of h5, crc, even, noflow"),
    *each("socket.init", "where", (5, T, "a str is taken"), ("a\0", A, r"'a\x00' has a zero octet")),
    *each("usb.init", "device", (5, T, "a str is taken"), ("a\0", A, r"'a\x00' has a zero octet")),
    *each("virtual.init", "name", (5, T, "a str is taken"), ("a\0", A, r"'a\x00' has a zero octet")),
]

BOTH_ROLES = [row for role in ("Device", "Central") for row in (
    *each(role, "driver", (5, T, "a str is taken, not int"), ("a\0", A, r"'a\x00' has a zero octet"), ("virtual:", A, "a device in a world has none")),
    *each(role, "connections", ("x", T, "an int is taken"), (0, A, "0 is outside 1..250"), (251, A, "251 is outside 1..250")),
    *each(role, "store", (5, T, "a str is taken, not int"), ("a\0", A, r"'a\x00' has a zero octet")),
    *each(role, "timeout", ("x", T, SECONDS), (-1, A, "-1 is negative")),
    *each(role, "world", (5, T, "a glint.sim.World or its node() is taken, not int")),
    *each(f"{role}.scan", "duration", ("x", T, SECONDS), (-1, A, "-1 is negative"), (5e6, A, "5000000.0 is outside 0..4294967.294 (seconds")),
    *each(f"{role}.scan", "active", ("x", T, "True or False is taken, not str")),
    *each(f"{role}.scan", "interval", ("x", T, NUMBERS), (2, A, "2 is outside 2.5..10240")),
    *each(f"{role}.scan", "window", ("x", T, NUMBERS), (11, A, "11 is above the interval, 10")),
    *each(f"{role}.scan", "duplicates", ("x", T, "True or False is taken, not str")),
    *each(f"{role}.scan", "filter", ("x", T, "an int is taken"), (32, A, "32 is outside 0..31")),
    *each(f"{role}.scan", "addr", ("x", T, "an int is taken"), (3, A, "3 is outside 0..2")),
    *each(f"{role}.security", "show", (5, T, f"a function {FUNCTION}")),
    *each(f"{role}.security", "compare", (5, T, f"a function {FUNCTION}")),
    *each(f"{role}.security", "ask", (5, T, f"a function {FUNCTION}")),
    *each(f"{role}.security", "bonding", ("x", T, "True or False is taken, not str")),
    *each(f"{role}.security", "mitm", ("x", T, "True or False is taken, not str")),
    *each(f"{role}.security", "sc_only", ("x", T, "True or False is taken, not str")),
    *each(f"{role}.security", "keep_bonded", ("x", T, "True or False is taken, not str")),
    *each(f"{role}.security", "evict", ("x", T, "True or False is taken, not str")),
    *each(f"{role}.security", "key_size", ("x", T, "an int is taken"), (6, A, "6 is outside 7..16")),
    *each(f"{role}.security", "min_key_size", ("x", T, "an int is taken"), (17, A, "17 is outside 7..16")),
    *each(f"{role}.security", "oob", ("x", T, "True or False is taken, not str")),
    *each(f"{role}.security", "passkey", ("x", T, "an int is taken"), (-1, A, "-1 is outside 0..999999")),
    *each(f"{role}.security", "signing", ("x", T, "True or False is taken, not str")),
    *each(f"{role}.security", "on_demand", ("x", T, "True or False is taken, not str")),
    *each(f"{role}.remove_bonded", "addr", *ADDRESS),
    *each(f"{role}.set_oob_data", "data", (5, T, "octets"), (b"x", A, "1 octets, legacy pairing has 16")),
    *each(f"{role}.set_oob_data", "peer", *ADDRESS, data=bytes(32)),
)]

MODERN_FACE = [
    *BOTH_ROLES,
    *each("Device", "name", (5, T, "a str is taken, not int"), ("", A, "0 octets of UTF-8 are outside 1..248")),
    *each("Device", "services", (5, T, "several of Service are taken, as in a list, not int")),
    ("Device", dict(services=[5]), T, "service: a Service is taken, not int"),
    *each("Device", "appearance", ("x", T, "an int is taken"), (-1, A, "-1 is outside 0..65535")),
    ("Device.security", dict(level="x"), T, "security[1]: an int is taken, not str"),
    ("Device.security", dict(level=5), A, "security[1]: 5 is outside 1..4 (the levels of SECURITY_MODE_1)"),
    ("Device.security", dict(mode="x"), T, "security[0]: an int is taken, not str"),
    ("Device.security", dict(mode=3), A, "security[0]: 3 is outside 1..2"),
    ("Device.security", dict(mode=2, level=3), A, "security[1]: 3 is outside 1..2 (the levels of SECURITY_MODE_2)"),
    ("Device.security", dict(shows=print), T, "Pairing.security() got an unexpected keyword argument 'shows'"),
    *each("Device.add_service", "service", (5, T, "a Service is taken, not int")),
    *each("Device.remove_service", "service", (5, T, "a Service is taken, not int"), (glint.Service(1), glint.Error, "it has not been added")),
    *each("Device.advertise", "interval", ("x", T, NUMBERS), (19, A, "19 is outside 20..10240")),
    *each("Device.advertise", "timeout", ("x", T, NUMBERS), (-1, A, "-1 is outside 0..")),
    *each("Device.advertise", "payload", (5, T, "a str or octets"), (b"x" * 300, A, "300 octets, a packet has 31")),
    *each("Device.advertise", "scanrsp", (5, T, "a str or octets"), (b"x" * 300, A, "300 octets, a packet has 31")),
    *each("Device.advertise", "mode", ("x", T, "an int is taken"), (5, A, "5 is outside 0..4")),
    *each("Device.advertise", "raw", (1, T, "True, False or None is taken, not int")),
    *each("Device.advertise", "company", ("x", T, "an int is taken"), (-1, A, "-1 is outside 0..65535")),
    *each("Device.advertise", "peer", *ADDRESS, mode=glint.ADV_CONN_DIR),
    *each("Device.advertise", "auto_restart", ("x", T, "True or False is taken, not str")),
    *each("Device.writes", "ch", (5, T, "a Characteristic or None is taken, not int")),
    *each("Device.set_value", "ch", (5, T, "a Characteristic is taken, not int"), value=1),
    *each("Device.set_value", "value", ("x", T, "a NUMBER characteristic takes an int, not str"), (256, A, "256 is outside"), ch=0),
    *each("Device.notify", "ch", (5, T, "a Characteristic is taken, not int"), value=1),
    *each("Device.notify", "value", ("x", T, "a NUMBER characteristic takes an int, not str"), (256, A, "256 is outside"), ch=0),
    *each("Device.notify", "peer", ("x", T, "a Connection, an Address or None is taken, not str"),
          (glint.Address(bytes(6)), A, "00:00:00:00:00:00 is the address of no connection"), ch=0, value=1),
    *each("Central.find", "name", (5, T, "a str is taken, not int")),
    *each("Central.find", "service", ("x", A, "'x' is no UUID"), (-1, A, "-1 is outside 0..65535"), (1.5, T, "an int is taken, not float")),
    *each("Central.find", "timeout", ("x", T, SECONDS), (-1, A, "-1 is negative"), (5e6, A, "5000000.0 is outside")),
    *each("Central.connect", "target", *ADDRESS),
    *each("Central.connect", "interval", ("x", T, NUMBERS), (7, A, "7 is outside 7.5..4000 (milliseconds, or 0: 30 to 50)"), target=bytes(6)),
    *each("Central.connect", "latency", ("x", T, "an int is taken"), (500, A, "500 is outside 0..499"), target=bytes(6)),
    *each("Central.connect", "supervision", ("x", T, NUMBERS), (99, A, "99 is outside 100..32000"), target=bytes(6)),
    *each("Central.connect", "timeout", ("x", T, SECONDS), (-1, A, "-1 is negative"), (5e6, A, "5000000.0 is outside"), target=bytes(6)),
    *each("Connection.pair", "anew", ("x", T, "True or False is taken, not str")),
    *each("Peer.pair", "anew", ("x", T, "True or False is taken, not str")),
    *each("Peer.find", "uuid", ("x", A, "'x' is no UUID"), (65536, A, "65536 is outside 0..65535"), (None, T, "an int is taken, not NoneType")),
    *each("Peer.find", "service", ("x", A, "'x' is no UUID"), (1.5, T, "an int is taken, not float"), (-1, A, "-1 is outside"), uuid=1),
    ("Peer.read", dict(ch="x"), T, "handle: an int is taken, not str"),
    ("Peer.read", dict(ch=0), A, "handle: 0 is outside 1..65535"),
    ("Peer.write", dict(ch="x", value=b""), T, "handle: an int is taken, not str"),
    *each("Peer.write", "value", (5, T, "octets"), (bytes(513), A, "513 octets are outside 0..512"), ch=1),
    *each("Peer.write", "response", ("x", T, "True or False is taken, not str"), ch=1, value=b""),
    *each("Peer.write", "signed", ("x", T, "True or False is taken, not str"), ch=1, value=b""),
    *each("Peer.subscribe", "ch", (5, T, "a RemoteCharacteristic is taken, as find() gives, not int")),
    *each("Peer.subscribe", "indications", ("x", T, "True or False is taken, not str"), ch=0),
    *each("Peer.unsubscribe", "ch", (5, T, "a RemoteCharacteristic is taken, as find() gives, not int")),
    *each("Peer.update", "interval", ("x", T, NUMBERS), (7, A, "7 is outside 7.5..4000")),
    *each("Peer.update", "latency", ("x", T, "an int is taken"), (500, A, "500 is outside 0..499 (connection events)"), interval=20),
    *each("Peer.update", "supervision", ("x", T, NUMBERS), (99, A, "99 is outside 100..32000"), interval=20),
]

WORLDS = [
    *each("World", "seed", ("x", T, "an int is taken, not str"), (-1, A, "-1 is outside 0..18446744073709551615")),
    *each("World", "loss_ppm", ("x", T, "an int is taken"), (-1, A, "-1 is outside 0..1000000"), (1000001, A, "1000001 is outside 0..1000000")),
    *each("World.node", "x", ("x", T, "metres (int or float) are taken, not str"), (1e7, A, "10000000.0 is outside -1000000..1000000 (metres)")),
    *each("World.node", "y", ("x", T, "metres"), (float("nan"), A, "nan is outside")),
    *each("Node", "world", (5, T, "a World is taken, not int")),
    *each("Node", "x", ("x", T, "metres"), (1e7, A, "10000000.0 is outside"), world=0),
    *each("Node", "y", ("x", T, "metres"), (-1e7, A, "-10000000.0 is outside"), world=0),
    *each("World.sleep", "seconds", ("x", T, "seconds"), (-1, A, "-1 is negative"), (None, T, "a number is taken, not NoneType"),
          (BIG, A, "a number of thousands of digits is more than a world has")),
    *each("World.run", "main", (5, T, "a coroutine is taken, as scene(), not int"), (asyncio.sleep, T, "a coroutine is taken")),
    *each("World.wait_for", "is_over", (5, T, "a function is taken, not int")),
    *each("World.wait_for", "timeout", ("x", T, SECONDS), (-1, A, "-1 is negative"), is_over=bool),
    *each("World.trace", "path", (5, T, "a path or None is taken, not int")),
    *each("place", "world", (5, T, "a glint.sim.World or its node() is taken, not int")),
]

TABLE = [*OLD_FACE, *VALUES, *BEACONS, *DRIVERS, *MODERN_FACE, *WORLDS]
DEFAULTS = {"ble.gap": dict(name="x"), "ble.advertising": dict(interval=100), C: dict(uuid=1, permission=2, size=1),
            "Service": dict(uuid=1)}
KINDS = {"": (1, 0), "two": (2, 0), "eight": (8, 0), "nine": (9, 0), "text": (2, 1), "utf8": (2, 1), "bytes": (2, 2)}
MODULES = {"ble_beacons": ble_beacons, "drivers": drivers, "hci": hci, "serial": serial, "socket": socket, "usb": usb, "virtual": virtual}
ASYNC = ("Device", "Central", "Peer", "Connection")


def characteristic(kind=""):
    size, number = KINDS[kind]
    return glint.Characteristic(1, glint.READ | glint.NOTIFY, size, type=number, encoding="utf-8" if kind == "utf8" else "latin-1")


def ids(table):
    return [f"{call}-{i}-{message[:30]}" for i, (call, _, _, message) in enumerate(table)]


def check(call, arguments, kind, message):
    """The refusal of a call that returns, or of its coroutine."""
    with pytest.raises(kind) as refused:
        call(**arguments)
    assert str(refused.value).startswith(message), str(refused.value)
    if message[0].islower() and kind is not T:
        assert isinstance(refused.value, glint.Error) and refused.value.code < 0 and refused.value.name
    if kind is A:
        assert isinstance(refused.value, ValueError)


def member(call, face, air):
    """What a row calls, apart from what needs a loop."""
    name, _, kind = call.partition("@")
    owner, _, method = name.partition(".")
    if name == "ble.btos":
        return glint.btos
    if owner == "ble":
        return getattr(face, method)
    if owner in MODULES:
        fn = getattr(MODULES[owner], method)
        return (lambda port, baudrate=1, options=(): fn(port, baudrate, *options)) if name == "serial.init" else fn
    if owner in ("World", "Node", "place"):
        return getattr(air, method) if method else getattr(sim, owner)
    if not method:
        return getattr(glint, owner)
    bound = getattr(glint.Service(1) if owner == "Service" else characteristic(kind), method)
    return (lambda value: bound(value)) if method in ("encode", "convert") else bound


@pytest.mark.parametrize("call, arguments, kind, message", [row for row in TABLE if row[0].partition(".")[0] not in ASYNC],
                         ids=ids([row for row in TABLE if row[0].partition(".")[0] not in ASYNC]))
def test_refusals(ble, air, call, arguments, kind, message):
    arguments = {**DEFAULTS.get(call, {}), **arguments}
    if arguments.get("ch") == 0:
        arguments["ch"] = characteristic()
    if call == "Node" and arguments.get("world") == 0:
        arguments["world"] = air
    before = drivers.registered()
    check(member(call, ble, air), arguments, kind, message)
    assert drivers.registered() is before


async def refused_in_a_scene(air, call, arguments, kind, message):
    owner, _, method = call.partition(".")
    ch = glint.Characteristic(1, glint.READ | glint.NOTIFY, 1)
    if not method:
        check(getattr(glint, owner), {"world": air, **arguments}, kind, message)
        return
    async with glint.Device(world=air, services=[glint.Service(1, characteristics=[ch])]) as device, \
            glint.Central(world=air.node(1)) as central:
        device.security(oob=True), central.security(oob=True)
        home = {"Device": device, "Central": central}.get(owner)
        if home is None:
            await device.advertise()
            home = await central.connect(await central.find())
            await home.discover()
            if arguments.get("ch") == 0 and method == "subscribe":
                arguments = {**arguments, "ch": home.find(1)}
            if owner == "Connection":
                home = await device.connections().__anext__()
        elif arguments.get("ch") == 0:
            arguments = {**arguments, "ch": ch}
        with pytest.raises(kind) as refused:
            result = getattr(home, method)(**arguments)
            if inspect.isawaitable(result):
                await result
        assert str(refused.value).startswith(message), str(refused.value)


@pytest.mark.parametrize("call, arguments, kind, message", [row for row in TABLE if row[0].partition(".")[0] in ASYNC],
                         ids=ids([row for row in TABLE if row[0].partition(".")[0] in ASYNC]))
def test_refusals_of_the_modern_face(air, call, arguments, kind, message):
    air.run(refused_in_a_scene(air, call, arguments, kind, message))


# ---- every parameter has its rows

# What cannot be wrong, and why.
FREE = {
    ("ble.advertising", "list_uuids"): "ignored, and a warning says so",
    ("ble.advertising", "scan_rsp"): "refused as scanrsp, whose other name it is",
    ("Device.security", "level"): "refused as security[1], what it is of gap()", ("Device.security", "mode"): "as security[0]",
    ("Peer.read", "ch"): "refused as handle, which it may be", ("Peer.write", "ch"): "likewise",
    (C, "encoding"): "one of two words, whatever else it is",
}
TRUTHS = {"confirmed", "duplicates", "active"}  # ints of which only 0 is not True


def public_calls():
    """(name, parameter, its annotation) of all that programs call."""
    calls = {f"ble.{name}": fn for name, fn in vars(wireless.ble).items()
             if not name.startswith("_") and isinstance(fn, (types.MethodType, types.FunctionType))}
    for name, module in MODULES.items():
        calls.update({f"{name}.{n}": fn for n, fn in vars(module).items()
                      if not n.startswith("_") and isinstance(fn, types.FunctionType) and fn.__module__ == module.__name__})
    classes = {n: getattr(glint, n) for n in ("Characteristic", "Service", "Refused", "Address", "Passkey", "Device", "Central")}
    classes.update(World=sim.World, Node=sim.Node)
    for name, cls in {**classes, "Peer": glint.Peer, "Connection": glint.Connection}.items():
        if name in classes:
            calls[name] = cls
        for n in dir(cls):
            home = next(c for c in cls.__mro__ if n in vars(c))
            if not n.startswith("_") and home.__module__.startswith("glint") and callable(getattr(cls, n)):
                calls[f"{name}.{n}"] = getattr(cls, n)
    calls["place"] = sim.place
    del calls["drivers.checked"]
    for call, fn in calls.items():
        for parameter in inspect.signature(fn).parameters.values():
            if parameter.name != "self" and parameter.kind is not parameter.VAR_KEYWORD:
                yield call, parameter.name, str(parameter.annotation)


def test_every_parameter_has_its_rows():
    rows = {}
    for call, _, kind, message in TABLE:
        name = re.match(r"(\w+)(\[\d\])*:|(\w+)$", message)
        if name:
            rows.setdefault((call.partition("@")[0], name[1] or name[3]), set()).add(kind)
    missing = []
    walked = set()
    for call, parameter, annotation in public_calls():
        walked.add(call)
        kinds = rows.get((call, parameter), set())
        is_number = re.search(r"\b(int|float)\b", annotation) and parameter not in TRUTHS
        if (call, parameter) not in FREE and (T not in kinds or is_number and not kinds & {A, glint.Error}):
            if not (call == "ble.btos" and T in kinds):  # an int of any size: its low octet is shown
                missing.append(f"{call}({parameter}: {annotation}) has {[kind.__name__ for kind in kinds]}")
    assert not missing, "\n".join(missing)
    assert {call.partition("@")[0] for call, _, _, _ in TABLE} <= walked  # no row of what is not there


# ---- the extension: its own types and ranges, by the stub

STUB = ast.parse((Path(glint.__file__).parent / "_glint.pyi").read_text())
SAMPLES = {"int": 1, "float": 1.0, "bool": True, "bytes": b"123456", "_Octets": b"1", "str": "x", "Any": 1, "Optional[float]": 0.0,
           "Optional[str]": "virtual:", "Optional[bytes]": b"123456", "Optional[int]": 1, "list[tuple[int, bytes]]": [(0, b"123456")],
           "tuple[Device, ...]": (), "Union[str, PathLike[str], None]": None, "Optional[tuple[int, int, int, int, int]]": (4, 0, 0, 1, 0)}


WHOLE = {("Device", "__init__"): ["virtual:", "", None, 1, 23, 1, 0.0, 0.0],
         ("Characteristic", "__init__"): [1, 2, 1, "", 0, bytes(16), False, 0, (4, 0, 0, 1, 0)], ("Service", "__init__"): [1, bytes(16), False]}


def sample(annotation, world):
    made = {"Characteristic": lambda: _glint.Characteristic(1, 2, 1), "Service": lambda: _glint.Service(1), "Device": None,
            "Optional[World]": lambda: world}
    return made[annotation]() if annotation in made else SAMPLES[annotation]


def extension_calls():
    """(class or "", name, [annotation of each parameter])."""
    for node in STUB.body:
        if isinstance(node, ast.FunctionDef):
            yield "", node.name, [ast.unparse(a.annotation) for a in node.args.posonlyargs + node.args.args]
        elif isinstance(node, ast.ClassDef) and node.name in ("World", "Characteristic", "Service", "Device"):
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and not item.decorator_list:
                    arguments = [a for a in item.args.posonlyargs + item.args.args if a.arg != "self"]
                    if not item.args.vararg:
                        yield node.name, item.name, [ast.unparse(a.annotation) for a in arguments]


@pytest.mark.parametrize("cls, name, annotations", list(extension_calls()), ids=lambda v: v if isinstance(v, str) else "")
def test_the_extension_takes_no_wrong_type_and_no_wrong_number(cls, name, annotations):
    """An object() in the place of each argument; a number beyond what its kind holds, and a negative one beyond 64 bits."""
    world = _glint.World()

    def call(arguments):
        made = {"": lambda: _glint, "World": lambda: world, "Characteristic": lambda: _glint.Characteristic(1, 2, 1),
                "Service": lambda: _glint.Service(1), "Device": lambda: _glint.Device(world=world)}[cls]
        return (getattr(_glint, cls) if name == "__init__" else getattr(made(), name))(*arguments)

    good = WHOLE.get((cls, name)) or [sample(annotation, world) for annotation in annotations]
    for i, annotation in enumerate(annotations):
        if annotation not in ("Any", "bool"):
            with pytest.raises(TypeError):
                call(good[:i] + [object()] + good[i + 1:])
        if annotation == "int":
            for number in (2**70, -2**70):
                with pytest.raises((glint.ArgumentError, OverflowError)):
                    call(good[:i] + [number] + good[i + 1:])
    too_many = [*good, 1]
    with pytest.raises(TypeError):
        call(too_many)


# ---- options of the runner, and the marker of the pytest plugin

OPTIONS = [
    ("--pin", ["--pin", "X9=1"], "D0..D127"), ("--define", ["--define"], "expected one argument"),
    ("--define", ["--define", "2nd"], "--define 2nd: SYMBOL or SYMBOL=TEXT"), ("--show-pins", ["--show-pins=1"], "ignored explicit argument"),
    ("--virtual-time", ["--virtual-time=1"], "ignored explicit argument"), ("--seed", ["--virtual-time", "--seed", "x"], "invalid int value: 'x'"),
    ("--seed", ["--seed", "1"], "--seed needs --virtual-time"), ("--seed", ["--virtual-time", "--seed", "-1"], "--seed: -1 is outside 0.."),
    ("--driver", ["--driver"], "expected one argument"), ("--driver", ["--virtual-time", "--driver", "virtual:"], "exclude each other"),
    ("program", ["/nonexistent.py"], "there is no such file"), ("program", ["a.py", "b.py"], "unrecognized arguments: b.py"),
]


@pytest.mark.parametrize("option, words, message", OPTIONS)
def test_options_of_the_runner(capsys, tmp_path, option, words, message):
    from glint.runner import main

    program = tmp_path / "program.py"
    program.write_text("")
    try:
        status = main.main(words if option == "program" else [str(program), *words])
    except SystemExit as end:
        status = end.code
    assert status == 2 and message in capsys.readouterr().err


def test_every_option_of_the_runner_has_a_row():
    from glint.runner import main

    options = {action.option_strings[-1] if action.option_strings else action.dest for action in main.parser()._actions}
    assert options - {"--help"} == {option for option, _, _ in OPTIONS}


@pytest.mark.parametrize("marker, message", [
    ("seed='x'", "seed: an int is taken, not str"), ("'x'", "seed: an int is taken, not str"), ("7, -1", "loss_ppm: -1 is outside 0..1000000"),
    ("loss=1", "unexpected keyword argument 'loss'"), ("1, 2, 3", "positional arguments")])
def test_the_marker_of_the_plugin(tmp_path, marker, message):
    (tmp_path / "test_x.py").write_text(f"import pytest\n@pytest.mark.air({marker})\ndef test_x(air):\n    pass\n")
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "glint.pytest_plugin", "test_x.py"],
                          cwd=tmp_path, text=True, capture_output=True, timeout=DEADLINE_S)
    assert done.returncode == 1 and message in done.stdout, done.stdout


# ---- what a refusal leaves


def test_a_service_twice(ble):
    service = glint.Service(0x180F)
    ble.add_service(service)
    check(ble.add_service, dict(service=service), A, "service: it has been added already")


def test_a_refused_call_changes_nothing(ble):
    ble.advertising(100, payload="kept")
    with pytest.raises(A):
        ble.advertising(100, payload="x" * 40)
    assert ble.module._advertising.payload == b"kept"


@pytest.mark.parametrize("octet", range(256))
def test_no_beacon_brings_another_exception(octet):
    """Any octet as the scheme, and in the place of the URL."""
    for frame in (bytes([0x10, 0, octet, 0x61]), bytes([0x10, 0, 2, octet])):
        packet = bytes.fromhex("0303aafe") + bytes([len(frame) + 3]) + bytes.fromhex("16aafe") + frame
        try:
            assert isinstance(ble_beacons.eddy_decode(packet)[0], str)
        except A as refusal:
            assert str(refusal).startswith("packet: ")


@pytest.mark.parametrize("uri, message", [
    ("nothing", "driver: unknown driver"), ("nosuch:x", "driver: unknown driver"),
    ("unix:/nonexistent/glint.sock", ""), ("tcp:localhost:1", "")])
def test_drivers_that_are_not_there(ble, uri, message):
    with pytest.raises(ble.HardwareInitializationError) as failed:
        ble.start(driver=uri)
    assert isinstance(failed.value, RuntimeError) and (message in str(failed.value) or uri in str(failed.value))
    assert failed.value.code < 0 and failed.value.name
    ble.start()  # the air's driver is there, and nothing was broken
    ble.stop()


def test_drivers_register(monkeypatch, tmp_path):
    from espressif.esp32ble import esp32ble
    from nordic.nrf52_ble import nrf52_ble
    before = drivers.registered()
    monkeypatch.setenv("GLINT_ROOT", str(tmp_path))
    try:
        nrf52_ble.init()
        assert drivers.registered() == "virtual:"
        device = tmp_path / "sys/devices/usb1/1-1"
        line = device / "1-1:1.0/tty/ttyACM0"
        line.mkdir(parents=True)
        (line / "device").symlink_to("../..")
        (device / "idVendor").write_text("1366\n")
        (device / "idProduct").write_text("1051\n")
        tty = tmp_path / "sys/class/tty"
        tty.mkdir(parents=True)
        (tty / "ttyACM0").symlink_to(line)
        nrf52_ble.init()
        assert drivers.registered() == "nrf52:"
        esp32ble.init()
        assert drivers.registered() == "virtual:"
        from wireless.drivers import hci, serial, socket, usb, virtual
        for init, uri in ((lambda: virtual.init("lab"), "virtual:lab"), (lambda: socket.init("/run/x.sock"), "unix:/run/x.sock"),
                          (lambda: socket.init("localhost:9000"), "tcp:localhost:9000"), (lambda: hci.init(1), "hci:1"),
                          (lambda: serial.init("/dev/ttyACM0"), "serial:/dev/ttyACM0,1000000"), (lambda: usb.init(), "usb:"),
                          (lambda: serial.init("/dev/ttyS1", 115200, "h5", "crc"), "serial:/dev/ttyS1,115200,h5,crc")):
            init()
            assert drivers.registered() == uri
    finally:
        drivers.register(before)
