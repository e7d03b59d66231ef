"""The queue between the host and Python: bounded, and nothing that can be held back is lost."""

import asyncio
import threading

import glint
import pytest
from conftest import Scene, battery
from glint import _glint


class Blocked:
    """A callback that blocks until it is let go: time passes meanwhile."""

    def __init__(self, air):
        self.air, self.told, self.free = air, [], False

    def __call__(self, *what):
        self.told.append(what[-1])
        self.air.wait_for(lambda: self.free)

    def let_go(self):
        self.free = True
        self.air.stir()


def test_no_write_is_lost_or_merged_while_a_callback_blocks(air, ble):
    """200 writes with response to a queue of 64: the central waits for the 66th answer until the callback returns."""
    level = battery(ble)
    blocked = Blocked(air)
    level.set_callback(blocked)

    async def scene():
        async with Scene(air, interval=7.5) as peer:
            ch, answered = peer.find(0x2A19), []

            async def write_all():
                for i in range(200):
                    await peer.write(ch, bytes([i]))
                    answered.append(i)

            writer = asyncio.create_task(write_all())
            await asyncio.sleep(20)
            held, stats = list(answered), ble.stats()
            assert len(held) == 65 and stats["queued"] == stats["queue_limit"] == 64 and stats["held"] == 1
            assert level.get_value() == 64  # what waits is not stored
            blocked.let_go()
            await writer
            await asyncio.sleep(1)

    air.run(scene())
    assert blocked.told == list(range(200))
    stats = ble.stats()
    assert stats["writes_lost"] == 0 and stats["queued"] == 0 and stats["held"] == 0


def test_a_held_write_is_refused_after_25_seconds_and_never_told(air, ble):
    level = battery(ble)
    blocked = Blocked(air)
    level.set_callback(blocked)

    async def scene():
        async with Scene(air, interval=7.5) as peer:
            ch = peer.find(0x2A19)
            for i in range(65):
                await peer.write(ch, bytes([i]))
            begun = air.now
            with pytest.raises(glint.Error) as refused:
                await peer.write(ch, b"\xff")
            assert refused.value.code == -0x10E and 25 <= air.now - begun < 26  # Unlikely Error, before ATT's 30 s
            blocked.let_go()
            await asyncio.sleep(1)
            await peer.write(ch, b"\x01")
            await asyncio.sleep(1)

    air.run(scene())
    assert blocked.told == list(range(65)) + [1]


def test_write_commands_are_held_back_by_credits(air, ble):
    level = battery(ble, 2)
    blocked = Blocked(air)
    level.set_callback(blocked)

    async def scene():
        async with Scene(air, interval=7.5) as peer:
            ch, sent = peer.find(0x2A19), []

            async def write_all():
                for i in range(500):
                    await peer.write(ch, i.to_bytes(2, "little"), response=False)
                    sent.append(i)

            writer = asyncio.create_task(write_all())
            await asyncio.sleep(30)
            assert len(sent) < 150 and 64 <= ble.stats()["queued"] <= 64 + 8  # what a controller may have under way
            blocked.let_go()
            await writer
            await asyncio.sleep(2)

    air.run(scene())
    assert blocked.told == list(range(500)) and ble.stats()["writes_lost"] == 0


def test_scan_reports_are_dropped_and_counted(air, ble):
    report = Blocked(air)
    ble.add_callback(ble.EVT_SCAN_REPORT, report)

    async def scene():
        async with glint.Device("Loud", world=air.node(1)) as device:
            await device.advertise(20)
            ble.scanning(20, 20, duplicates=1)
            ble.start()
            ble.start_scanning(0)
            await asyncio.sleep(10)
            dropped = ble.stats()["reports_dropped"]
            report.let_go()
            await asyncio.sleep(1)
            return dropped

    assert air.run(scene()) > 100
    ble.stop()
    assert len(report.told) > 64


