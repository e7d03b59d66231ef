"""wireless.ble: what a program with the old face sees and what a central sees of it, in the virtual world."""

import sys
import threading
import uuid

import glint
import pytest
from conftest import Scene, battery, pass_time


def test_battery_is_found_read_and_notified(air, ble):
    ble.gap("Zerynth")
    level = battery(ble)
    level.set_value(77)

    async def scene():
        async with Scene(air, "Zerynth") as peer:
            ch = peer.find(0x2A19)
            assert await peer.read(ch) == b"\x4d"
            values = await peer.subscribe(ch)
            level.set_value(50)
            return await values.__anext__()

    assert air.run(scene()) == b"\x32"
    assert level.get_value() == 50


def test_order_and_arguments_of_events(air, ble):
    told = []
    for name in ("CONNECTED", "DISCONNECTED", "ADV_STARTED", "ADV_STOPPED", "SUBSCRIBED", "MTU"):
        ble.add_callback(getattr(ble, "EVT_" + name), lambda what, name=name: told.append((name, what)))
    level = battery(ble)
    level.set_callback(lambda status, value: told.append(("WRITE", status, value)))

    async def scene():
        async with Scene(air) as peer:
            await peer.write(peer.find(0x2A19), b"\x07")
            await peer.subscribe(peer.find(0x2A19))
            return bytes(peer._radio.address)

    address = air.run(scene())
    ble.stop_advertising()
    air.sleep(1)
    names = [t[0] for t in told]
    assert names == ["ADV_STARTED", "CONNECTED", "MTU", "WRITE", "SUBSCRIBED", "DISCONNECTED", "ADV_STARTED", "ADV_STOPPED"]
    connected, gone = told[1][1], told[5][1]
    assert isinstance(connected, bytes) and connected == gone == address and connected.addr_type == 0
    assert connected.peer == gone.peer > 0
    assert told[0][1] is None and told[-1][1] is None
    assert told[2][1].mtu == 247 and told[2][1].peer == address
    assert told[3][1:] == (ble.WRITE, 7)
    assert told[4][1].bits == 1 and told[4][1].characteristic is level


def test_statuses_read_and_notify_on_request(air, ble):
    told = []
    level = battery(ble)
    level.set_callback(lambda status, value: told.append((status, value)), events=ble.READ | ble.NOTIFY | ble.WRITE)

    async def scene():
        async with Scene(air) as peer:
            await peer.read(peer.find(0x2A19))
            await peer.subscribe(peer.find(0x2A19))
            await peer.write(peer.find(0x2A19), b"\x01")

    air.run(scene())
    air.sleep(1)
    assert told == [(ble.READ, None), (ble.NOTIFY, None), (ble.WRITE, 1)]


@pytest.mark.parametrize("kind, size, written, value", [
    ("NUMBER", 4, b"\x34\x12", 0x1234), ("STRING", 8, b"caf\xe9", "café"), ("BYTES", 8, b"\x00\x01", b"\x00\x01")])
def test_written_values_are_converted_by_the_type(air, ble, kind, size, written, value):
    told = []
    ch = battery(ble, size, type=getattr(ble, kind))
    ch.set_callback(lambda status, got: told.append(got))

    async def scene():
        async with Scene(air) as peer:
            await peer.write(peer.find(0x2A19), written)
            return await peer.read(peer.find(0x2A19))

    assert air.run(scene()) == written
    air.sleep(1)
    assert told == [value] and ch.get_value() == value and ch.convert(written) == value


def test_numbers():
    ch = glint.Characteristic(1, glint.READ, 2)
    assert ch.get_value() == 0
    for value, octets in ((0x1234, b"\x34\x12"), (-1, b"\xff\xff"), (-32768, b"\x00\x80"), (65535, b"\xff\xff"), (True, b"\x01\x00")):
        ch.set_value(value)
        assert ch.octets == octets
    big = glint.Characteristic(1, glint.READ, 16)
    big.set_value(2**128 - 1)
    assert big.get_value() == 2**128 - 1
    big.set_value(-2)
    assert big.get_value() == 2**128 - 2
    eight = glint.Characteristic(1, glint.READ, 8)
    eight.set_value(2**64 - 1)
    assert eight.get_value() == 2**64 - 1


