"""import glint: devices and centrals on an event loop, in a world and on a real driver."""

import asyncio
import contextlib
import subprocess
import sys

import glint
import pytest
from conftest import DEADLINE_S, run_program
from glint import _stream


def battery(size=20, permission=None):
    level = glint.Characteristic(0x2A19, permission or glint.READ | glint.WRITE | glint.WRITE_WO | glint.NOTIFY, size,
                                 "Battery Level", glint.BYTES)
    return level, glint.Service(0x180F, characteristics=[level])


def test_the_whole_way(air):
    level, service = battery()

    async def scene():
        async with glint.Device("Glint", world=air, services=[service], appearance=0x340) as device, \
                glint.Central(world=air.node(2)) as central:
            await device.advertise(50)
            report = await central.find(name="Glint", service=0x180F)
            assert report.address == device.address and report.kind == glint.ADV_CONN_UND and report.services == [0x180F]
            async with await central.connect(report, interval=7.5) as peer:
                connection = await device.connections().__anext__()
                assert connection.address == central.address and peer.interval == 7.5
                assert await peer.exchange_mtu() == peer.mtu == 247
                services = await peer.discover()
                assert [s.uuid for s in services] == [0x1800, 0x1801, 0x180F]
                ch = peer.find("00002a19-0000-1000-8000-00805f9b34fb", 0x180F)
                assert ch.properties == level.permission and ch.handle == level.handle
                writes = device.writes(level)
                await peer.write(ch, b"hello")
                await peer.write(ch, b"again", response=False)
                first, second = await writes.__anext__(), await writes.__anext__()
                assert (first.value, second.value) == (b"hello", b"again") and first.peer == central.address
                assert first.characteristic is level and await peer.read(ch) == b"again"
                values = await peer.subscribe(ch)
                await device.set_value(level, b"stored")
                await device.notify(level, b"told", connection)
                await device.notify(level, b"to all")
                assert [await values.__anext__() for _ in range(3)] == [b"stored", b"told", b"to all"]
                assert level.get_value() == b"stored"
                await peer.unsubscribe(ch)
                assert [value async for value in values] == []
                with pytest.raises(glint.Error, match="no connected central has subscribed"):
                    await device.notify(level, b"x")
                await peer.update(20)
                assert peer.interval == 20
            assert await connection.closed() == 0x13 and not connection.is_open and not peer.is_open
            with pytest.raises(glint.Error) as gone:
                await peer.read(ch)
            assert gone.value.name == "CONN"

    air.run(scene())


def test_what_the_peer_refuses(air):
    level, service = battery(4, glint.READ)

    async def scene():
        async with glint.Device(world=air, services=[service]) as device, glint.Central(world=air.node(1)) as central:
            await device.advertise()
            peer = await central.connect(await central.find())
            await peer.discover()
            ch = peer.find(0x2A19)
            for what, code in ((peer.write(ch, b"x"), 0x03), (peer.read(0x7FFF), 0x01)):
                with pytest.raises(glint.Error) as refused:
                    await what
                assert refused.value.code == -0x100 - code and refused.value.name == "ATT"
            with pytest.raises(glint.Error) as refused:
                await peer.subscribe(ch)
            assert refused.value.name == "NOENT"
            with pytest.raises(glint.Error, match="characteristic 0x2a1b"):
                peer.find(0x2A1B)
            assert await peer.read(ch) == bytes(4)

    air.run(scene())


def test_attempts_that_fail(air):
    async def scene():
        async with glint.Central(world=air) as central:
            with pytest.raises(glint.Error) as nobody:
                await central.connect("02:00:5E:00:00:77", timeout=2)
            assert nobody.value.name == "TIMEOUT" and 2 <= air.now < 2.1
            with pytest.raises(glint.Error) as nobody:
                await central.find("nobody", timeout=1)
            assert nobody.value.name == "TIMEOUT"
            attempt = asyncio.create_task(central.connect("02:00:5E:00:00:77"))
            await asyncio.sleep(1)
            attempt.cancel()
            with pytest.raises(asyncio.CancelledError):
                await attempt
            await asyncio.sleep(1)
            async with glint.Device(world=air.node(1)) as device:
                await device.advertise()
                peer = await central.connect(await central.find())
                assert peer.is_open

    air.run(scene())


