"""Each argument's wrong type, range and order: the exception and its message, which names argument, value and range."""

import glint
import pytest
from wireless import ble_beacons, drivers

A = glint.ArgumentError
T = TypeError

# (call, its arguments, exception, message)
GAP = [
    (dict(name=5), T, "name: a str is taken, not int"),
    (dict(name=""), A, "name: 0 octets of UTF-8 are outside 1..248"),
    (dict(name="é" * 125), A, "name: 250 octets of UTF-8 are outside 1..248"),
    (dict(name="a\0b"), A, "name: 3 octets of UTF-8 are outside 1..248, none of them 0"),
    (dict(appearance="x"), T, "appearance: an int is taken, not str"),
    (dict(appearance=-1), A, "appearance: -1 is outside 0..65535"),
    (dict(appearance=65536), A, "appearance: 65536 is outside 0..65535"),
    (dict(security=1), T, r"security: a tuple \(mode, level\) is taken, not int"),
    (dict(security=(1,)), A, r"security: 1 items, \(mode, level\) are 2"),
    (dict(security=(0, 1)), A, r"security\[0\]: 0 is outside 1..2 \(SECURITY_MODE_1, SECURITY_MODE_2\)"),
    (dict(security=("1", 1)), T, r"security\[0\]: an int is taken, not str"),
    (dict(security=(1, 5)), A, r"security\[1\]: 5 is outside 1..4"),
    (dict(security=(2, 3)), A, r"security\[1\]: 3 is outside 1..2 \(the levels of SECURITY_MODE_2\)"),
    (dict(connection=5), T, r"connection: a tuple \(min, max, latency, timeout\) is taken, not int"),
    (dict(connection=(400, 650, 0)), A, r"connection: 3 items"),
    (dict(connection=("a", 650, 0, 4000)), T, r"connection\[0\]: milliseconds \(int or float\) are taken, not str"),
    (dict(connection=(7, 650, 0, 4000)), A, r"connection\[0\]: 7 is outside 7.5..4000 \(milliseconds\)"),
    (dict(connection=(400, 4001, 0, 32000)), A, r"connection\[1\]: 4001 is outside 7.5..4000 \(milliseconds\)"),
    (dict(connection=(float("nan"), 650, 0, 4000)), A, r"connection\[0\]: nan is outside 7.5..4000"),
    (dict(connection=(650, 400, 0, 4000)), A, "connection: the minimum 650 is above the maximum 400"),
    (dict(connection=(400, 650, 0.5, 4000)), T, r"connection\[2\]: an int is taken, not float"),
    (dict(connection=(400, 650, 500, 4000)), A, r"connection\[2\]: 500 is outside 0..499"),
    (dict(connection=(400, 650, 0, 99)), A, r"connection\[3\]: 99 is outside 100..32000"),
    (dict(connection=(400, 650, 0, 32001)), A, r"connection\[3\]: 32001 is outside 100..32000"),
    (dict(connection=(400, 650, 0, None)), T, r"connection\[3\]: milliseconds"),
    (dict(connection=(400, 1000, 1, 4000)), A, r"connection\[3\]: 4000 is not above 4000, twice \(1 \+ latency\)"),
]
SECURITY = [
    (dict(capabilities="x"), T, "capabilities: an int is taken, not str"),
    (dict(capabilities=5), A, "capabilities: 5 is outside 0..4"),
    (dict(bonding=2), A, "bonding: 2 is outside 0..1"),
    (dict(bonding=None), T, "bonding: an int is taken"),
    (dict(scheme=16), A, "scheme: 16 is outside 0..15"),
    (dict(scheme=1.0), T, "scheme: an int is taken"),
    (dict(key_size=6), A, r"key_size: 6 is outside 7..16 \(octets\)"),
    (dict(key_size=17), A, "key_size: 17 is outside 7..16"),
    (dict(key_size="16"), T, "key_size: an int is taken"),
    (dict(initiator=16), A, "initiator: 16 is outside 0..15"),
    (dict(initiator="x"), T, "initiator: an int is taken"),
    (dict(responder=-1), A, "responder: -1 is outside 0..15"),
    (dict(responder="x"), T, "responder: an int is taken"),
    (dict(oob=2), A, "oob: 2 is outside 0..1"),
    (dict(oob="x"), T, "oob: an int is taken"),
    (dict(passkey=1000000), A, "passkey: 1000000 is outside 0..999999"),
    (dict(passkey="123456"), T, "passkey: an int is taken, not str"),
    (dict(key_size=10, min_key_size=11), A, "min_key_size: 11 is outside 7..10"),
    (dict(min_key_size="x"), T, "min_key_size: an int is taken"),
]
ADVERTISING = [
    (dict(interval="x"), T, r"interval: milliseconds \(int or float\) are taken, not str"),
    (dict(interval=True), T, "interval: milliseconds"),
    (dict(interval=19.9), A, r"interval: 19.9 is outside 20..10240 \(milliseconds\)"),
    (dict(interval=10241), A, "interval: 10241 is outside 20..10240"),
    (dict(timeout="x"), T, "timeout: milliseconds"),
    (dict(timeout=-1), A, "timeout: -1 is outside 0.."),
    (dict(payload=5), T, r"payload: a str or octets \(bytes, bytearray\) are taken, not int"),
    (dict(payload=b"x" * 300), A, "payload: 300 octets, a packet has 31"),
    (dict(payload=b"\x1f\xff" + bytes(30), raw=True), A, "payload: octets: 32 is outside 0..31; a packet has 31"),
    (dict(scanrsp=5), T, "scanrsp: a str or octets"),
    (dict(scanrsp="x" * 28), A, "scanrsp: 28 is outside 0..27"),
    (dict(scanrsp="x", scan_rsp="y"), A, "scan_rsp: it is another name of scanrsp, which is given, too"),
    (dict(mode="x"), T, "mode: an int is taken, not str"),
    (dict(mode=5), A, "mode: 5 is outside 0..4"),
    (dict(mode=glint.ADV_SCAN_RSP), A, "mode: ADV_SCAN_RSP is what a report may be, not a way to advertise"),
    (dict(mode=glint.ADV_CONN_DIR), A, "mode: ADV_CONN_DIR needs peer="),
    (dict(peer=b"123456"), A, "peer: only ADV_CONN_DIR advertises to one"),
    (dict(mode=glint.ADV_CONN_DIR, peer=b"12345"), A, "peer: 5 octets, an address has 6"),
    (dict(mode=glint.ADV_CONN_DIR, peer=5), T, "peer: octets"),
    (dict(raw=1), T, "raw: True, False or None is taken, not int"),
    (dict(company="x"), T, "company: an int is taken, not str"),
    (dict(company=65536), A, "company: 65536 is outside 0..65535"),
]
SCANNING = [
    (dict(interval="x"), T, "interval: milliseconds"),
    (dict(interval=2.4), A, "interval: 2.4 is outside 2.5..10240"),
    (dict(interval=10241), A, "interval: 10241 is outside 2.5..10240"),
    (dict(window="x"), T, "window: milliseconds"),
    (dict(window=2), A, "window: 2 is outside 2.5..10240"),
    (dict(interval=10, window=11), A, "window: 11 is above the interval, 10"),
    (dict(duplicates="x"), T, "duplicates: an int is taken"),
    (dict(filter=32), A, "filter: 32 is outside 0..31"),
    (dict(filter="x"), T, "filter: an int is taken"),
    (dict(addr=3), A, "addr: 3 is outside 0..2"),
    (dict(addr="x"), T, "addr: an int is taken"),
    (dict(active="x"), T, "active: an int is taken"),
]
CALLS = {"gap": (GAP, dict(name="x")), "security": (SECURITY, {}), "advertising": (ADVERTISING, dict(interval=100)),
         "scanning": (SCANNING, {})}


