"""Beacons: the example octets that their formats publish, and what other encoders may do.

Eddystone: github.com/google/eddystone, protocol-specification.md and the README of each frame. iBeacon: Proximity Beacon
Specification R1, with the UUID of Apple's AirLocate sample.
"""

import uuid

import glint
import pytest
from wireless import ble_beacons as bb

AIR_LOCATE = uuid.UUID("E2C56DB5-DFFB-48D2-B060-D0F5A71096E0")
IBEACON = bytes.fromhex("0201061AFF4C000215E2C56DB5DFFB48D2B060D0F5A71096E000010203C5")


def eddystone(frame):
    """Flags, service UUID and service data around a frame: protocol-specification.md."""
    octets = bytes.fromhex(frame)
    return bytes.fromhex("0201060303AAFE") + bytes([len(octets) + 3]) + bytes.fromhex("16AAFE") + octets


def test_ibeacon():
    for form in (AIR_LOCATE.bytes, AIR_LOCATE, str(AIR_LOCATE)):
        assert bb.ibeacon_encode(form, 1, 515, -59) == IBEACON
    assert bb.ibeacon_decode(IBEACON) == (AIR_LOCATE.bytes, 1, 515, -59)
    assert bb.ibeacon_decode(IBEACON[3:]) == (AIR_LOCATE.bytes, 1, 515, -59)  # without flags
    other = bb.ibeacon_encode(AIR_LOCATE, 1, 2, -1, company=0x0059)
    with pytest.raises(ValueError, match="no beacon of this kind"):
        bb.ibeacon_decode(other)
    assert bb.ibeacon_decode(other, 0x0059) == bb.ibeacon_decode(other, None) == (AIR_LOCATE.bytes, 1, 2, -1)
    assert bb.ibeacon_decode(bb.ibeacon_encode(AIR_LOCATE, 0, 0, 127, company=0), 0)[3] == 127


def test_eddystone_uid():
    packet = eddystone("00BB" + "00112233445566778899" + "AABBCCDDEEFF" + "0000")
    assert bb.eddy_encode_uid(bytes.fromhex("00112233445566778899"), bytes.fromhex("AABBCCDDEEFF"), -69) == packet
    assert bb.eddy_decode_type(packet) == bb.EDDY_UID == 0x00
    assert bb.eddy_decode(packet) == (bytes.fromhex("00112233445566778899"), bytes.fromhex("AABBCCDDEEFF"), -69)
    assert bb.eddy_decode(bb.eddy_encode_uid("Zerynth", "Python", 0))[:2] == (b"Zerynth\0\0\0", b"Python")
    old = eddystone("00BB" + "00112233445566778899" + "AABBCCDDEEFF")  # without the two reserved octets
    assert bb.eddy_decode(old) == bb.eddy_decode(packet)


def test_eddystone_url():
    """The scheme prefixes and expansions of eddystone-url/README.md."""
    packet = eddystone("10BB01" + b"zerynth".hex() + "07")
    assert bb.eddy_encode_url("https://www.zerynth.com", -69) == packet
    assert bb.eddy_decode_type(packet) == bb.EDDY_URL == 0x10 and bb.eddy_decode(packet) == ("https://www.zerynth.com", -69)
    for code, text in enumerate(("http://www.", "https://www.", "http://", "https://")):
        assert bb.eddy_decode(eddystone(f"1000{code:02X}61")) == (text + "a", 0)
    for code, text in enumerate((".com/", ".org/", ".edu/", ".net/", ".info/", ".biz/", ".gov/", ".com", ".org", ".edu",
                                 ".net", ".info", ".biz", ".gov")):
        assert bb.eddy_decode(eddystone(f"10000361{code:02X}")) == ("https://a" + text, 0)


def test_eddystone_tlm():
    """0x0BB8 is 3000 mV and 0xF580 is -10.5 degrees: signed 8.8 fixed point, eddystone-tlm/tlm-plain.md."""
    packet = eddystone("20000BB8F5800000000500000078")
    assert bb.eddy_encode_tlm(3000, -10.5, 5, 12) == packet
    assert bb.eddy_decode_type(packet) == bb.EDDY_TLM == bb.EDDY_LTM == 0x20
    assert bb.eddy_decode(packet) == (3000, -10.5, 5, 12.0)
    assert bb.eddy_decode(eddystone("20000000800000000000FFFFFFFF")) == (0, None, 0, 429496729.5)
    assert bb.eddy_encode_tlm(0, None, 0, 0) == eddystone("2000000080000000000000000000")


def test_what_is_no_beacon():
    for packet in (b"", b"\x02\x01\x06", IBEACON[:20], eddystone("00BB"), eddystone("1000FF"), bytes(31)):
        with pytest.raises(ValueError):
            bb.eddy_decode(packet)
        with pytest.raises(ValueError):
            bb.ibeacon_decode(packet)
    with pytest.raises(ValueError, match="encrypted telemetry"):
        bb.eddy_decode(eddystone("2001" + "00" * 16))


def test_a_beacon_on_the_air(air, ble):
    ble.advertising(100, payload=bb.eddy_encode_url("https://www.zerynth.com", -69), mode=ble.ADV_UNCN_UND)
    ble.start()
    ble.start_advertising()

    async def scene():
        async with glint.Central(world=air.node(1)) as central:
            return await central.find()

    report = air.run(scene())
    assert report.kind == ble.ADV_UNCN_UND and bb.eddy_decode(report.data) == ("https://www.zerynth.com", -69)