def test_text_is_latin_1_unless_asked():
    plain = glint.Characteristic(1, glint.READ, 4, type=glint.STRING)
    plain.set_value("é")
    assert plain.octets == b"\xe9" and plain.get_value() == "é"
    modern = glint.Characteristic(1, glint.READ, 4, type=glint.STRING, encoding="utf-8")
    modern.set_value("é")
    assert modern.octets == b"\xc3\xa9" and modern.get_value() == "é"
    plain.set_value("")
    assert plain.get_value() == ""


def test_custom_uuid_as_the_documentation_says(air, ble):
    base = bytes([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 15, 16])
    service = ble.Service(0xA001, base)
    short = ble.Characteristic(0x2A19, ble.READ, 1, "")
    long = ble.Characteristic("0000a002-0c0b-0a09-0807-060504030201", ble.READ, 1, None)
    for ch in (short, long):
        service.add_characteristic(ch)
    assert service.chs == {0x2A19: short, 0xA002: long} and short.service == 0xA001 and service.base_uuid == base
    ble.add_service(service)
    ble.start()
    ble.start_advertising()

    async def scene():
        async with Scene(air) as peer:
            return peer.services[-1]

    found = air.run(scene())
    assert found.uuid == uuid.UUID("100fa001-0c0b-0a09-0807-060504030201")
    assert [c.uuid for c in found.characteristics] == [0x2A19, uuid.UUID("0000a002-0c0b-0a09-0807-060504030201")]


def test_long_write_is_one_callback(air, ble):
    told = []
    ch = battery(ble, 512, type=ble.BYTES)
    ch.set_callback(lambda status, value: told.append(value))
    whole = bytes(range(256)) * 2

    async def scene():
        async with Scene(air) as peer:
            await peer.write(peer.find(0x2A19), whole)
            assert await peer.read(peer.find(0x2A19)) == whole

    air.run(scene())
    air.sleep(1)
    assert told == [whole]


def test_judged_writes_and_computed_reads(air, ble):
    told = []
    service = ble.Service(0x180F)
    ch = ble.Characteristic(0x2A19, ble.READ | ble.WRITE | ble.WRITE_WO, 1)

    def judge(peer, value):
        told.append(("judge", bytes(peer) != bytes(6), value))
        if value > 100:
            raise ble.Refused(0x80)
        if value == 99:
            raise RuntimeError("the judge fell ill")

    ch.set_judge(judge)
    ch.set_callback(lambda status, value: told.append(("told", value)))
    computed = ble.Characteristic(0x2A1A, ble.READ, 2)
    answers = iter([0x1234, ble.Refused(0x81), RuntimeError("no"), 7])

    def reader(peer):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    computed.set_reader(reader)
    for c in (ch, computed):
        service.add_characteristic(c)
    ble.add_service(service)
    ble.start()
    ble.start_advertising()

    async def refusal(what):
        with pytest.raises(glint.Error) as refused:
            await what
        return refused.value.code

    async def scene():
        async with Scene(air) as peer:
            value, other = peer.find(0x2A19), peer.find(0x2A1A)
            await peer.write(value, b"\x05")
            assert await refusal(peer.write(value, b"\x65")) == -0x180
            assert await refusal(peer.write(value, b"\x63")) == -0x10E
            assert await peer.read(value) == b"\x05"
            await peer.write(value, b"\x06", response=False)
            await peer.write(value, b"\x70", response=False)
            assert await peer.read(other) == b"\x34\x12"
            assert await refusal(peer.read(other)) == -0x181
            assert await refusal(peer.read(other)) == -0x10E
            assert await peer.read(other) == b"\x07\x00"
            assert await peer.read(value) == b"\x06"

    air.run(scene())
    assert told == [("judge", True, 5), ("told", 5), ("judge", True, 101), ("judge", True, 99), ("judge", True, 6),
                    ("told", 6), ("judge", True, 112)]