def rows():
    for call, (table, defaults) in CALLS.items():
        for arguments, kind, message in table:
            yield pytest.param(call, {**defaults, **arguments}, kind, message, id=f"{call}-{message[:30]}")


@pytest.mark.parametrize("call, arguments, kind, message", rows())
def test_module_functions(ble, call, arguments, kind, message):
    with pytest.raises(kind, match="^" + message) as refused:
        getattr(ble, call)(**arguments)
    assert isinstance(refused.value, glint.Error) and isinstance(refused.value, ValueError)
    assert refused.value.code < 0 and refused.value.name in ("RANGE", "INVAL", "TOOBIG")


SERVICE = glint.Service(0x180F)

SIMPLE = [
    (lambda m: m.add_service(5), T, "service: a Service is taken, not int"),
    (lambda m: m.add_service("180F"), T, "service: a Service is taken, not str"),
    (lambda m: m.remove_service(None), T, "service: a Service is taken, not NoneType"),
    (lambda m: m.remove_service(glint.Service(1)), glint.Error, "service: it has not been added"),
    (lambda m: (m.add_service(SERVICE), m.add_service(SERVICE)), A, "service: it has been added already"),
    (lambda m: m.add_callback("x", print), T, "evt: an int is taken, not str"),
    (lambda m: m.add_callback(17, print), A, "evt: 17 is outside 0..16"),
    (lambda m: m.add_callback(-1, print), A, "evt: -1 is outside 0..16"),
    (lambda m: m.add_callback(0, "x"), T, "callback: a function of one argument or None is taken, not str"),
    (lambda m: m.start_scanning("x"), T, "duration: milliseconds"),
    (lambda m: m.start_scanning(-1), A, "duration: -1 is outside 0.."),
    (lambda m: m.remove_bonded("x"), A, "addr: 'x' is no address"),
    (lambda m: m.remove_bonded(b"12345"), A, "addr: 5 octets, an address has 6"),
    (lambda m: m.remove_bonded((1, 2, 3, 4, 5, 256)), A, r"addr\[5\]: 256 is outside 0..255"),
    (lambda m: m.remove_bonded(5), T, "addr: octets"),
    (lambda m: m.accept_list([b"1"]), A, r"addrs\[0\]: 1 octets, an address has 6"),
    (lambda m: m.enter_passkey("x"), T, "passkey: an int is taken"),
    (lambda m: m.enter_passkey(1000000), A, "passkey: 1000000 is outside 0..999999"),
    (lambda m: m.notify(5, 1), T, "ch: a Characteristic is taken, not int"),
    (lambda m: m.notify(glint.Characteristic(1, 2, 1), 1, timeout="x"), T, "timeout: seconds"),
    (lambda m: m.notify(glint.Characteristic(1, 2, 1), 1, timeout=-1), A, "timeout: -1 is negative"),
    (lambda m: m.notify(glint.Characteristic(1, 2, 1), 1), glint.Error, "the device has not started"),
    (lambda m: m.disconnect("x"), T, "peer: an int is taken"),
    (lambda m: m.disconnect(77), glint.Error, "peer: not connected"),
    (lambda m: m.connection(77), glint.Error, "peer: not connected|not connected"),
    (lambda m: m.privacy(True, "x"), T, "rotate_ms: milliseconds"),
    (lambda m: m.start(connections=0), A, "connections: 0 is outside 1..250"),
    (lambda m: m.start(connections="x"), T, "connections: an int is taken"),
    (lambda m: m.start(timeout="x"), T, "timeout: seconds"),
    (lambda m: m.btos("x"), T, "addr: octets or an int are taken, not str"),
    (lambda m: m.btos(None), T, "addr: octets or an int are taken, not NoneType"),
    (lambda m: m.set_oob_data(5), T, "data: octets"),
]


