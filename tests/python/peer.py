"""The other side of a program: a device in the same simulated world that does the steps of tests/corpus/README.md.

It is written on the extension's own verbs and events (glint._glint), one step a method, and says in one sentence what a
step found instead of what it should have.
"""

import tempfile
import uuid as uuids
from pathlib import Path

from glint import _glint
from wireless import _module

KINDS = {"conn": 0, "dir": 1, "scan": 2, "nonconn": 3}
CAPABILITIES = {"none": _glint._CAP_NONE, "display": _glint._CAP_DISPLAY_ONLY, "keyboard": _glint._CAP_KEYBOARD_ONLY,
                "display-yes-no": _glint._CAP_DISPLAY_YES_NO, "keyboard-display": _glint._CAP_KEYBOARD_DISPLAY}
AUTH_MITM, ALL_KEYS = 2, 7
SC_MTU = 65  # the public keys of Secure Connections, Vol 3 Part H 3.2
MODES = {"conn": _glint._ADV_CONN_UND, "scan": _glint._ADV_SCAN_UND, "nonconn": _glint._ADV_UNCN_UND}
GIVE_UP_S = 60.0
ONE_CHANNEL_US = 10240000  # a scan interval so long that the scanner stays on its first channel
INTERVAL_US = 30000
ADV_DELAY_US = 10000  # Vol 6 Part B 4.4.2.2


class Wrong(Exception):
    """A step found something else."""


def octets(text):
    return b"" if text == "-" else bytes.fromhex(text)


def shown(data):
    return data.hex().upper() or "-"


def uuid_text(data):
    if len(data) == 2:
        return f"{int.from_bytes(data, 'little'):04X}"
    return str(uuids.UUID(bytes=bytes(reversed(data)))).upper()


def structures(data):
    """[(type, value)] of advertising data; a zero length octet ends it."""
    found, at = [], 0
    while at < len(data) and data[at]:
        found.append((data[at + 1], data[at + 2:at + 1 + data[at]]))
        at += 1 + data[at]
    return found


def check_data(what, data, wanted):
    """DATA of a step: a whole packet, *, or has ... lacks ..."""
    if wanted == ["*"]:
        return
    if wanted[0] not in ("has", "lacks"):
        if data != octets(wanted[0]):
            raise Wrong(f"{what} is {shown(data)}, not {wanted[0]}")
        return
    there = structures(data)
    for word, items in zip(wanted[::2], wanted[1::2]):
        for item in items.split(","):
            kind, _, value = item.partition(":")
            of_kind = [found for number, found in there if number == int(kind, 16)]
            if word == "lacks" and of_kind:
                raise Wrong(f"{what} {shown(data)} has a structure of type {kind}")
            begins = value.endswith("*")
            value = octets(value.rstrip("*") or "-")
            if word == "has" and not any(found == value or begins and found.startswith(value) for found in of_kind):
                raise Wrong(f"{what} {shown(data)} lacks {item}")