def test_set_value_longer_than_mtu_is_cut_in_the_notification(air, ble):
    ch = battery(ble, 300, type=ble.BYTES)

    async def scene():
        async with Scene(air) as peer:
            values = await peer.subscribe(peer.find(0x2A19))
            ch.set_value(bytes(range(250)) + b"tail")
            return await values.__anext__(), await peer.read(peer.find(0x2A19))

    notified, read = air.run(scene())
    assert notified == bytes(range(244)) and read == bytes(range(250)) + b"tail"


def test_indications_wait_for_their_confirmation(air, ble):
    ch = battery(ble, 2, ble.READ | ble.INDICATE)

    async def scene():
        async with Scene(air) as peer:
            values = await peer.subscribe(peer.find(0x2A19), indications=True)
            for i in range(20):
                ch.set_value(i)
            return [int.from_bytes(await values.__anext__(), "little") for _ in range(20)]

    assert air.run(scene()) == list(range(20))


def test_notify_goes_to_one_and_stores_nothing(air, ble):
    level = battery(ble)
    level.set_value(1)

    async def scene():
        async with Scene(air) as peer:
            with pytest.raises(glint.Error) as nobody:
                ble.notify(level, 5)
            assert nobody.value.name == "NOENT" and "subscribed" in str(nobody.value)
            values = await peer.subscribe(peer.find(0x2A19))
            address = ble.connections()[0]
            ble.notify(level, 9, address)
            ble.notify(level, 8, bytes(address))
            with pytest.raises(ble.ArgumentError, match="peer: 01:02:03:04:05:06 is not connected"):
                ble.notify(level, 9, bytes([1, 2, 3, 4, 5, 6]))
            information = ble.connection(address)
            assert information.mtu == 247 and information.role == "peripheral" and information.interval == 50
            return await values.__anext__() + await values.__anext__()

    assert air.run(scene()) == b"\x09\x08" and level.get_value() == 1


def test_scan_reports(air, ble):
    told = []
    for name in ("SCAN_STARTED", "SCAN_REPORT", "SCAN_STOPPED"):
        ble.add_callback(getattr(ble, "EVT_" + name), lambda what, name=name: told.append((name, what)))

    async def scene():
        async with glint.Device("Far", world=air.node(20)) as device:
            await device.advertise(100, scanrsp=b"\x03\x03\x0f\x18")
            ble.scanning(50, 50, active=1)
            ble.start()
            ble.start_scanning(1000)
            await pass_time(3)
            return device.address

    address = air.run(scene())
    assert [name for name, _ in told] == ["SCAN_STARTED", "SCAN_REPORT", "SCAN_REPORT", "SCAN_STOPPED"]
    kind, addr_type, rssi, packet, addr = told[1][1]
    assert (kind, addr_type, packet) == (ble.ADV_CONN_UND, 0, b"\x02\x01\x06\x04\x09Far") and addr == address
    assert -100 < rssi < -40 and isinstance(addr, ble.Address)
    assert told[2][1][0] == ble.ADV_SCAN_RSP and told[2][1][3] == b"\x03\x03\x0f\x18"