@pytest.mark.parametrize("call, kind, message", SIMPLE, ids=[message[:40] for _, _, message in SIMPLE])
def test_other_functions(ble, call, kind, message):
    with pytest.raises(kind, match="^" + message) as refused:
        call(ble)
    assert isinstance(refused.value, glint.Error)


C = glint.Characteristic
ADDED = C(0x2A19, 2, 1)
CHARACTERISTIC = [
    (lambda: C("x", 2, 1), A, "uuid: 'x' is no UUID"),
    (lambda: C(None, 2, 1), T, "uuid: an int is taken, not NoneType"),
    (lambda: C(65536, 2, 1), A, "uuid: 65536 is outside 0..65535"),
    (lambda: C(1, "x", 1), T, "permission: an int is taken"),
    (lambda: C(1, 0, 1), A, "permission: 0 is outside 1..255"),
    (lambda: C(1, 256, 1), A, "permission: 256 is outside 1..255"),
    (lambda: C(1, 2, "x"), T, "size: an int is taken"),
    (lambda: C(1, 2, 0), A, r"size: 0 is outside 1..512 \(octets\)"),
    (lambda: C(1, 2, 513), A, "size: 513 is outside 1..512"),
    (lambda: C(1, 2, 1, 5), T, "descriptor: a str is taken, not int"),
    (lambda: C(1, 2, 1, "x" * 513), A, "descriptor: 513 octets are outside 0..512"),
    (lambda: C(1, 2, 1, "a\0b"), A, "descriptor: it has a zero octet"),
    (lambda: C(1, 2, 1, "", 3), A, r"type: 3 is outside 0..2 \(NUMBER, STRING, BYTES\)"),
    (lambda: C(1, 2, 1, "", "x"), T, "type: an int is taken"),
    (lambda: C(1, 2, 1, base_uuid=b"x"), A, "base_uuid: 1 octets, it has 16"),
    (lambda: C(1, 2, 1, base_uuid=5), T, "base_uuid: octets"),
    (lambda: C("0000a002-0c0b-0a09-0807-060504030201", 2, 1, base_uuid=bytes(16)), A, "uuid: a whole UUID needs no base"),
    (lambda: C(1, 2, 1, encoding="x"), A, "encoding: 'x' is neither"),
    (lambda: C(1, 2, 1, format=5), T, "format: a tuple"),
    (lambda: C(1, 2, 1, format=(1,)), A, "format: 1 items"),
    (lambda: C(1, 2, 1).set_value("x"), T, "value: a NUMBER characteristic takes an int, not <class 'str'>"),
    (lambda: C(1, 2, 1).set_value(1.5), T, "value: a NUMBER characteristic takes an int, not <class 'float'>"),
    (lambda: C(1, 2, 1).set_value(256), A, "value: 256 is outside -128..255, a NUMBER of 1 octet$"),
    (lambda: C(1, 2, 2).set_value(-32769), A, "value: -32769 is outside -32768..65535, a NUMBER of 2 octets"),
    (lambda: C(1, 2, 8).set_value(2**64), A, "value: 18446744073709551616 is outside -9223372036854775808..1844674"),
    (lambda: C(1, 2, 9).set_value(2**72), A, "value: needs more than 9 octets, the size of this NUMBER"),
    (lambda: C(1, 2, 1, type=1).set_value(b"x"), T, "value: a STRING characteristic takes a str, not <class 'bytes'>"),
    (lambda: C(1, 2, 1, type=1).set_value("xy"), A, "value: 2 octets are outside 0..1"),
    (lambda: C(1, 2, 9, type=1).set_value("€"), A, "value: '€' has a character that latin-1 cannot say; encoding="),
    (lambda: C(1, 2, 1, type=2).set_value("x"), T, r"value: octets \(bytes, bytearray\) are taken, not <class 'str'>"),
    (lambda: C(1, 2, 1, type=2).set_value(b"xy"), A, "value: 2 octets are outside 0..1"),
    (lambda: C(1, 2, 1).set_value(1, "x"), None, None),
    (lambda: C(1, 2, 1).convert(5), T, "value: octets"),
    (lambda: C(1, 2, 1).convert(bytes(513)), A, "value: 513 octets are outside 0..512"),
    (lambda: C(1, 2, 1).set_callback(5), T, r"fn: a function fn\(status, value\) or None is taken, not int"),
    (lambda: C(1, 2, 1).set_callback(print, "x"), T, "events: an int is taken"),
    (lambda: C(1, 2, 1).set_callback(print, 64), A, "events: 64 is outside"),
    (lambda: C(1, 2, 1).set_callback(print, 1), A, "events: 1 has other bits"),
    (lambda: C(1, 2, 1).set_reader(5), T, "fn: a function"),
    (lambda: C(1, 2, 1).set_judge(5), T, "fn: a function"),
    (lambda: glint.Refused(0), A, "att_code: 0 is outside 1..255"),
    (lambda: glint.Service("x"), A, "uuid: 'x' is no UUID"),
    (lambda: glint.Service(-1), A, "uuid: -1 is outside 0..65535"),
    (lambda: glint.Service(1, b"x"), A, "base_uuid: 1 octets, it has 16"),
    (lambda: glint.Service(1).add_characteristic(5), T, "ch: a Characteristic is taken, not <class 'int'>"),
    (lambda: glint.Service(1, characteristics=[ADDED, ADDED]), A, "ch: this characteristic is in the service already"),
]


