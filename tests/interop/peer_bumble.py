"""Bumble, an independent host, in both roles against ours, each on a controller of the same air."""

import asyncio
import json

from bumble.core import UUID, AdvertisingData
from bumble.device import Device, Peer
from bumble.gatt import (GATT_BATTERY_LEVEL_CHARACTERISTIC, GATT_BATTERY_SERVICE, Characteristic,
                         CharacteristicValue, Service)
from bumble.hci import Address
from bumble.transport import open_transport

import air
import cells


async def start(path, name, address):
    """A Bumble device, powered on, on the air at path."""
    transport = await open_transport(f"unix:{path}")
    device = Device.with_hci(name, Address(address), transport.source, transport.sink)
    return transport, device


async def finds_reads_and_subscribes_to_the_battery():
    """A Bumble central finds our battery by name, reads its level and gets five notifications."""
    async with air.air() as path, air.program(path, "battery"):
        transport, central = await start(path, "central", "F0:F1:F2:F3:F4:F5")
        await central.power_on()
        found = asyncio.get_running_loop().create_future()

        def on_advertisement(advertisement):
            name = advertisement.data.get(AdvertisingData.COMPLETE_LOCAL_NAME)
            if name == "Glint" and not found.done():
                found.set_result(advertisement)

        central.on("advertisement", on_advertisement)
        await central.start_scanning(legacy=True)
        advertisement = await found
        assert advertisement.is_connectable
        await central.stop_scanning(legacy=True)
        connection = await central.connect(advertisement.address)
        peer = Peer(connection)
        await peer.request_mtu(100)
        await peer.discover_services()
        for service in peer.services:
            await service.discover_characteristics()
        uuids = [service.uuid for service in peer.services]
        assert UUID.from_16_bits(0x1800) in uuids, uuids
        assert UUID.from_16_bits(0x1801) in uuids, uuids
        (level,) = peer.get_characteristics_by_uuid(GATT_BATTERY_LEVEL_CHARACTERISTIC)
        await level.discover_descriptors()
        value = await level.read_value()
        assert len(value) == 1 and value[0] <= 100, value
        (description,) = [d for d in level.descriptors if d.type == UUID.from_16_bits(0x2901)]
        assert await description.read_value() == b"Battery Level"
        levels = asyncio.Queue()
        await level.subscribe(levels.put_nowait)
        for _ in range(5):
            value = await levels.get()
            assert len(value) == 1 and value[0] <= 100, value
        await connection.disconnect()
        await transport.close()


async def is_found_read_and_subscribed_to_by_our_monitor():
    """A Bumble peripheral with a battery; our monitor finds it by name, reads and subscribes."""
    async with air.air() as path:
        transport, device = await start(path, "Bumble", "F1:F1:F2:F3:F4:F5")
        level = Characteristic(
            GATT_BATTERY_LEVEL_CHARACTERISTIC,
            Characteristic.Properties.READ | Characteristic.Properties.NOTIFY, Characteristic.READABLE,
            CharacteristicValue(read=lambda connection: bytes([42])))
        device.add_service(Service(GATT_BATTERY_SERVICE, [level]))
        await device.power_on()
        device.advertising_data = bytes(AdvertisingData([
            (AdvertisingData.FLAGS, bytes([6])),
            (AdvertisingData.COMPLETE_LOCAL_NAME, b"Bumble")]))
        subscribed = asyncio.get_running_loop().create_future()

        def on_subscription(_connection, notify, _indicate):
            if notify and not subscribed.done():
                subscribed.set_result(True)

        level.on("subscription", on_subscription)
        await device.start_advertising()
        async with air.program(path, "glint", "monitor", "--name", "Bumble", "--json", "--duration", "15") as monitor:
            await subscribed
            for number in range(5):
                await device.notify_subscribers(level, bytes([number + 1]))
            numbers, text = [], ""
            while len(numbers) < 5:
                line = await monitor.stdout.readline()
                assert line, f"the monitor ended: {text}"
                text += line.decode()
                record = json.loads(line)
                if record.get("event") == "notification":
                    numbers.append(int(record["value"], 16))
            assert numbers == [1, 2, 3, 4, 5], numbers
        assert '"2a' in text, text
        await transport.close()


FOUND = "found by name, read and notified"
finds_reads_and_subscribes_to_the_battery.cells = {("Bumble", cells.CENTRAL): [FOUND]}
is_found_read_and_subscribed_to_by_our_monitor.cells = {("Bumble", cells.PERIPHERAL): [FOUND]}

if __name__ == "__main__":
    air.run(finds_reads_and_subscribes_to_the_battery, is_found_read_and_subscribed_to_by_our_monitor)