PACKETS = [
    # what the program gives, what is on the air: CSS Part A 1 for the structures
    (dict(payload=b"\x02\x01\x04\x03\xff\x34\x12"), "02010403ff3412", "0609476c696e74"),
    (dict(payload="hello"), "02010608ffffff68656c6c6f", "0609476c696e74"),
    (dict(payload=b"\x01\x02\x03"), "02010606ffffff010203", "0609476c696e74"),
    (dict(payload="x", company=0x004C), "02010604ff4c0078", "0609476c696e74"),
    (dict(payload=b"\x34\x12\x07", company=None), "02010604ff341207", "0609476c696e74"),
    (dict(payload="x", company=0), "02010604ff000078", "0609476c696e74"),
    (dict(payload=b"\x02\x77\x06", raw=True), "027706", "0609476c696e74"),
    (dict(payload=b"\x02\x01\x06", raw=False), "02010606ffffff020106", "0609476c696e74"),
    (dict(payload="text", scanrsp=b"\x02\x0a\x04"), "02010607ffffff74657874", "020a04"),
    (dict(payload=b"\x02\x01\x06", scanrsp="text"), "020106", "07ffffff74657874"),
    (dict(payload=b"\x02\x01\x06", scan_rsp=b"\x02\x0a\x04"), "020106", "020a04"),
    (dict(payload="x", mode=2), "02010404ffffff78", "0609476c696e74"),
    (dict(), "0201060609476c696e74", ""),
]


@pytest.mark.parametrize("arguments, packet, response", PACKETS, ids=range(len(PACKETS)))
def test_payloads(air, ble, arguments, packet, response):
    ble.gap("Glint")
    ble.advertising(100, **arguments)
    ble.start()
    ble.start_advertising()

    async def scene():
        async with glint.Central(world=air.node(1)) as central:
            return [(r.kind, r.data.hex()) async for r in central.scan(1)]

    reports = air.run(scene())
    assert reports[0][1] == packet
    assert ([data for kind, data in reports if kind == ble.ADV_SCAN_RSP] or [""])[0] == response


def test_payload_while_advertising_changes_at_once(air, ble):
    ble.advertising(1000, payload="one")
    ble.start_advertising()
    ble.start()

    async def scene():
        async with glint.Central(world=air.node(1)) as central:
            reports = central.scan()
            first = await reports.__anext__()
            ble.advertising(1000, payload="two")
            async for report in reports:
                if report.data != first.data and report.kind != ble.ADV_SCAN_RSP:
                    return first.data[-3:], report.data[-3:]

    assert air.run(scene()) == (b"one", b"two")


def test_payload_that_is_too_long_spells_out_the_budget(ble):
    with pytest.raises(ble.ArgumentError) as refused:
        ble.advertising(100, payload="x" * 25)
    assert str(refused.value) == ("payload: octets: 25 is outside 0..24; a packet has 31: flags 3 + header 2 + "
                                  "company identifier 2 + payload 24")
    with pytest.raises(ble.ArgumentError, match="scanrsp: 28 is outside 0..27; a packet has 31"):
        ble.advertising(100, scanrsp="x" * 28)
    with pytest.raises(ble.ArgumentError, match="payload: 25 octets are outside 0..24: a packet has 31: flags 3"):
        ble.advertising(100, payload="x" * 25, scanrsp=b"\x02\x0a\x04")


def test_the_choice_is_logged(ble, log):
    ble.advertising(100, payload="x")
    assert "payload: taken as manufacturer-specific data" in log.text


def test_list_uuids_is_ignored_with_a_warning(ble):
    with pytest.warns(UserWarning, match="list_uuids is ignored"):
        ble.advertising(100, list_uuids=1)


def test_an_exception_in_a_callback_is_logged_and_ends_nothing(air, ble, log):
    told = []
    level = battery(ble)

    def bad(status, value):
        told.append(value)
        raise RuntimeError("in the callback")

    level.set_callback(bad)

    async def scene():
        async with Scene(air) as peer:
            for i in range(3):
                await peer.write(peer.find(0x2A19), bytes([i]))

    air.run(scene())
    air.sleep(1)
    assert told == [0, 1, 2]
    assert log.text.count("RuntimeError: in the callback") == 3 and "Traceback" in log.text