def test_three_centrals_and_one_that_writes_to_each_in_turn(air):
    level, service = battery()

    async def central(number):
        async with glint.Central(world=air.node(number, 1)) as own:
            await asyncio.sleep(2 * number)  # who answers the same advertisement collides
            peer = await own.connect(await own.find("Hub", timeout=30))
            await peer.discover()
            values = await peer.subscribe(peer.find(0x2A19))
            return bytes(own.address), [await values.__anext__() for _ in range(2)]

    async def scene():
        async with glint.Device("Hub", world=air, services=[service], connections=3) as device:
            await device.advertise(50)
            tasks = [asyncio.create_task(central(n + 1)) for n in range(3)]
            async for _ in device.connections():
                await asyncio.sleep(1)
                if len(device.peers) == 3:
                    break
                await device.advertise(50)
            await asyncio.sleep(3)
            for connection in list(device.peers.values()):
                await device.notify(level, bytes(connection.address), connection)
            await device.set_value(level, b"all")
            for task in tasks:
                address, values = await task
                assert values == [address, b"all"]

    air.run(scene())


def test_many_values_arrive_in_order(air):
    level, service = battery()

    async def scene():
        async with glint.Device(world=air, services=[service]) as device, glint.Central(world=air.node(1)) as central:
            await device.advertise()
            peer = await central.connect(await central.find(), interval=7.5)
            await peer.discover()
            values = await peer.subscribe(peer.find(0x2A19))

            async def send():
                for i in range(2000):
                    await device.set_value(level, i.to_bytes(20, "little"))

            sender = asyncio.create_task(send())
            for i in range(2000):
                assert await values.__anext__() == i.to_bytes(20, "little")
            await sender

    air.run(scene())


def test_a_reader_and_a_judge(air):
    clock = glint.Characteristic(0x2A2B, glint.READ | glint.WRITE, 8)
    clock.set_reader(lambda peer: round(air.now))

    def judge(peer, value):
        if value > 10:
            raise glint.Refused(0x80)

    clock.set_judge(judge)

    async def scene():
        service = glint.Service(0x1805, characteristics=[clock])
        async with glint.Device(world=air, services=[service]) as device, glint.Central(world=air.node(1)) as central:
            await device.advertise()
            peer = await central.connect(await central.find())
            await peer.discover()
            ch = peer.find(0x2A2B)
            await asyncio.sleep(100)
            assert int.from_bytes(await peer.read(ch), "little") in (101, 100)
            await peer.write(ch, b"\x05")
            with pytest.raises(glint.Error) as refused:
                await peer.write(ch, b"\x0b")
            assert refused.value.code == -0x180 and clock.get_value() == 5

    air.run(scene())


def test_a_device_of_a_world_wants_its_loop(air):
    async def scene():
        async with glint.Device(world=air):
            pass

    with pytest.raises(glint.Error, match=r"World.run\(\)"):
        asyncio.run(scene())  # no sleep: it is refused


REAL = """
import asyncio, glint
async def scene():
    level = glint.Characteristic(0x2A19, glint.READ | glint.WRITE | glint.NOTIFY, 20, type=glint.BYTES)
    async with glint.Device("Real", services=[glint.Service(0x180F, characteristics=[level])], store="a") as device, \\
            glint.Central(store="b") as central:
        await device.advertise(20)
        async with await central.connect(await central.find("Real"), interval=7.5) as peer:
            await peer.discover()
            ch = peer.find(0x2A19)
            await peer.write(ch, b"hello")
            values = await peer.subscribe(ch)
            for i in range(100):
                await device.set_value(level, bytes([i]))
            print([(await values.__anext__())[0] for _ in range(100)] == list(range(100)), level.get_value())
asyncio.run(scene())  # no sleep: each step is waited for
"""


def test_on_the_served_air(tmp_path):
    """The same on glint-air, in real time: two devices of one process, each with its host thread."""
    import os

    (tmp_path / "run").mkdir(mode=0o700)
    env = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path / "run"), "XDG_STATE_HOME": str(tmp_path / "state")}
    env.pop("GLINT_DRIVER", None)
    done = subprocess.run([sys.executable, "-W", "error", "-c", REAL], env=env, text=True, capture_output=True,
                          timeout=DEADLINE_S)
    assert done.stdout == "True b'c'\n", done.stdout + done.stderr
    assert done.stderr == ("no driver is named: using the simulated air (virtual:); GLINT_DRIVER chooses another\n")


