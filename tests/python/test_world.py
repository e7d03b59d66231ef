"""glint.sim: a virtual clock, threads that take part in it, and twice the same."""

import asyncio
import threading
import time

import glint
import pytest
from conftest import run_program


def crowd(seed, path=None):
    """A lossy world with some traffic; what was received, and its trace."""
    world = glint.sim.World(seed=seed, loss_ppm=50000)
    if path:
        world.trace(path)
    level = glint.Characteristic(0x2A19, glint.NOTIFY, 2)

    async def scene():
        async with glint.Device("A", world=world, services=[glint.Service(0x180F, characteristics=[level])]) as device, \
                glint.Device("B", world=world.node(3)) as other, glint.Central(world=world.node(1, 1)) as central:
            await device.advertise(20)
            await other.advertise(33)
            peer = await central.connect(await central.find("A"))
            await peer.discover()
            values = await peer.subscribe(peer.find(0x2A19))
            got = []
            for i in range(50):
                await device.set_value(level, i)
                got.append((await values.__anext__(), world.now))
            return got

    got = world.run(scene())
    world.trace(None)
    return got, world.stats()


def test_twice_the_same(tmp_path):
    a = crowd(7, tmp_path / "a.pcap")
    b = crowd(7, tmp_path / "b.pcap")
    c = crowd(8, tmp_path / "c.pcap")
    assert a == b and a != c and a[1]["losses"] > 0
    octets = (tmp_path / "a.pcap").read_bytes()
    assert octets == (tmp_path / "b.pcap").read_bytes() and len(octets) > 10000


def test_an_hour_passes_in_a_moment(air):
    async def scene():
        async with glint.Device("Glint", world=air) as device:
            await device.advertise(10240)
            await asyncio.sleep(3600)

    begun = time.process_time()
    air.run(scene())
    assert 3600 <= air.now < 3602 and time.process_time() - begun < 30


def test_threads_that_take_part_go_one_by_one(air):
    """Sleeps of several threads end in the order of the world's time, and nobody runs beside another."""
    order, inside = [], []

    def work(number, begun):
        with air.taking_part():
            begun.set()
            for turn in range(5):
                air.sleep(0.1 * (number + 1))
                inside.append(number)
                order.append((round(air.now, 1), number))
                assert inside == [number]
                inside.clear()

    threads = []
    for number in range(4):
        begun = threading.Event()
        threads.append(threading.Thread(target=work, args=(number, begun)))
        threads[-1].start()
        begun.wait()
    air.sleep(10)
    with air.waiting_outside():
        for thread in threads:
            thread.join()
    expected = sorted((round(0.1 * (n + 1) * (turn + 1), 1), n) for n in range(4) for turn in range(5))
    assert sorted(order) == expected and [t for t, _ in order] == [t for t, _ in expected] and air.now == 10


def test_time_stands_while_a_thread_is_busy(air):
    stop, begun = threading.Event(), threading.Event()

    def hold():
        with air.taking_part():
            begun.set()
            stop.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    begun.wait()
    ended = []

    def wait():
        air.native.wait(1)
        ended.append(air.now)

    other = threading.Thread(target=wait)
    with air.waiting_outside():
        other.start()
        other.join(0.2)
        assert not ended and air.now == 0
        stop.set()
        other.join()
        thread.join()
    assert ended == [1]


def test_wait_for_and_stir(air):
    box, begun = [], threading.Event()

    def put():
        with air.taking_part():
            begun.set()
            air.sleep(3)
            box.append(1)
            air.stir()
            air.sleep(3)

    thread = threading.Thread(target=put)
    thread.start()
    begun.wait()
    assert air.wait_for(lambda: bool(box), 10) and 3 <= air.now < 3.1
    assert not air.wait_for(lambda: False, 2) and 5 <= air.now < 5.1
    with air.waiting_outside():
        thread.join()
    with pytest.raises(glint.ArgumentError, match="timeout: -1 is negative"):
        air.wait_for(lambda: False, -1)


def test_call_soon_threadsafe_wakes_the_loop(air):
    async def scene():
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        thread = threading.Thread(target=lambda: loop.call_soon_threadsafe(future.set_result, 7))
        thread.start()
        found = await future
        assert await asyncio.to_thread(lambda: 8) == 8
        with air.waiting_outside():
            thread.join()
        return found

    assert air.run(scene()) == 7


def test_both_faces_in_one_world(air, ble):
    told = []
    ble.add_callback(ble.EVT_SCAN_REPORT, lambda what: told.append(what[3]))

    async def scene():
        async with glint.Device("Modern", world=air.node(1)) as device:
            await device.advertise()
            ble.start()
            ble.start_scanning(500)
            await asyncio.sleep(1)

    air.run(scene())
    assert told and told[0].endswith(b"Modern")


@pytest.mark.air(seed=5, loss_ppm=1000000)
def test_the_marker_says_which_world(air):
    async def scene():
        async with glint.Device("Deaf", world=air) as device, glint.Central(world=air.node(1)) as central:
            await device.advertise()
            with pytest.raises(glint.Error):
                await central.find(timeout=2)

    air.run(scene())


def test_a_program_in_a_world_fails_as_it_would(air):
    async def scene():
        raise RuntimeError("as it would")

    with pytest.raises(RuntimeError, match="as it would"):
        air.run(scene())
    assert air.run(asyncio.sleep(1, "next")) == "next"


def test_who_took_part_in_a_world_that_is_gone_does_not_in_the_next():
    """Another thread lets the last reference go, and the next world may lie where that one lay."""
    for _ in range(50):
        box = [glint.sim.World()]
        thread = threading.Thread(target=box.clear)
        thread.start()
        thread.join()
        world = glint.sim.World()
        assert world.native.leave()


def test_no_time_passes_from_who_lets_the_module_go_to_who_waits_for_it(air, ble):
    """A call that has to wait for another's is made at the moment when that one ends, whoever lets time pass afterwards."""
    ble.start()
    lock, made, begun = ble.module._lock, [], threading.Event()

    def call():
        with air.taking_part():
            begun.set()
            ble.gap("Other")
            made.append(air.now)

    for turn in range(20):
        begun.clear()
        thread = threading.Thread(target=call)
        with lock:
            thread.start()
            begun.wait()
            air.sleep(1)  # the other waits for the lock meanwhile
            let_go = air.now
        air.sleep(100)
        assert made == [let_go]
        made.clear()
        with air.waiting_outside():
            thread.join()


def test_ctrl_c_in_the_wait_for_the_module():
    done = run_program("""
import signal, threading, glint
from wireless import ble
world = glint.sim.World()
world.node().init()
ble.start()
main = threading.main_thread().ident
held, let_go = threading.Event(), threading.Event()
def hold():
    with ble._the._lock:
        held.set()
        while not ble._the._lock._waiting:
            pass
        signal.pthread_kill(main, signal.SIGINT)
        let_go.wait()
thread = threading.Thread(target=hold)
thread.start()
held.wait()
try:
    ble.gap("x")
    print("not interrupted")
except KeyboardInterrupt:
    print("interrupted")
let_go.set()
thread.join()
ble.gap("x")
print(ble._the._lock._waiting)
""")
    assert done.stdout == "interrupted\n{}\n", done.stdout + done.stderr