def test_mode_2_needs_a_bond(air, ble):
    ble.gap("x", security=(2, 1))
    with pytest.raises(ble.ArgumentError, match="bonding: security mode 2, signed data, needs bonding"):
        ble.start()
    ble.security(bonding=ble.AUTH_BOND)
    ble.start()
    ble.stop()
    ble.gap("x", security=(2, 2))
    with pytest.raises(ble.ArgumentError, match="MITM protection"):  # nobody could be authenticated
        ble.start()


def secured(ble, level, **security):
    """A battery that wants this level, and what is told of pairing."""
    told = []
    for name in ("AUTH_FAILED", "AUTH_COMPLETE", "SHOW_PASSKEY", "MATCH_PASSKEY"):
        ble.add_callback(getattr(ble, "EVT_" + name), lambda what, name=name: told.append((name, what)))
    ble.gap("Zerynth", security=(ble.SECURITY_MODE_1, level))
    ble.security(**security)
    return battery(ble), told


def test_a_level_brings_pairing_with_the_defaults(air, ble):
    told = []
    ble.add_callback(ble.EVT_AUTH_COMPLETE, told.append)
    ble.gap("Zerynth", security=(1, 2))
    battery(ble).set_value(9)

    async def scene():
        async with Scene(air) as peer:
            await peer.pair()
            return await peer.read(peer.find(0x2A19)), await peer.pair()

    assert air.run(scene()) == (b"\x09", 2)
    assert [(event.success, event.level, event.key_size, event.bonded) for event in told] == [(True, 2, 16, False)]
    assert ble.bonded() == [] and ble.module.last_error is None


def test_a_bond_is_kept_over_stop_and_removed_after_it(air, ble):
    secured(ble, 2, bonding=ble.AUTH_BOND)
    central = glint.Central(world=air.node(2))
    central.security(bonding=True)

    async def scene():
        async with central:
            async with await central.connect(await central.find("Zerynth")) as peer:
                await peer.pair()
                await peer.exchange_mtu()
            return central.address

    address = air.run(scene())
    assert ble.bonded() == [address] and len(central.bonded()) == 1
    ble.stop()
    assert ble.bonded() == [address] and ble.bonded()[0].addr_type == address.addr_type
    ble.remove_bonded(str(address))
    ble.remove_bonded("AA:BB:CC:DD:EE:FF")
    assert ble.bonded() == []
    ble.start()


def test_out_of_band(air, ble):
    """Vol 3 Part H 2.3.5.6.4: whoever knows what came another way is no one in the middle."""
    with pytest.raises(ble.Error, match="not been started"):
        ble.oob_data()
    _, told = secured(ble, 3, oob=1)
    central = glint.Central(world=air.node(2))
    central.security(oob=True)

    async def scene():
        async with central:
            central.set_oob_data(ble.oob_data())
            async with await central.connect(await central.find("Zerynth")) as peer:
                return await peer.pair()

    assert air.run(scene()) == 4
    assert [(name, what.success) for name, what in told] == [("AUTH_COMPLETE", True)]
    for data, why in ((b"", "0 octets"), (bytes(31), "31 octets")):
        with pytest.raises(ble.ArgumentError, match=why):
            ble.set_oob_data(data)


def test_out_of_band_data_wants_the_way(ble):
    ble.security()
    ble.start()
    with pytest.raises(ble.UnsupportedError):
        ble.oob_data()
    with pytest.raises(ble.UnsupportedError):
        ble.set_oob_data(bytes(32))


