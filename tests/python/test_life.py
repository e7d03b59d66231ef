"""Beginnings and ends: before start(), after stop(), in callbacks, from many threads; fork, exit, Ctrl-C, the collector."""

import asyncio
import gc
import subprocess
import sys
import threading
import types
import weakref
from pathlib import Path

import glint
import pytest
from conftest import DEADLINE_S, Scene, battery, run_program
from glint import _glint


def test_before_start_settings_are_kept(air, ble):
    ble.add_callback(ble.EVT_ADV_STARTED, lambda _: told.append("started"))
    told = []
    ble.gap("Early", 0x340)
    level = ble.Characteristic(0x2A19, ble.READ, 1)
    level.set_value(9)
    ble.add_service(ble.Service(0x180F, characteristics=[level]))
    ble.start_advertising()
    air.sleep(1)
    assert told == []
    ble.start()

    async def scene():
        async with Scene(air, "Early") as peer:
            return await peer.read(peer.find(0x2A01)), await peer.read(peer.find(0x2A19))

    assert air.run(scene()) == (b"\x40\x03", b"\x09") and told == ["started"]


def test_start_and_stop_are_idempotent_and_come_again(air, ble):
    told = []
    ble.add_callback(ble.EVT_CONNECTED, lambda who: told.append("connected"))
    ble.add_callback(ble.EVT_DISCONNECTED, lambda who: told.append("gone"))
    ble.stop()
    level = battery(ble)
    ble.start()

    async def scene():
        async with Scene(air) as peer:
            ble.stop()
            ble.stop()
            assert await peer.closed() == 0x13  # Remote User Terminated Connection, Vol 1 Part F 2
            level.set_value(3)  # kept for the next start
            with pytest.raises(ble.Error, match="the device has not started"):
                ble.notify(level, 3)
            ble.disconnect()
            assert ble.connections() == []

    air.run(scene())
    ble.start_advertising()
    ble.start()

    async def again():
        async with Scene(air) as peer:
            return await peer.read(peer.find(0x2A19))

    assert air.run(again()) == b"\x03"
    air.sleep(1)
    assert told == ["connected", "gone"] * 2


def test_callbacks_may_call_anything(air, ble):
    """Even stop and start; what they call is done when they return."""
    done = threading.Event()
    level = battery(ble)
    late = ble.Service(0x1811, characteristics=[ble.Characteristic(0x2A46, ble.READ, 1)])

    def on_write(status, value):
        ble.gap("Other")
        ble.scanning(20, 20)
        ble.start_scanning(100)
        ble.stop_scanning()
        ble.add_service(late)
        ble.advertising(200, payload="x")
        level.set_value(value + 1)
        ble.remove_service(late)
        ble.stop()
        ble.start()
        ble.start_advertising()
        done.set()

    level.set_callback(on_write)

    async def scene():
        async with Scene(air) as peer:
            await peer.write(peer.find(0x2A19), b"\x07", response=False)
            await peer.closed()

    air.run(scene())
    air.sleep(1)
    assert done.is_set() and level.get_value() == 8

    async def again():
        async with glint.Central(world=air.node(1)) as central:
            return (await central.find()).data

    assert air.run(again())[-1:] == b"x"


def test_many_threads_at_once(air, ble):
    level = battery(ble)
    failed = []

    def work(number):
        try:
            for i in range(100):
                ch = ble.Characteristic(number, ble.READ | ble.NOTIFY, 2)
                service = ble.Service(number, characteristics=[ch])
                ble.add_service(service)
                ch.set_value(i)
                level.set_value(i)
                assert level.get_value() < 100 and ch.get_value() == i
                ble.gap(f"Thread {number}")
                ble.advertising(100 + i, payload=bytes([number]))
                ble.start_advertising()
                ble.stats()
                ble.remove_service(service)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(n + 1,)) for n in range(6)]
    for thread in threads:
        thread.start()

    async def scene():
        async with Scene(air) as peer:
            return await peer.read(peer.find(0x2A19))

    air.run(asyncio.sleep(1))  # the world goes on meanwhile
    with air.waiting_outside():
        for thread in threads:
            thread.join()
    assert not failed
    air.run(scene())  # and the device is whole: whoever connected before may have met a restart of advertising