def test_a_central_that_is_slow_holds_back_its_peripheral(air):
    """Notifications to a program that does not take them: they stay where they are, and come in order."""
    level = glint.Characteristic(0x2A19, glint.NOTIFY, 2)

    async def scene():
        async with glint.Device(world=air, services=[glint.Service(0x180F, characteristics=[level])]) as device, \
                glint.Central(world=air.node(1)) as central:
            await device.advertise()
            peer = await central.connect(await central.find(), interval=7.5)
            await peer.discover()
            values = await peer.subscribe(peer.find(0x2A19))
            asyncio.get_running_loop().unwatch(central.native)
            sent = []

            async def send():
                for i in range(400):
                    await device.set_value(level, i)
                    sent.append(i)

            sender = asyncio.create_task(send())
            await asyncio.sleep(20)
            assert len(sent) < 200 and central.stats()["queued"] <= 64 + 8
            asyncio.get_running_loop().watch(central.native, central._pump)
            await sender
            return [int.from_bytes(await values.__anext__(), "little") for _ in range(400)]

    assert air.run(scene()) == list(range(400))


def test_set_value_waits_for_room_and_gives_up_in_time(air, ble):
    level = battery(ble, 1, ble.READ | ble.INDICATE)

    async def scene():
        async with Scene(air, interval=1000) as peer:
            await peer.subscribe(peer.find(0x2A19), indications=True)
            level.set_value(1)
            begun = air.now
            with pytest.raises(ble.Error, match="timeout: the value is stored, but") as late:
                level.set_value(2, timeout=0.5)
            assert late.value.name == "TIMEOUT" and level.get_value() == 2 and 0.5 <= air.now - begun < 0.51
            with pytest.raises(ble.Error, match="timeout: the queue of notifications"):
                ble.notify(level, 3, timeout=0.25)
            with pytest.raises(ble.Error) as busy:
                ble.notify(level, 3, timeout=0)
            assert busy.value.name == "BUSY"
            level.set_value(4)  # waits for the confirmation
            assert air.now - begun > 1

    air.run(scene())


def test_set_value_ends_when_the_peer_goes_or_the_device_stops(air, ble):
    level = battery(ble, 1, ble.READ | ble.INDICATE)
    ended = []

    def waits(number, begun):
        with air.taking_part():
            begun.set()  # from here on no time passes until it waits
            level.set_value(number)
            ended.append(number)

    async def scene(end):
        async with Scene(air, interval=1000) as peer:
            await peer.subscribe(peer.find(0x2A19), indications=True)
            level.set_value(1)
            number, begun = len(ended), threading.Event()
            thread = threading.Thread(target=waits, args=(number, begun))
            thread.start()
            begun.wait()
            await asyncio.sleep(0.1)
            assert number not in ended
            ble.disconnect() if end == "peer" else ble.stop()
            await asyncio.sleep(5)
            with air.waiting_outside():
                thread.join(10)
            assert not thread.is_alive()

    air.run(scene("peer"))
    air.run(scene("stop"))
    assert ended == [0, 1]


def test_set_value_in_a_callback_waits_only_for_the_host(air, ble):
    """The queue is full of writes, and the callback that is to take them sends more than the controller holds."""
    level = battery(ble)

    def on_write(status, value):
        for i in range(30):
            level.set_value(i)

    level.set_callback(on_write)

    async def scene():
        async with Scene(air, interval=7.5) as peer:
            values = await peer.subscribe(peer.find(0x2A19))
            for i in range(100):
                await peer.write(peer.find(0x2A19), bytes([i]))
            for _ in range(100):
                assert [(await values.__anext__())[0] for _ in range(30)] == list(range(30))

    air.run(scene())


def test_a_queue_of_one(air):
    device = _glint.Device(world=air.native, queue=1)
    level = glint.Characteristic(0x2A19, glint.WRITE | glint.READ, 1)
    device.add_service(glint.Service(0x180F, characteristics=[level]))
    device.start_advertising()
    device.start()
    got = []

    async def scene():
        async def take():
            while len(got) < 20:
                await asyncio.sleep(0.5)
                event = device.poll()
                if event and event[0] == _glint._EV_WRITTEN:
                    got.append(event[4][0])

        taker = asyncio.create_task(take())
        async with Scene(air) as peer:
            for i in range(20):
                await peer.write(peer.find(0x2A19), bytes([i]))
            await taker

    air.run(scene())
    device.close()
    assert got == list(range(20))


def test_evt_sent_and_lost_writes_are_told(air, ble):
    told = []
    ble.add_callback(ble.EVT_SENT, told.append)
    level = battery(ble)

    async def scene():
        async with Scene(air) as peer:
            await peer.subscribe(peer.find(0x2A19))
            for i in range(30):
                level.set_value(i)
            await asyncio.sleep(1)

    air.run(scene())
    assert told and told[0].peer is not None