def test_a_failed_pairing_says_why(air, ble):
    """A peer that can show and ask nothing cannot be told from one in the middle: 0x03, Vol 3 Part H 3.5.5."""
    _, told = secured(ble, 3, capabilities=ble.CAP_DISPLAY_ONLY, scheme=ble.AUTH_SC | ble.AUTH_MITM)

    async def scene():
        async with glint.Central(world=air.node(2)) as central:
            peer = await central.connect(await central.find("Zerynth"))
            with pytest.raises(glint.Error, match="cannot reach what is required"):
                await peer.pair()
            assert await peer.closed() == 0x05

    air.run(scene())
    air.sleep(1)
    assert told[0] == ("AUTH_FAILED", None)
    assert told[1][1].reason == 3 and not told[1][1].success and "cannot reach" in str(ble.module.last_error)
    assert ble.module.last_error.name == "REFUSED"


def test_private_addresses(air, ble):
    """Resolvable ones have 01 in their two highest bits: Vol 6 Part B 1.3.2.2."""
    ble.privacy(True, 1000)
    with pytest.raises(ble.ArgumentError, match="10 is outside|10000 is outside"):
        ble.privacy(True, 10)
    battery(ble)

    async def scene():
        async with glint.Central(world=air.node(2)) as central:
            found = [(await central.find()).address]
            await pass_time(2)
            return found + [(await central.find()).address]

    first, second = air.run(scene())
    assert first != second and first.addr_type == second.addr_type == 1
    assert first[0] >> 6 == second[0] >> 6 == 1


def test_what_security_cannot_be_is_refused(ble):
    ble.gap("x", security=(1, 3))
    ble.security(ble.CAP_NONE)
    with pytest.raises(ble.ArgumentError, match="capabilities|level"):
        ble.start()
    with pytest.warns(UserWarning, match="weak"):
        ble.security(ble.CAP_DISPLAY_ONLY, passkey=123456)
    ble.start()
    with pytest.raises(ble.ArgumentError):
        ble.security(ble.CAP_NONE)


def test_addresses_and_passkeys():
    assert glint.btos(bytes([10, 27, 255])) == "0A:1B:FF" and glint.btos(-60) == "C4" and glint.btos(b"") == ""
    assert glint.btos((1, 2)) == "01:02" and glint.btos(bytearray(b"\x01")) == "01"
    key = glint.Passkey(1234, 7)
    assert str(key) == "001234" and "key " + key == "key 001234" and key + "!" == "001234!" and key == 1234
    assert f"{key}" == "001234" and key + 1 == 1235 and key.peer == 7 and "%s" % key == "001234"
    address = glint.Address(b"\x01\x02\x03\x04\x05\x06", 1, 9)
    assert address == b"\x01\x02\x03\x04\x05\x06" and str(address) == "01:02:03:04:05:06" and address.addr_type == 1


class PythonDriver:
    """A third-party driver with the old contract's functions: notes what it is asked."""

    def __init__(self):
        self.calls, self.values = [], {}

    def __getattr__(self, name):
        if name.startswith("_") or name in ("device_arguments",):
            raise AttributeError(name)
        return lambda *args: self.calls.append((name, *args))

    def start(self, services, callbacks):
        self.services, self.callbacks = services, callbacks

    def set_value(self, service, char, buf):
        self.values[service, char] = buf

    def get_value(self, service, char):
        return self.values[service, char]

    def bonded(self):
        return [b"\x06\x05\x04\x03\x02\x01"]