def test_a_characteristic_is_kept_while_its_service_is_added(air, ble):
    service = ble.Service(0x180F, characteristics=[ble.Characteristic(0x2A19, ble.READ, 1)])
    seen = weakref.ref(service.characteristics[0])
    ble.add_service(service)
    ble.start()
    ble.start_advertising()
    ble.module._services.clear()
    del service
    gc.collect()
    assert seen() is not None

    async def scene():
        async with Scene(air) as peer:
            return await peer.read(peer.find(0x2A19))

    assert air.run(scene()) == b"\0"


def test_a_removed_service_lets_its_characteristics_go(air, ble):
    service = ble.Service(0x180F, characteristics=[ble.Characteristic(0x2A19, ble.WRITE, 1)])
    seen = weakref.ref(service.characteristics[0])
    ble.add_service(service)
    ble.start()
    ble.remove_service(service)
    del service
    gc.collect()
    assert seen() is None


def test_a_device_in_a_cycle_is_collected(air):
    device = _glint.Device(world=air.native)
    service = glint.Service(0x180F, characteristics=[glint.Characteristic(0x2A19, glint.READ, 1)])
    device.add_service(service)
    device.start()
    service.device = device
    seen = weakref.ref(service)
    del device, service
    gc.collect()
    assert seen() is None
    air.sleep(1)


def test_a_device_that_is_closed_refuses(air):
    device = _glint.Device(world=air.native)
    device.start()
    device.close()
    device.close()
    with pytest.raises(glint.Error):
        device.start()
    assert device.next_event(0)[0] == _glint._EV_STOPPED and device.poll() is None


def test_what_was_never_initialised_refuses():
    for kind in (_glint.Device, _glint.World, _glint.Characteristic, _glint.Service):
        bare = kind.__new__(kind)
        for name in dir(kind):
            if not name.startswith("__"):
                try:
                    member = getattr(bare, name)
                    if callable(member):
                        member()
                except (glint.Error, TypeError):
                    pass
        del bare
        gc.collect()


def test_start_stop_cycles_leave_nothing():
    done = subprocess.run([sys.executable, "-X", "dev", Path(__file__).with_name("cycles.py"), "300"], text=True,
                          capture_output=True, timeout=DEADLINE_S)
    assert done.returncode == 0 and done.stderr == "", done.stdout + done.stderr


BATTERY = """
import glint
from wireless import ble
world = glint.sim.World()
world.node().init()
level = ble.Characteristic(0x2A19, ble.READ | ble.NOTIFY | ble.WRITE, 1, "Battery Level", ble.NUMBER)
ble.add_service(ble.Service(0x180F, characteristics=[level]))
ble.add_callback(ble.EVT_ADV_STARTED, lambda _: print("started", flush=True))
ble.start_advertising()
ble.start()
world.sleep(1)
"""


@pytest.mark.parametrize("ending", [
    "", "raise SystemExit(0)", "import sys; sys.exit(0)", "import os; os._exit(0)",
    "import threading; threading.Thread(target=lambda: level.set_value(1)).start()",
    "ble.add_callback(ble.EVT_ADV_STOPPED, lambda _: print('stopped'))", "del ble, level, world", "ble.stop()",
    "import atexit; atexit.register(lambda: level.set_value(2))",
    "native = glint._glint.Device(world=world.native); native.start(); native.me = None if False else None",
], ids=range(10))
def test_a_program_ends_while_its_device_runs(ending):
    if "native.me" in ending:
        ending = ending.split("; native.me")[0]
    done = run_program(BATTERY + ending + "\n", "-X", "dev", "-X", "faulthandler")
    assert "started" in done.stdout and done.stderr == "", done.stderr


def test_a_forked_child_is_refused_and_the_parent_goes_on():
    done = run_program(BATTERY + """
import gc, os
pid = os.fork()
if not pid:
    for call in (ble.start_advertising, ble.stop, lambda: level.set_value(5), ble.stats, lambda: world.sleep(1),
                 lambda: ble.gap("x")):
        try:
            call()
            print("child: not refused")
        except ble.Error as error:
            assert "forked child" in str(error), error
    level.get_value()
    gc.collect()
    print("child: refused", flush=True)
    raise SystemExit(7)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
level.set_value(6)
ble.stop_advertising()
world.sleep(1)
print("parent goes on", level.get_value())
""", "-X", "faulthandler")
    assert "child: refused" in done.stdout and "not refused" not in done.stdout and "parent goes on 6" in done.stdout
    assert done.stderr == ""