class Peer:
    """The device, and what it knows of the program."""

    def __init__(self, world, screen, mtu):
        self.world, self.screen, self.mtu = world, screen, mtu
        self.device = _glint.Device(world=world, connections=1, att_mtu=mtu, queue=256)
        self.values, self.changes, self.params_seen = [], 0, []
        self.address = self.found = self.conn = None
        self.advertises = False
        self.tree = None
        self.encrypted = False
        self.trace = None
        self.passkey = None
        self.signs = False
        self.watch_passkeys()

    def start(self):
        self.device.start(10.0)
        self.address = self.device.address()[1]

    def run(self, script):
        """All steps of a row's peer column."""
        self.signs = " signed " in script  # for which a link stays in clear text: Vol 3 Part G 4.9.2
        if " keys " in script:
            self.trace = tempfile.NamedTemporaryFile()
            self.world.trace(self.trace.name)
        for step in script.split(" ; "):
            words = step.split()
            try:
                getattr(self, "do_" + words[0])(*words[1:])
            except Wrong as e:
                raise Wrong(f"`{step}`: {e}") from None

    # events

    def next_event(self, seconds):
        """The next event but those that are kept for later steps; None: the time is over."""
        until = self.world.now_us + int(seconds * 1e6)
        while True:
            left = (until - self.world.now_us) / 1e6
            event = self.device.next_event(max(left, 0.0))
            if event is None:
                return None
            kind = event[0]
            if kind == _glint._EV_NOTIFIED:
                self.values.append(event)
            elif kind == _glint._EV_SERVICE_CHANGED:
                self.changes += 1
                self.tree = None
            elif kind == _glint._EV_PARAMS:
                self.params_seen.append(event[3:])
            elif kind == _glint._EV_ENCRYPTED and not event[3]:
                self.encrypted = True
            if kind == _glint._EV_DISCONNECTED:
                self.conn = self.tree = None
                self.encrypted = False
            return event

    def await_event(self, *kinds, seconds=GIVE_UP_S):
        until = self.world.now_us + int(seconds * 1e6)
        while self.world.now_us < until:
            event = self.next_event((until - self.world.now_us) / 1e6)
            if event and event[0] in kinds:
                return event
        raise Wrong(f"nothing of the kind in {seconds:g} s")

    def collect(self, *kinds):
        """Events of a client procedure until it is done: the list, and the ATT error or 0."""
        events = []
        while True:
            event = self.await_event(_glint._EV_DONE, _glint._EV_DISCONNECTED, *kinds)
            if event[0] == _glint._EV_DISCONNECTED:
                raise Wrong("the connection was lost")
            if event[0] == _glint._EV_DONE:
                err = event[3]
                if err and not -0x200 < err <= -0x100:
                    raise Wrong(f"the procedure failed: {_glint.strerror(err)}")
                return events, -err - 0x100 if err else 0
            events.append(event)

    # time and the program's screen

    def do_wait(self, ms):
        until = self.world.now_us + int(float(ms) * 1000)
        while self.world.now_us < until:
            self.next_event((until - self.world.now_us) / 1e6)

    def do_await(self, *line):
        wanted = " ".join(line)
        until = self.world.now_us + int(GIVE_UP_S * 1e6)
        while wanted not in self.screen.lines:
            left = (until - self.world.now_us) / 1e6
            if left <= 0:
                raise Wrong(f"it has printed {self.screen.lines}")
            seq = self.world.seq
            if wanted not in self.screen.lines:
                self.world.wait(left, seq, (self.device,))
                while self.device.poll() is not None:
                    pass

    # scanning

    def listen(self, active, seconds, wanted):
        """Reports of the program until wanted(report) or the time is over."""
        self.device.scanning(ONE_CHANNEL_US, ONE_CHANNEL_US, True, 0, 0, active)
        self.device.start_scanning(0)
        until = self.world.now_us + int(seconds * 1e6)
        result = None
        while result is None and self.world.now_us < until:
            event = self.next_event((until - self.world.now_us) / 1e6)
            if event and event[0] == _glint._EV_REPORT:
                result = wanted(event) or None
        self.device.stop_scanning()
        self.await_event(_glint._EV_SCAN_STOPPED)
        return result

    def hear_one(self, active):
        """The program's next packet, and with `active` the response to it."""
        got = []

        def wanted(event):
            if event[3] == _glint.ADV_SCAN_RSP:
                return got and got.append(event) is None
            got[:] = [event]
            return not active

        if not self.listen(active, GIVE_UP_S, wanted):
            raise Wrong("nothing was heard" if not got else "there was no scan response")
        self.found = (got[0][4], got[0][7])
        return got

    def check_kind(self, event, kind):
        names = {number: name for name, number in KINDS.items()}
        if event[3] != KINDS[kind]:
            raise Wrong(f"it advertises {names.get(event[3], event[3])}")

    def do_hear(self, kind, *wanted):
        event = self.hear_one(False)[0]
        self.check_kind(event, kind)
        check_data("the packet", event[6], list(wanted))

    def do_ask(self, kind, *wanted):
        at = wanted.index("then")
        event, response = self.hear_one(True)
        self.check_kind(event, kind)
        check_data("the packet", event[6], list(wanted[:at]))
        check_data("the response", response[6], list(wanted[at + 1:]))

    def do_silence(self, ms):
        heard = self.listen(False, float(ms) / 1000, lambda event: event)
        if heard:
            raise Wrong(f"there was {shown(heard[6])}")

    def do_every(self, ms):
        times = []
        self.listen(False, GIVE_UP_S, lambda event: times.append(event[2]) or len(times) == 3)
        gaps = [b - a for a, b in zip(times, times[1:])]
        least = float(ms) * 1000
        if len(gaps) < 2 or not all(least - 100 <= gap <= least + ADV_DELAY_US + 100 for gap in gaps):
            raise Wrong(f"the packets are {[gap / 1000 for gap in gaps]} ms apart")

    # connections

    def do_connect(self):
        if self.found is None:
            self.hear_one(False)
        self.device.connect(*self.found, INTERVAL_US, 0, 2000, int(GIVE_UP_S * 1000))
        event = self.await_event(_glint._EV_CONNECTED, _glint._EV_ERROR)
        if event[0] == _glint._EV_ERROR:
            raise Wrong("no connection came up")
        self.conn, self.tree = event[1], None

    def do_disconnect(self):
        self.device.disconnect(self.conn)
        self.await_event(_glint._EV_DISCONNECTED)
        self.values.clear()

    def do_lost(self):
        if self.conn is not None:
            self.await_event(_glint._EV_DISCONNECTED)

    def do_mtu(self, wanted):
        self.device.exchange_mtu(self.conn)
        events, _ = self.collect(_glint._EV_MTU)
        if min(events[0][3], int(wanted)) != int(wanted):
            raise Wrong(f"{events[0][3]} was agreed")

    def do_params(self, least, most, latency, timeout):
        while not self.params_seen:
            self.await_event(_glint._EV_PARAMS)
        err, interval, got_latency, supervision = self.params_seen[-1]
        fits = float(least) * 1000 <= interval <= float(most) * 1000
        if err or not fits or (got_latency, supervision) != (int(latency), int(timeout)):
            raise Wrong(f"interval {interval / 1000} ms, latency {got_latency}, time-out {supervision} ms")

    # pairing

    def watch_passkeys(self):
        """Whoever sits before both devices sees what the program's event shows, before the program does."""
        shows = _module._HANDLERS[_glint._EV_PASSKEY]

        def see(module, native, peer, t_us, number):
            self.passkey = number
            self.world.stir()
            shows(module, native, peer, t_us, number)

        _module._HANDLERS[_glint._EV_PASSKEY] = see

    def shown_passkey(self):
        until = self.world.now_us + int(GIVE_UP_S * 1e6)
        while self.passkey is None:
            seq = self.world.seq
            if self.world.now_us >= until:
                raise Wrong("no passkey is shown")
            if self.passkey is None:
                self.world.wait((until - self.world.now_us) / 1e6, seq)
        return self.passkey

    def do_pair(self, capability, *words):
        words, _equals, wanted = list(words[:-2]), *words[-2:]
        key = int(words[words.index("key") + 1]) if "key" in words else None
        shows = capability == "display" and key is not None  # a device with a fixed passkey, which the program enters
        scheme = (AUTH_MITM if "mitm" in words else 0) | (_glint._AUTH_LEGACY if self.mtu < SC_MTU else 0)
        self.device.security(CAPABILITIES[capability], "bond" in words, scheme, 16, 7, ALL_KEYS, ALL_KEYS, False, False,
                             key if shows else 0, self.signs)
        self.device.secure(self.conn)
        while True:
            event = self.await_event(_glint._EV_PAIRED, _glint._EV_PASSKEY_WANTED, _glint._EV_COMPARE,
                                     _glint._EV_DISCONNECTED)
            if event[0] == _glint._EV_PASSKEY_WANTED:
                self.device.enter_passkey(event[1], self.shown_passkey() if key is None else key)
            elif event[0] == _glint._EV_COMPARE:
                self.device.confirm_passkey(event[1], True)
            else:
                break
        if event[0] == _glint._EV_DISCONNECTED:
            raise Wrong("the connection was lost")
        if (event[3] == 0) != (wanted == "ok"):
            raise Wrong(f"it ended with {_glint.strerror(event[3])}, reason {event[4]}" if event[3] else "they have paired")
        if wanted == "ok":  # an answer to what is sent after the last key says that the key has arrived
            self.device.read(self.conn, 1)
            self.collect(_glint._EV_VALUE)

    def do_keys(self, initiator, responder):
        """The Pairing Response (Vol 3 Part H 3.5.2) as it was on the air: L2CAP header, then seven octets."""
        self.world.trace(None)
        data = Path(self.trace.name).read_bytes()
        at = data.find(bytes([7, 0, 6, 0, 2]))
        if at < 0:
            raise Wrong("there was no Pairing Response")
        found = data[at + 9:at + 11]
        if found != octets(initiator + responder):
            raise Wrong(f"they are {found.hex(' ')}")

    def do_encrypt(self):
        while not self.encrypted:
            self.await_event(_glint._EV_ENCRYPTED)

    # discovery

    def discover(self):
        """[(uuid, [(uuid, properties, value handle, end, {descriptor: handle})])] of the primary services."""
        if self.tree is not None:
            return self.tree
        self.device.services(self.conn)
        tree = []
        for service in self.collect(_glint._EV_SERVICE)[0]:
            start, end, uuid = service[3:6]
            self.device.characteristics(self.conn, start, end)
            found = self.collect(_glint._EV_CHARACTERISTIC)[0]
            chs = []
            for i, ch in enumerate(found):
                last = found[i + 1][3] - 1 if i + 1 < len(found) else end
                chs.append([uuid_text(ch[6]), ch[5], ch[4], last, None])
            tree.append((uuid_text(uuid), chs))
        self.tree = tree
        return tree

    def characteristic(self, uuid):
        for _, chs in self.discover():
            for ch in chs:
                if ch[0] == uuid:
                    return ch
        raise Wrong(f"there is no characteristic {uuid}")

    def descriptor(self, uuid, descriptor):
        ch = self.characteristic(uuid)
        if ch[4] is None:
            ch[4] = {}
            if ch[3] > ch[2]:
                self.device.descriptors(self.conn, ch[2] + 1, ch[3])
                ch[4] = {uuid_text(event[4]): event[3] for event in self.collect(_glint._EV_DESCRIPTOR)[0]}
        return ch[4].get(descriptor)

    def do_services(self, wanted):
        found = ",".join(uuid for uuid, _ in self.discover() if uuid not in ("1800", "1801"))
        if found != wanted:
            raise Wrong(f"there are {found}")

    def do_characteristic(self, uuid, _equals, properties):
        if self.characteristic(uuid)[1] != int(properties, 16):
            raise Wrong(f"its properties are {self.characteristic(uuid)[1]:02X}")

    def do_descriptor(self, uuid, descriptor, _equals, value):
        handle = self.descriptor(uuid, descriptor)
        if handle is None or value == "none":
            if (handle is None) != (value == "none"):
                raise Wrong("there is none" if handle is None else f"there is one, at {handle}")
            return
        self.check_read(handle, [value])

    # values

    def check_read(self, handle, wanted):
        self.device.read(self.conn, handle)
        events, err = self.collect(_glint._EV_VALUE)
        self.check_answer(err, b"".join(event[5] for event in events), wanted)

    @staticmethod
    def check_answer(err, data, wanted):
        if wanted[0] == "error":
            if err != int(wanted[1], 16):
                raise Wrong(f"ATT error {err:02X}" if err else f"no error, {shown(data)}")
        elif err:
            raise Wrong(f"ATT error {err:02X}")
        elif wanted[0] not in ("ok", "*") and data != octets(wanted[0]):
            raise Wrong(f"it is {shown(data)}")

    def do_read(self, uuid, _equals, *wanted):
        self.check_read(self.characteristic(uuid)[2], wanted)

    def write_handle(self, handle, data, wanted):
        self.device.write(self.conn, handle, data)
        self.check_answer(self.collect()[1], b"", wanted)

    def do_write(self, uuid, value, _equals, *wanted):
        self.write_handle(self.characteristic(uuid)[2], octets(value), wanted)

    do_longwrite = do_write  # what is longer than ATT_MTU - 3 is prepared

    def do_burst(self, uuid, count):
        for i in range(int(count)):
            self.write_handle(self.characteristic(uuid)[2], bytes([i]), ["ok"])

    def do_command(self, uuid, value):
        self.device.write_command(self.conn, self.characteristic(uuid)[2], octets(value))

    def do_signed(self, uuid, value):
        if self.encrypted:
            raise Wrong("the link is encrypted, nobody signs there")
        self.device.write_signed(self.conn, self.characteristic(uuid)[2], octets(value))

    def do_configure(self, uuid, descriptor, value, _equals, *wanted):
        handle = self.descriptor(uuid, descriptor)
        if handle is None:
            raise Wrong("there is no such descriptor")
        self.write_handle(handle, octets(value), wanted)

    def do_subscribe(self, uuid, how):
        ch = self.characteristic(uuid)
        self.device.subscribe(self.conn, ch[2], ch[3], {"none": 0, "notify": 1, "indicate": 2, "both": 3}[how])
        self.check_answer(self.collect()[1], b"", ["ok"])

    def take_value(self, uuid, value, indication):
        handle = self.characteristic(uuid)[2]
        while not self.values:
            self.await_event(_glint._EV_NOTIFIED)
        event = self.values.pop(0)
        if event[3] != handle or bool(event[6]) != indication:
            raise Wrong(f"{'an indication' if event[6] else 'a notification'} of handle {event[3]}: {shown(event[5])}")
        if value != "*" and event[5] != octets(value):
            raise Wrong(f"it is {shown(event[5])}")

    def do_notified(self, uuid, value):
        self.take_value(uuid, value, False)

    def do_indicated(self, uuid, value):
        self.take_value(uuid, value, True)

    def do_quiet(self, ms):
        self.do_wait(ms)
        if self.values:
            raise Wrong(f"there was {shown(self.values[0][5])}")

    def do_rebuilt(self):
        while not self.changes:
            self.await_event(_glint._EV_SERVICE_CHANGED)
        self.changes -= 1

    # advertising

    def do_advertise(self, kind, data, response="-"):
        if self.advertises:
            self.do_unadvertise()
        packets = octets(data) or None, octets(response) or None
        self.device.advertising(100000, 0, *packets, MODES[kind], _glint._RAW_YES, 0, 0, False, 0, None)
        self.device.start_advertising()
        self.advertises = True

    def do_unadvertise(self):
        self.device.stop_advertising()
        self.await_event(_glint._EV_ADV_STOPPED)
        self.advertises = False
