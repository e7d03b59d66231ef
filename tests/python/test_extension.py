"""The extension under hands that are not careful: objects that lie, threads that come at once, several worlds."""

import asyncio
import gc
import threading
from contextlib import contextmanager

import glint
import pytest
from conftest import run_program
from glint import _glint


class Liar(int):
    """An int whose methods return what no int's do."""

    def to_bytes(self, *unused, **named):
        return None

    def __lt__(self, other):
        raise RuntimeError("nobody compares")


def test_an_int_that_lies_about_its_octets():
    ch = glint.Characteristic(1, glint.READ, 9)
    for value, octets in ((Liar(5), b"\5" + bytes(8)), (Liar(-1), b"\xff" * 9), (Liar(2**71), bytes(8) + b"\x80")):
        ch.set_value(value)
        assert ch.octets == octets
    with pytest.raises(glint.ArgumentError, match="needs more than 9 octets"):
        ch.set_value(Liar(2**72))


def test_a_number_that_python_does_not_write():
    """Of more than 4300 digits: the refusal is the same, without it."""
    for ch in (glint.Characteristic(1, glint.READ, 1), glint.Characteristic(1, glint.READ, 8)):
        with pytest.raises(glint.ArgumentError, match="value: needs more than"):
            ch.set_value(10**5000)


def test_octets_that_do_not_lie_in_one_piece():
    ch = glint.Characteristic(1, glint.READ, 9, type=glint.BYTES)
    with pytest.raises(glint.ArgumentTypeError, match=r"value: octets \(bytes, bytearray\) in one piece are taken, not memoryview"):
        ch.set_value(memoryview(b"abcdef")[::2])


@pytest.mark.parametrize("pad", range(4))
def test_a_sentence_that_is_cut_amid_a_character(pad):
    """The reason quotes what it was given, up to its buffer's size."""
    for long in ("€" * 300, "𝄞" * 300):
        with pytest.raises(glint.HardwareInitializationError, match="unix"):
            _glint.Device(driver="unix:/" + "x" * pad + long).start()


def test_numbers_are_not_cut_to_their_low_bits():
    device = _glint.Device(world=(world := _glint.World()))
    for call in (lambda: device.disconnect(-1), lambda: device.disconnect(2**32 + 1), lambda: device.read(1, 65537),
                 lambda: device.start_scanning(2**32), lambda: device.enter_passkey(1, 2**64), lambda: _glint.World(-1),
                 lambda: world.fault(1, source=65536), lambda: device.gap(b"x", 70000, 1, 1, 0, 0, 0, 0),
                 lambda: _glint.Characteristic(1, 2, 1, format=(1, 2, 65536, 1, 1))):
        with pytest.raises(glint.ArgumentError, match="argument: the number is outside 0.."):
            call()
    with pytest.raises(glint.ArgumentTypeError, match="argument: an int is taken, not float"):
        device.start_scanning(1.0)
    with pytest.raises(glint.ArgumentError, match="format: the exponent 128 is outside"):
        _glint.Characteristic(1, 2, 1, format=(1, 128, 1, 1, 1))


def test_a_thread_may_take_part_in_several_worlds():
    """What waits in one of them does not let the other's time pass, and each goes on when it is waited in."""
    done = run_program("""
import glint
first, second = glint.sim.World(), glint.sim.World()
first.sleep(1)
second.sleep(2)
with first.taking_part():
    first.sleep(1)
print(first.now, second.now, first.native.leave(), first.native.leave(), second.native.takes_part)
""")
    assert done.stdout == "2.0 2.0 True False True\n", done.stderr


def test_a_fixture_and_a_world_of_ones_own(air):
    own = glint.sim.World()
    own.sleep(1)
    air.sleep(2)
    assert (own.now, air.now) == (1, 2)


@contextmanager
def time_passes(world):
    """Another thread has the lock most of the time: who calls has to wait for it, without the interpreter's."""
    over = threading.Event()

    def wait():
        while not over.is_set():
            world.wait(1000)

    thread = threading.Thread(target=wait)
    world.leave()
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def at_once(*calls):
    """Runs each in a thread; whatever it raises is returned, in the order of the calls."""
    raised = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def run(i, call):
        gate.wait()
        try:
            call()
        except BaseException as error:
            raised[i] = error

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def loud(world):
    """A device that is on the air."""
    native = _glint.Device(world=world.native)
    native.start()
    native.advertising(20000, 0, None, None, _glint._ADV_CONN_UND, _glint._RAW_GUESS, 0, 0, False, 0, None)
    native.start_advertising()
    return native