BOND = """
import asyncio, glint
async def scene():
    async with glint.Device(store="device") as device, glint.Central(store="phone") as central:
        device.security(bonding=True), central.security(bonding=True)
        await device.advertise()
        peer = await central.connect(await central.find())
        await peer.pair()
        await peer.discover()  # the last key has arrived before what is answered after it
        assert [bytes(a) for a in device.bonded()] == [bytes(central.address)]
        print(device.bonded()[0], central.bonded()[0])
asyncio.run(scene())  # no sleep: each step is waited for
"""
AFTERWARDS = """
import glint
device, central = glint.Device(store="device"), glint.Central(store="phone")
print(device.bonded()[0], central.bonded()[0])
device.remove_bonded(str(device.bonded()[0]))
del device
print(glint.Device(store="device").bonded(), len(central.bonded()))
"""


def test_bonds_are_there_in_the_next_process_before_its_start(tmp_path):
    (tmp_path / "run").mkdir(mode=0o700)
    env = {"XDG_RUNTIME_DIR": str(tmp_path / "run"), "XDG_STATE_HOME": str(tmp_path / "state"), "GLINT_DRIVER": "virtual:"}
    told = run_program(BOND, "-W", "error", env=env).stdout
    assert len(told.split()) == 2
    assert run_program(AFTERWARDS, "-W", "error", env=env).stdout == told + "[] 1\n"


@pytest.mark.parametrize("evict", [False, True])
def test_a_ninth_bond(air, evict):
    """Strangers push out nobody, unless the program wants so."""
    async def scene():
        async with glint.Device(world=air) as device:
            device.security(bonding=True, evict=evict)
            guests = []
            for _ in range(9):
                async with glint.Central(world=air.node(1)) as central:
                    central.security(bonding=True)
                    await device.advertise()
                    peer = await central.connect(await central.find())
                    assert await peer.pair() == 2
                    await peer.discover()
                    guests.append(bytes(central.address))
            bonded = {bytes(a) for a in device.bonded()}
            assert bonded == set(guests[1:] if evict else guests[:8])

    air.run(scene())


@pytest.mark.parametrize("keep", [False, True])
def test_a_bonded_peer_pairs_anew(air, keep):
    async def scene():
        async with glint.Device(world=air) as device, glint.Central(world=air.node(1)) as central:
            device.security(bonding=True, keep_bonded=keep)
            central.security(bonding=True)
            await device.advertise()
            report = await central.find()
            peer = await central.connect(report)
            await peer.pair()
            await peer.discover()
            central.remove_bonded(central.bonded()[0])  # it has forgotten the device, and the link goes
            await peer.closed()
            await device.advertise()
            peer = await central.connect(report)
            if keep:
                with pytest.raises(glint.Error):
                    await peer.pair()
            else:
                assert await peer.pair() == 2

    air.run(scene())


@pytest.mark.parametrize("ours, theirs, level", [
    ({"compare": "same"}, {"compare": "same"}, 4), ({"show": "show"}, {"ask": "enter"}, 4),
    ({"ask": "enter"}, {"show": "show"}, 4), ({}, {"show": "show"}, 2)])
def test_pairing_asks_the_users(air, ours, theirs, level):
    shown = []

    def show(connection, passkey):
        shown.append(passkey)

    async def enter(connection):
        await asyncio.sleep(1)  # a user has to look
        return shown[0]

    async def same(connection, passkey):
        shown.append(passkey)
        await asyncio.sleep(1)
        return shown[0] == passkey

    users = {"show": show, "enter": enter, "same": same}
    ch, service = battery(1, glint.READ)

    async def scene():
        async with glint.Device(world=air, services=[service]) as device, glint.Central(world=air.node(1)) as central:
            device.security(level=level, bonding=True, **{k: users[v] for k, v in ours.items()})
            central.security(bonding=True, **{k: users[v] for k, v in theirs.items()})
            await device.advertise()
            report = await central.find()
            peer = await central.connect(report)
            assert await peer.pair() == level and peer.level == level
            await peer.discover()
            assert await peer.read(peer.find(0x2A19)) == b"\0"
            assert [bytes(a) for a in device.bonded()] == [bytes(central.address)]
            await peer.disconnect()
            await device.advertise()
            count = len(shown)
            peer = await central.connect(report)
            assert await peer.pair() == level and len(shown) == count  # the bond does it
            device.remove_bonded(device.bonded()[0])
            await peer.closed()
            assert device.bonded() == []

    air.run(scene())


