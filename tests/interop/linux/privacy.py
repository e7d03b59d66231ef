"""Linux and ours are bonded, both with resolvable private addresses; then both take others, and find each other again.

Linux has `Privacy = device`, and another address whenever its adapter is switched on; pairing.c is told to take one.
"""

import tempfile

import image
from bus import ADAPTER, ADAPTER_PATH, CHARACTERISTIC
from central import Central
from checks import SUBSCRIPTIONS
from pairing import BATTERY, LEVEL, Seats, agreed, at_rest, connected, encrypted, level_of, ours, reads_and_hears
from peripheral import Peripheral

NAME = "Pairing"
CHECK = "bonded reconnection with privacy"
FILES = {image.CONFIGURATION: image.BLUEZ.replace("[LE]", "Privacy = device\n[LE]").encode()}
LEVEL_REACHED = 2


async def switched_off_and_on(bus):
    for on in (False, True):
        await bus.set(ADAPTER_PATH, ADAPTER, "Powered", "b", on)
        await bus.until(lambda on=on: bus.property(ADAPTER_PATH, ADAPTER, "Powered") is on, f"Powered is {on}")


async def addresses(record):
    """What Linux was on the air, and who it was connected to; all resolvable private ones (Vol 6 Part B 1.3.2.2)."""
    own = set(await record.told("bthci_cmd.opcode == 0x2005", "bthci_cmd.bd_addr"))
    peers = set(await record.told("bthci_evt.le_meta_subevent == 0x0a && bthci_evt.status == 0", "bthci_evt.bd_addr"))
    for address in own | peers:
        assert int(address[:2], 16) >> 6 == 1, f"not a resolvable private address: {address}"
    assert len(own) >= 2 and len(peers) >= 2, f"Linux was {own}, ours {peers}"


async def central_comes_back(record, bus, folder):
    """Linux is the central."""
    async with ours(record, folder, "private", "level", str(LEVEL_REACHED)) as one:
        central = Central(bus)
        async with Seats(bus, "NoInputNoOutput"):
            await central.find(NAME)
            await central.pair()
            await agreed(one, LEVEL_REACHED)
            await central.until("Paired")
            await central.until("ServicesResolved")
        assert await reads_and_hears(central, one, [7]) == bytes([42])
        await central.disconnect()
        one.say("rotate")
        await switched_off_and_on(bus)
        await one.until("encrypted")  # of the pairing
        await central.link()
        await encrypted(one, LEVEL_REACHED)
        got, = await bus.call(level_of(central), CHARACTERISTIC, "ReadValue", "a{sv}", {})
        assert bytes(got) == bytes([7]), got
        assert sum(line.startswith("paired") for line in one.seen) == 1, one.seen
        await addresses(record)
        await central.disconnect()


async def peripheral_is_found_again(record, bus, folder):
    """Linux is the peripheral; it keeps what ours has subscribed to."""
    device = Peripheral(bus, BATTERY)
    await device.start(NAME)
    async with Seats(bus, "NoInputNoOutput"), ours(record, folder, "central", "seek", "private") as one:
        await one.until("connected")
        one.say("secure")
        await agreed(one, LEVEL_REACHED)
        one.say("subscribe")
        assert await one.until("done") == 0
        await one.until("encrypted")  # of the pairing
        one.say("rotate")
        await switched_off_and_on(bus)  # which ends the link
        await encrypted(one, LEVEL_REACHED)
        await bus.until(lambda: connected(bus), "Linux is connected")
        await at_rest(bus, connected(bus)[0])
        device.values[LEVEL].notify(bytes([9]))
        assert await one.until("notified") == 9, one.seen
        one.say("read")
        await one.until("value")
        assert sum(line.startswith("paired") for line in one.seen) == 1, one.seen
        await addresses(record)
    await bus.until(lambda: not connected(bus), "the link has ended")


async def alone(phase, lines, check):
    async with phase.record.linux(files=FILES) as bus:
        async def run():
            with tempfile.TemporaryDirectory() as folder:
                await check(phase.record, bus, folder)

        await phase.check(CHECK, lines, run, bus.guest)


async def linux_is_central(phase):
    await alone(phase, [CHECK], central_comes_back)


async def linux_is_peripheral(phase):
    await alone(phase, [CHECK, SUBSCRIPTIONS], peripheral_is_found_again)