def test_the_same_service_added_by_two_threads(air):
    """One of them is refused, and leaves what the other has added alone."""
    native = loud(air)
    with time_passes(air.native):
        for number in range(20):
            service = glint.Service(number, characteristics=[glint.Characteristic(1, glint.READ, 4)])
            raised = at_once(*[lambda: native.add_service(service)] * 3)
            assert [type(error) for error in raised].count(type(None)) == 1
            assert service._device is native and service.characteristics[0]._device is native
            native.remove_service(service)
            assert service._device is None


def test_services_refused_beside_others_that_are_added(air):
    """A refusal takes back its own service, not the last one."""
    native = loud(air)
    absent = glint.Service(99)
    good = [glint.Service(n, characteristics=[glint.Characteristic(1, glint.READ, 4)]) for n in range(30)]
    bad = [glint.Service(n, includes=[absent]) for n in range(30)]  # which is not on the device

    def add(services):
        for service in services:
            try:
                native.add_service(service)
            except glint.Error:
                pass

    with time_passes(air.native):
        assert at_once(lambda: add(good), lambda: add(bad)) == [None, None]
    assert all(service._device is native for service in good) and not any(service._device for service in bad)
    kept = [item for item in gc.get_referents(native) if isinstance(item, list)]
    assert kept == [good]


@pytest.mark.parametrize("turn", range(5))
def test_a_device_is_closed_while_threads_use_it(turn):
    """Each call ends, with what was asked for or an Error that says that the device is closed."""
    world = glint.sim.World()
    native = _glint.Device(world=world.native, queue=1)
    ch = glint.Characteristic(1, glint.READ | glint.NOTIFY | glint.WRITE, 4)
    native.add_service(glint.Service(1, characteristics=[ch]))
    native.start()
    native.start_advertising()

    def until_closed(call):
        def run():
            with pytest.raises(glint.Error, match="closed|not started"):
                while True:
                    call()
        return run

    def events():
        while native.next_event()[0] != _glint._EV_STOPPED or native.started:
            pass

    def values():  # they belong to the device or, afterwards, to nobody
        while ch._device is not None:
            try:
                ch.set_value(1)
                ch._store(b"1")
                ch.get_value()
            except glint.Error as error:
                assert "closed" in str(error)

    other = loud(world)
    with time_passes(world.native):
        raised = at_once(events, until_closed(native.stats), until_closed(lambda: native.gap(None, 0, 1, 1, 0, 0, 0, 0)),
                         values, until_closed(native.stop_advertising), until_closed(native.connections), native.close,
                         native.close)
    other.close()
    assert raised == [None] * len(raised)
    assert native.next_event()[0] == _glint._EV_STOPPED and native.poll() is None and ch._device is None


def test_a_device_is_closed_while_another_thread_stops_it(air):
    """The farewell is waited for."""
    native = _glint.Device(world=air.native)
    native.start()
    native.start_advertising()

    def in_there(call):
        with air.taking_part():
            call()

    async def scene():
        async with glint.Central(world=air.node(1)) as central:
            peer = await central.connect(await central.find(), interval=200)
            await peer.discover()
            threads = [threading.Thread(target=in_there, args=(call,)) for call in (native.stop, native.close)]
            threads[0].start()
            while native.started:
                await asyncio.sleep(0.001)
            threads[1].start()
            reason = await peer.closed()
            with air.waiting_outside():
                for thread in threads:
                    thread.join()
            return reason

    assert air.run(scene()) == 0x13  # Remote User Terminated Connection, Vol 1 Part F 2: it was told
    assert not native.started


def test_a_timeout_is_looked_at_wherever_it_is_given(air):
    ch = glint.Characteristic(1, glint.READ, 1)
    native = _glint.Device(world=air.native)
    for _ in range(2):
        for timeout, kind, message in (("x", glint.ArgumentTypeError, r"timeout: seconds \(int or float\) or None are taken, not str"),
                                       (True, glint.ArgumentTypeError, "timeout: seconds"),
                                       (-1, glint.ArgumentError, "timeout: -1 is negative"),
                                       (10**400, glint.ArgumentError, "timeout: seconds beyond"),
                                       (float("nan"), glint.ArgumentError, "timeout: nan is")):
            with pytest.raises(kind, match="^" + message):
                ch.set_value(1, timeout)
        native.add_service(glint.Service(1, characteristics=[ch])) if ch._device is None else None