def test_signed_writes_over_a_link_in_clear_text(air):
    ch, service = battery(4, glint.READ | glint.WRITE | glint.WRITE_SIGNED)

    async def scene():
        async with glint.Device(world=air, services=[service]) as device, glint.Central(world=air.node(1)) as central:
            device.security(mode=2, level=1, bonding=True)
            central.security(bonding=True, signing=True, on_demand=True)
            writes = device.writes(ch)
            await device.advertise()
            report = await central.find()
            async with await central.connect(report) as peer:
                await peer.discover()
                value = peer.find(0x2A19)
                assert await peer.read(value) == bytes(4)
                with pytest.raises(glint.Error, match="Insufficient Authentication"):
                    await peer.write(value, b"a")
                with pytest.raises(glint.Error) as keyless:
                    await peer.write(value, b"a", signed=True)
                assert keyless.value.name == "NOENT"
                await peer.pair()
                await peer.write(value, b"b", signed=True)  # encrypted: not signed, and taken all the same
                assert (await writes.__anext__()).value == b"b"
            await device.advertise()
            async with await central.connect(report) as peer:
                assert peer.level == 1
                with pytest.raises(glint.Error, match="Insufficient Encryption"):
                    await peer.write(value, b"c")
                await peer.write(value, b"d", signed=True)
                assert (await writes.__anext__()).value == b"d" and await peer.read(value) == b"d"

    air.run(scene())


def test_a_user_who_sees_another_number_ends_it(air):
    async def scene():
        async with glint.Device(world=air) as device, glint.Central(world=air.node(1)) as central:
            device.security(level=4, compare=lambda connection, passkey: False)
            central.security(compare=lambda connection, passkey: True)
            await device.advertise()
            peer = await central.connect(await central.find())
            with pytest.raises(glint.Error, match="numbers were not confirmed") as refused:
                await peer.pair()
            assert refused.value.name == "REFUSED"
            assert await peer.closed() == 0x05 and device.bonded() == []

    air.run(scene())


def scene_of(air, size=20, permission=None, interval=7.5):
    """A device with one characteristic and a central that is connected to it, in a context."""
    @contextlib.asynccontextmanager
    async def made():
        level, service = battery(size, permission)
        async with glint.Device(world=air, services=[service]) as device, glint.Central(world=air.node(1)) as central:
            await device.advertise()
            peer = await central.connect(await central.find(), interval=interval)
            await peer.exchange_mtu()
            await peer.discover()
            yield device, level, peer, peer.find(0x2A19)

    return made()


def test_values_that_nobody_takes_hold_their_peripheral_back(air, caplog):
    """The iterator keeps 1024, the queues under it what they hold, and then the peripheral waits; nothing is lost."""
    async def scene():
        async with scene_of(air) as (device, level, peer, ch):
            values = await peer.subscribe(ch)
            sent = []

            async def send():
                for i in range(3000):
                    await device.set_value(level, i.to_bytes(2, "little"))
                    sent.append(i)

            sender = asyncio.create_task(send())
            await asyncio.sleep(60)
            assert 1024 <= len(sent) < 1024 + 300 and len(values._items) == 1024
            got = [int.from_bytes(await values.__anext__(), "little") for _ in range(3000)]
            await sender
            return got

    assert air.run(scene()) == list(range(3000))
    assert [r.getMessage() for r in caplog.records] == ["1024 items of an iterator are not taken: the device's events wait until they are"]


def test_an_answer_comes_past_values_that_nobody_takes(air):
    async def scene():
        async with scene_of(air) as (device, level, peer, ch):
            values = await peer.subscribe(ch)
            sender = asyncio.create_task(send_all(device, level, 2000))
            await asyncio.sleep(60)
            assert not sender.done()
            assert len(await peer.read(ch)) == 2
            await peer.update(20)
            await peer.unsubscribe(ch)
            await sender
            left = [value async for value in values]
            assert left == [i.to_bytes(2, "little") for i in range(len(left))] and len(left) > 1024

    air.run(scene())


async def send_all(device, level, count):
    for i in range(count):
        await device.set_value(level, i.to_bytes(2, "little"))