@pytest.mark.parametrize("call, kind, message", CHARACTERISTIC, ids=range(len(CHARACTERISTIC)))
def test_characteristics_and_services(call, kind, message):
    if kind is None:
        call()  # a timeout is of no use before there is a device
        return
    with pytest.raises(kind, match="^" + message) as refused:
        call()
    assert isinstance(refused.value, glint.Error)


def test_a_refused_call_changes_nothing(ble):
    ble.advertising(100, payload="kept")
    with pytest.raises(A):
        ble.advertising(100, payload="x" * 40)
    assert ble.module._advertising.payload == b"kept"


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


B = ble_beacons
BEACONS = [
    (lambda: B.eddy_encode_uid(b"x", b"123456", 0), A, r"namespace: 1 octets, it has 10"),
    (lambda: B.eddy_encode_uid(5, b"123456", 0), T, "namespace: octets"),
    (lambda: B.eddy_encode_uid("x" * 11, "y", 0), A, "namespace: 11 octets, it has 10"),
    (lambda: B.eddy_encode_uid("x", b"1", 0), A, "instance: 1 octets, it has 6"),
    (lambda: B.eddy_encode_uid("x", "y", 21), A, r"tx_power: 21 is outside -100..20 \(dBm at 0 m\)"),
    (lambda: B.eddy_encode_uid("x", "y", "z"), T, "tx_power: an int is taken"),
    (lambda: B.eddy_encode_url(5, 0), T, "url: a str is taken"),
    (lambda: B.eddy_encode_url("ftp://x", 0), A, "url"),
    (lambda: B.eddy_encode_url("https://" + "x" * 18, 0), A, "url"),
    (lambda: B.eddy_encode_url("https://x", -101), A, "tx_power: -101 is outside -100..20"),
    (lambda: B.eddy_encode_tlm(65536, 0, 0, 0), A, r"battery: 65536 is outside 0..65535 \(mV\)"),
    (lambda: B.eddy_encode_tlm("x", 0, 0, 0), T, "battery: an int is taken"),
    (lambda: B.eddy_encode_tlm(0, 128, 0, 0), A, "temperature: 128 is outside"),
    (lambda: B.eddy_encode_tlm(0, "x", 0, 0), T, "temperature: degrees"),
    (lambda: B.eddy_encode_tlm(0, 0, -1, 0), A, "count: -1 is outside 0..4294967295"),
    (lambda: B.eddy_encode_tlm(0, 0, 0, -1), A, "time: -1 is outside"),
    (lambda: B.eddy_encode_tlm(0, 0, 0, "x"), T, "time: seconds"),
    (lambda: B.ibeacon_encode(b"x", 0, 0, 0), A, "uuid: 1 octets, it has 16"),
    (lambda: B.ibeacon_encode(5, 0, 0, 0), T, "uuid: octets"),
    (lambda: B.ibeacon_encode(bytes(16), 65536, 0, 0), A, "major: 65536 is outside 0..65535"),
    (lambda: B.ibeacon_encode(bytes(16), 0, -1, 0), A, "minor: -1 is outside 0..65535"),
    (lambda: B.ibeacon_encode(bytes(16), 0, 0, 128), A, "tx_power: 128 is outside -128..127"),
    (lambda: B.ibeacon_encode(bytes(16), 0, 0, 0, company=65536), A, "company: 65536 is outside 0..65535"),
    (lambda: B.ibeacon_decode("x"), T, "packet: octets"),
    (lambda: B.ibeacon_decode(b""), A, "packet: there is no beacon of this kind in it"),
    (lambda: B.eddy_decode_type(5), T, "packet: octets"),
    (lambda: B.eddy_decode(b"\x02\x01\x06"), A, "packet: there is no beacon of this kind in it"),
    (lambda: B.eddy_decode(bytes.fromhex("0303aafe0516aafe1000")), A, "packet: the beacon breaks its format"),
    (lambda: B.eddy_decode(bytes.fromhex("0416aafe30")), A, "packet: a frame of type 0x30 cannot be decoded"),
]


@pytest.mark.parametrize("call, kind, message", BEACONS, ids=range(len(BEACONS)))
def test_beacons(call, kind, message):
    with pytest.raises(kind, match="^" + message):
        call()


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
