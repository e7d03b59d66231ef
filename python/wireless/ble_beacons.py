"""Beacon formats: iBeacon and Eddystone UID, URL and TLM.

Encoders give a whole advertising packet, 31 octets at most, for ``ble.advertising(…, payload=packet,
mode=ble.ADV_UNCN_UND)``. Decoders take the packet of a scan report and find the beacon among its AD structures. What is
refused, and a packet that is no such beacon or breaks its format, is an ``ArgumentError``, which is a ``ValueError``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional, Union

from glint import _check, _glint

if TYPE_CHECKING:
    import uuid as _uuid

EDDY_UID = 0x00
EDDY_URL = 0x10
EDDY_TLM = 0x20
EDDY_LTM = 0x20


def _identifier(name: str, value: object, size: int) -> bytes:
    """`size` octets; a str is UTF-8, and what is shorter is filled up with zeros."""
    octets = _check.utf8(name, value) if isinstance(value, str) else _check.octets(name, value)
    if len(octets) > size or not isinstance(value, str) and len(octets) != size:
        _check.refuse(f"{name}: {len(octets)} octets, it has {size} (a str may have fewer)", _glint._ETOOBIG)
    return octets.ljust(size, b"\0")


def _packet(value: object) -> bytes:
    return _check.octets("packet", value)


def eddy_encode_uid(namespace: Union[bytes, str], instance: Union[bytes, str], tx_power: int) -> bytes:
    """An Eddystone-UID packet.

    Parameters
    ----------
    namespace : bytes-like or str
        10 octets; a str may have fewer and is filled up with zeros.
    instance : bytes-like or str
        6 octets; likewise.
    tx_power : int
        -100..20 dBm at 0 m: RSSI at one metre plus 41.
    """
    power = _check.integer("tx_power", tx_power, -100, 20, "dBm at 0 m")
    return _glint.eddystone_uid_encode(_identifier("namespace", namespace, 10), _identifier("instance", instance, 6),
                                       power, 0)


def eddy_encode_url(url: str, tx_power: int) -> bytes:
    """An Eddystone-URL packet.

    Parameters
    ----------
    url : str
        Begins with http:// or https://; 17 octets behind the scheme at most, after the format's abbreviations.
    tx_power : int
        -100..20 dBm at 0 m.
    """
    power = _check.integer("tx_power", tx_power, -100, 20, "dBm at 0 m")
    return _glint.eddystone_url_encode(_check.c_text("url", url), power, 0)


def eddy_encode_tlm(battery: int, temperature: Optional[float], count: int, time: float) -> bytes:
    """An Eddystone-TLM packet.

    Parameters
    ----------
    battery : int
        0..65535 mV; 0: not measured.
    temperature : float or None
        Above -128 and below 128 degrees Celsius, in steps of 1/256; None: not measured.
    count : int
        Advertising packets since it was switched on, 0..2**32-1.
    time : float
        Seconds since then, in tenths, up to 2**32-1 of them.
    """
    if temperature is None:
        c256 = _glint._EDDYSTONE_NO_TEMPERATURE
    else:
        if isinstance(temperature, bool) or not isinstance(temperature, (int, float)):
            _check.refuse_type(f"temperature: degrees (int or float) or None are taken, not {_check.kind(temperature)}")
        c256 = round(temperature * 256) if abs(temperature) <= 128 else 2**15  # also what is no number
        if not -2**15 < c256 < 2**15:
            _check.refuse(f"temperature: {_check.shown(temperature)} is outside -127.99..127.99 (degrees Celsius)")
    if isinstance(time, bool) or not isinstance(time, (int, float)):
        _check.refuse_type(f"time: seconds (int or float) are taken, not {_check.kind(time)}")
    if not 0 <= time <= (2**32 - 1) / 10:
        _check.refuse(f"time: {_check.shown(time)} is outside 0..429496729.5 (seconds)")
    return _glint.eddystone_tlm_encode(_check.integer("battery", battery, 0, 0xFFFF, "mV"), c256,
                                       _check.integer("count", count, 0, 2**32 - 1), round(time * 10), 0)


def eddy_decode_type(packet: bytes) -> int:
    """EDDY_UID, EDDY_URL, EDDY_TLM, or another type, 0x00..0xF0, of the Eddystone frame in a packet."""
    return _glint.eddystone_type(_packet(packet))


def eddy_decode(packet: bytes) -> tuple[Any, ...]:
    """What an Eddystone packet says.

    Returns
    -------
    tuple
        UID: (namespace, instance, power). URL: (url, power). TLM: (battery, temperature or None, count, seconds).
    """
    octets = _packet(packet)
    kind = _glint.eddystone_type(octets)
    found = _glint.eddystone_decode(octets, kind)
    if kind != EDDY_TLM:
        return found[:-1]
    battery, c256, count, tenths, _ = found
    temperature = None if c256 == _glint._EDDYSTONE_NO_TEMPERATURE else c256 / 256
    return battery, temperature, count, tenths / 10


def ibeacon_encode(uuid: Union[bytes, str, _uuid.UUID], major: int, minor: int, tx_power: int, *,
                   company: int = 0x004C) -> bytes:
    """An iBeacon packet.

    Parameters
    ----------
    uuid : bytes-like, uuid.UUID or str
        16 octets in the order of its text.
    major, minor : int
        0..65535.
    tx_power : int
        RSSI at one metre, -128..127 dBm.
    company : int, optional
        0..65535.
    """
    whole = _check.whole_uuid("uuid", uuid)
    octets = whole.bytes if whole is not None else _check.octets("uuid", uuid)
    if len(octets) != 16:
        _check.refuse(f"uuid: {len(octets)} octets, it has 16", _glint._EINVAL)
    number = _check.integer("company", company, 0, 0xFFFF)
    return _glint.ibeacon_encode(octets, _check.integer("major", major, 0, 0xFFFF),
                                 _check.integer("minor", minor, 0, 0xFFFF),
                                 _check.integer("tx_power", tx_power, -128, 127, "dBm at one metre"),
                                 number or _glint._COMPANY_0000, 0)


def ibeacon_decode(packet: bytes, company: Optional[int] = 0x004C) -> tuple[bytes, int, int, int]:
    """What an iBeacon packet says.

    Parameters
    ----------
    packet : bytes-like
    company : int or None, optional
        Only beacons of this company; None: of any.

    Returns
    -------
    tuple
        (uuid, major, minor, power).
    """
    if company is None:
        number = _glint._COMPANY_ANY
    else:
        number = _check.integer("company", company, 0, 0xFFFF) or _glint._COMPANY_0000
    uuid, major, minor, power, _, _ = _glint.ibeacon_decode(_packet(packet), number)
    return uuid, major, minor, power