def test_an_iterator_that_was_let_go_of_holds_nothing(air):
    async def scene():
        async with scene_of(air) as (device, level, peer, ch):
            values = await peer.subscribe(ch)
            sender = asyncio.create_task(send_all(device, level, 2000))
            await asyncio.sleep(60)
            assert not sender.done()
            del values
            await asyncio.sleep(60)
            assert sender.done()

    air.run(scene())


def test_writes_that_nobody_takes_hold_the_central_back(air):
    async def scene():
        async with scene_of(air, permission=glint.WRITE | glint.WRITE_WO) as (device, level, peer, ch):
            writes = device.writes(level)

            async def write_all():
                for i in range(1500):
                    await peer.write(ch, i.to_bytes(2, "little"), response=False)

            writer = asyncio.create_task(write_all())
            await asyncio.sleep(60)
            assert not writer.done() and len(writes._items) == 1024
            got = [int.from_bytes((await writes.__anext__()).value, "little") for _ in range(1500)]
            await writer
            return got

    assert air.run(scene()) == list(range(1500))


def test_reports_beyond_the_limit_are_dropped_and_counted(air):
    async def scene():
        async with glint.Device("Loud", world=air) as device, glint.Central(world=air.node(1)) as central:
            await device.advertise(20)
            reports = central.scan(duplicates=True)
            await asyncio.sleep(60)
            assert len(reports._items) == 1024 and reports.lost > 1000
            await reports.aclose()

    air.run(scene())


def test_connections_that_ended_make_room_for_those_that_are_open(air, monkeypatch):
    monkeypatch.setattr(_stream, "LIMIT", 3)

    async def scene():
        async with glint.Device(world=air) as device, glint.Central(world=air.node(1)) as central:
            connections = device.connections()
            for _ in range(5):
                await device.advertise(20)
                peer = await central.connect(await central.find(), interval=7.5)
                await peer.disconnect()
                await asyncio.sleep(1)
            await device.advertise(20)
            peer = await central.connect(await central.find(), interval=7.5)
            await asyncio.sleep(1)
            found = [await connections.__anext__() for _ in range(len(connections._items))]
            assert found[-1].is_open and connections.lost == 0 and len(found) <= 3

    air.run(scene())


def test_two_that_take_from_one_iterator(air):
    async def scene():
        async with scene_of(air) as (device, level, peer, ch):
            values = await peer.subscribe(ch)
            takers = [asyncio.create_task(values.__anext__()) for _ in range(2)]
            await asyncio.sleep(1)
            await send_all(device, level, 2)
            assert sorted([await taker for taker in takers]) == [b"\0\0", b"\1\0"]

    air.run(scene())


def test_a_start_that_fails_leaves_nothing_on_the_loop(tmp_path):
    """Its descriptor may be another's afterwards."""
    done = run_program("""
import asyncio, glint
async def scene():
    for i in range(3):
        device = glint.Device(driver="unix:/nonexistent/glint.sock", store="")
        try:
            await device.start()
        except glint.HardwareInitializationError:
            pass
        del device
    print(len(asyncio.get_running_loop()._selector.get_map()))
asyncio.run(scene())  # no sleep: each start fails at once
""", "-W", "error")
    assert done.stdout == "1\n" and done.stderr == "", done.stdout + done.stderr  # the loop's own


def test_a_start_that_is_cancelled_ends(tmp_path):
    """A controller that never answers: the thread that waits for it does not go on after who asked for it has gone."""
    done = run_program("""
import asyncio, glint, os, socket, threading
os.chdir(os.environ["PLACE"])
server = socket.socket(socket.AF_UNIX)
server.bind("air")
server.listen()
async def scene():
    device = glint.Device(driver="unix:air", store="")
    attempt = asyncio.create_task(device.start())
    await asyncio.get_running_loop().run_in_executor(None, server.accept)
    attempt.cancel()
    try:
        await attempt
    except asyncio.CancelledError:
        print("cancelled")
    await asyncio.get_running_loop().shutdown_default_executor()
    print(device.native.started, threading.active_count())
asyncio.run(scene())  # no sleep: it is cancelled once the server has accepted
""", env={"PLACE": str(tmp_path)})
    assert done.stdout == "cancelled\nFalse 1\n", done.stdout + done.stderr