def test_a_driver_in_python(ble):
    driver, told = PythonDriver(), []
    ble.gap("Zerynth", 832)
    service = ble.Service(0x180F)
    level = ble.Characteristic(0x2A19, ble.NOTIFY | ble.READ, 1, "Battery Level")
    service.add_characteristic(level)
    ble.add_service(service)
    ble.add_callback(ble.EVT_CONNECTED, told.append)
    level.set_callback(lambda status, value: told.append((status, value)))
    ble.advertising(100, 50, "x", mode=ble.ADV_UNCN_UND)
    ble.start(driver=driver)
    assert driver.calls == [
        ("init",), ("gap", "Zerynth", 1, 1, 832, 400, 650, 0, 4000),
        ("services", [(0x180F, [(0x2A19, "Battery Level", 18, 1)], None)]), ("advertising", 100, 50, "x", 3, ""),
        ("scanning", 10, 10, 0, 0, 0, 0)]
    level.set_value(42)
    assert driver.values == {(0x180F, 0x2A19): b"*"} and level.get_value() == 42
    driver.callbacks[ble.EVT_CONNECTED](b"\x01")
    driver.services[0x180F, 0x2A19](ble.WRITE, b"\x07")
    assert told == [b"\x01", (ble.WRITE, 7)]
    assert ble.bonded() == [b"\x06\x05\x04\x03\x02\x01"]
    del driver.calls[:]
    ble.start_advertising(), ble.stop_advertising(), ble.start_scanning(500), ble.stop_scanning()
    ble.confirm_passkey(1), ble.remove_bonded((1, 2, 3, 4, 5, 6))
    assert [call[0] for call in driver.calls] == ["start_advertising", "stop_advertising", "start_scanning",
                                                  "stop_scanning", "confirm_passkey", "remove_bonded"]
    ble.stop()
    assert driver.calls[-1] == ("stop",) and level.get_value() == 0


def test_levels(air, ble):
    """What the controllers know: the path loss of two metres lies between the two, and the PHY is 2M once both have agreed."""
    battery(ble)
    assert ble.tx_power() == 0

    async def scene():
        async with Scene(air) as peer:
            assert ble.connection().rssi == 127  # nobody has asked yet
            heard = ble.rssi()
            assert -60 < heard < -30 and ble.connection().rssi == heard == ble.rssi(ble.connections()[0])
            assert abs(await peer.rssi() - heard) <= 2
            await pass_time(2)
            known = ble.connection()
            assert (known.tx_phy, known.rx_phy) == peer.phy == (2, 2)
            assert await peer._radio.tx_power() == 0
        with pytest.raises(ble.Error, match="not connected"):
            ble.rssi(peer.peer)

    air.run(scene())
    ble.stop()
    with pytest.raises(ble.Error) as stopped:
        ble.tx_power()
    assert stopped.value.name == "STATE"


def test_what_was_said_before_the_start_holds_for_another_driver(air, ble):
    """start(connections=) makes the device anew; the accept list, privacy and a peer's out-of-band data go with it."""
    other = air.node(1)

    async def scene():
        async with glint.Device("Loud", world=other) as loud, glint.Device("Other", world=air.node(2)) as second:
            await loud.advertise(20)
            await second.advertise(20)
            heard = []
            ble.add_callback(ble.EVT_SCAN_REPORT, lambda report: heard.append(report[4]))
            ble.scanning(filter=ble.SCAN_FILTER_ACCEPT_LIST)
            ble.accept_list([loud.address])
            ble.privacy(True)
            ble.security(oob=1)
            ble.set_oob_data(bytes(32))
            ble.start(connections=3)
            ble.start_scanning(500)
            ble.start_advertising()
            async with glint.Central(world=air.node(3)) as central:
                report = await central.find("Glint")
                assert report.address.addr_type == 1 and report.address[0] >> 6 == 1  # resolvable: Vol 6 Part B 1.3.2.2
            await pass_time(1)
            assert heard and set(heard) == {loud.address}

    air.run(scene())


def test_connections_change_while_a_call_looks_for_an_address(air, ble):
    peers = ble.module._peers = {n: ble.Address(bytes([n] * 6), 0, n) for n in range(100)}
    over, before = threading.Event(), sys.getswitchinterval()

    def change():
        while not over.is_set():
            if peers.pop(1000, None) is None:
                peers[1000] = peers[99]

    thread = threading.Thread(target=change)
    sys.setswitchinterval(1e-6)
    thread.start()
    try:
        for _ in range(2000):
            assert ble.module._peer(bytes([98] * 6)) == 98
    finally:
        over.set()
        thread.join()
        sys.setswitchinterval(before)
        peers.clear()