def test_fork_of_a_module_that_was_never_used():
    done = run_program("""
import os
import glint
from wireless import ble
pid = os.fork()
world = glint.sim.World()
world.node().init()
ble.start()
ble.start_advertising()
world.sleep(1)
os.write(1, b"up\\n")
if pid:
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
""")
    assert done.stdout == "up\nup\n"


INTERRUPTED = """
import os, signal, threading
import glint
from glint import _glint
from wireless import ble
main = threading.main_thread().ident
world = glint.sim.World()
world.node().init()
level = ble.Characteristic(0x2A19, ble.READ | ble.NOTIFY | ble.WRITE, 1, "Battery Level", ble.NUMBER)
ble.add_service(ble.Service(0x180F, characteristics=[level]))
ble.start()
ble.start_advertising()
def interrupt():
    signal.pthread_kill(main, signal.SIGINT)
def soon():
    threading.Thread(target=interrupt, daemon=True).start()
try:
    WAIT
    print("not interrupted")
except KeyboardInterrupt:
    print("interrupted")
ble.stop()
"""


@pytest.mark.parametrize("wait", [
    "soon(); world.native.wait(None)",                     # a world in which time passes for ever
    "soon(); world.native.leave(); world.native.wait(None)",
    "soon(); ble._the._native.next_event(None)",
    "soon(); _glint.Device(driver='unix:/nonexistent/x').next_event(None)",
    "async def scene():\n        soon(); await glint.sim.asyncio.get_running_loop().create_future()\n    world.run(scene())",
], ids=["world", "outside", "event", "real event", "loop"])
def test_ctrl_c(wait):
    done = run_program(INTERRUPTED.replace("WAIT", wait), "-X", "faulthandler")
    assert done.stdout == "interrupted\n", done.stdout + done.stderr


def test_ctrl_c_in_set_value_that_waits():
    done = run_program("""
import os, signal, threading, glint
from wireless import ble
world = glint.sim.World()
world.node().init()
level = ble.Characteristic(0x2A19, ble.INDICATE, 1)
ble.add_service(ble.Service(0x180F, characteristics=[level]))
ble.start(); ble.start_advertising()
async def scene():
    central = glint.Central(world=world.node(1))
    await central.start()
    peer = await central.connect(await central.find())
    await peer.discover()
    await peer.subscribe(peer.find(0x2A19), indications=True)
    return central
central = world.run(scene())
begun = threading.Event()
def hold():
    world.native.enter()
    begun.set()
    world.native.wait(0)  # comes back when the main thread waits, and then time stands
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
    threading.Event().wait()
level.set_value(1)
threading.Thread(target=hold, daemon=True).start()
begun.wait()
try:
    level.set_value(2)
    print("not interrupted")
except KeyboardInterrupt:
    print("interrupted", level.get_value(), flush=True)
os._exit(0)
""", "-X", "faulthandler")
    assert done.stdout == "interrupted 2\n", done.stdout + done.stderr


def test_the_real_driver_says_what_is_missing():
    """Nothing of this needs a world: a device on a driver that is not there."""
    done = run_program("""
from wireless import ble
import threading
for i in range(20):
    try:
        ble.start(driver="unix:/nonexistent/glint.sock")
    except ble.HardwareInitializationError as error:
        assert "/nonexistent/glint.sock" in str(error), error
assert threading.active_count() == 1
import os
print(len(os.listdir("/proc/self/fd")) < 12)
""", "-X", "dev", env={"GLINT_STORE": ""})
    assert done.stdout == "True\n" and done.stderr == "", done.stderr


class Held:
    """A world that is never left by who takes part in it."""

    def __init__(self, native):
        self.native = native

    def leave(self):
        raise AssertionError("time may pass now, and only who waits lets it")

    def __getattr__(self, name):
        return getattr(self.native, name)


def test_the_wait_for_the_last_callbacks_holds_the_time_until_it_waits(air, ble):
    battery(ble)
    module, thread = ble.module, ble.module._thread
    native = types.SimpleNamespace(world=Held(air.native))
    air.native.enter()
    begun = air.now
    module._await_callbacks(native, threading.current_thread())  # it is another than the module's: over at once
    assert air.now == begun and module._thread is thread


def test_a_device_is_made_once():
    """Nor is one that could not be made, or has ended, made again in its place."""
    device = _glint.Device()
    with pytest.raises(glint.Error, match="made once"):
        device.__init__()
    device.close()
    with pytest.raises(glint.Error, match="made once"):
        device.__init__()
    with pytest.raises(glint.Error, match="closed"):
        device.start()
