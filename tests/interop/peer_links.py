"""Bumble on both ends of our link layers: what two hosts that are not ours ask of a connection, they get."""

import asyncio

from bumble.core import UUID
from bumble.device import Device, Peer
from bumble.gatt import Characteristic, Service
from bumble.hci import Address, HCI_LE_1M_PHY, HCI_LE_2M_PHY
from bumble.keys import MemoryKeyStore
from bumble.pairing import PairingConfig
from bumble.transport import open_transport

import air

SERVICE, VALUE = "7d0cc000-4f1b-4c58-9a2e-1b6f0e83a5d4", "7d0cc001-4f1b-4c58-9a2e-1b6f0e83a5d4"
OCTETS = bytes(range(200))


class Two:
    """A peripheral with a value that wants encryption, a central, and their connection."""

    async def begin(self, path):
        self.transports, self.devices = [], []
        for name, address in (("peripheral", "F0:F1:F2:F3:F4:F5"), ("central", "F1:F1:F2:F3:F4:F5")):
            transport = await open_transport(f"unix:{path}")
            device = Device.with_hci(name, Address(address), transport.source, transport.sink)
            device.pairing_config_factory = lambda connection: PairingConfig(sc=True, mitm=False, bonding=True)
            self.transports.append(transport)
            self.devices.append(device)
        self.peripheral, self.central = self.devices
        self.peripheral.add_service(Service(SERVICE, [Characteristic(
            VALUE, Characteristic.Properties.READ,
            Characteristic.READABLE | Characteristic.READ_REQUIRES_ENCRYPTION, OCTETS)]))
        for device in self.devices:
            await device.power_on()
            device.keystore = MemoryKeyStore()
        self.connection = await self.connect()

    async def connect(self):
        await self.peripheral.start_advertising()
        return await self.central.connect(Address("F0:F1:F2:F3:F4:F5"))

    def told(self, event):
        """A future: the central's host has told of it."""
        future = asyncio.get_running_loop().create_future()
        self.connection.on(event, lambda *_: future.done() or future.set_result(True))
        return future

    async def read(self):
        peer = Peer(self.connection)
        await peer.request_mtu(247)
        await peer.discover_service(UUID(SERVICE))
        (service,) = peer.get_services_by_uuid(UUID(SERVICE))
        await service.discover_characteristics()
        (value,) = service.get_characteristics_by_uuid(UUID(VALUE))
        return await value.read_value()

    async def end(self):
        await self.connection.disconnect()
        for transport in self.transports:
            await transport.close()


async def pairs_encrypts_and_takes_another_key():
    """LE Secure Connections between two hosts of others; our link layers encrypt, and refresh the key."""
    async with air.air() as path:
        two = Two()
        await two.begin(path)
        await two.connection.pair()
        assert two.connection.encryption
        assert await two.read() == OCTETS
        refreshed = two.told("connection_encryption_key_refresh")
        ((_, keys),) = await two.central.keystore.get_all()
        await two.central.keystore.update(str(two.connection.peer_address), keys)
        ((_, keys),) = await two.peripheral.keystore.get_all()
        await two.peripheral.keystore.update("F1:F1:F2:F3:F4:F5", keys)
        asking = asyncio.create_task(two.connection.encrypt())  # ends with another event than the one it waits for
        await refreshed
        asking.cancel()
        assert await two.read() == OCTETS
        await two.end()


async def changes_phy_length_and_parameters():
    """From 1M to 2M and back, longer PDUs, other parameters: each ends with its event at both hosts."""
    async with air.air() as path:
        two = Two()
        await two.begin(path)
        told = two.told("connection_data_length_change")
        await two.connection.set_data_length(251, 2120)
        await told
        for phy in (HCI_LE_2M_PHY, HCI_LE_1M_PHY):
            told = two.told("connection_phy_update")
            await two.connection.set_phy([phy], [phy])
            await told
            now = await two.connection.get_phy()
            assert (now.tx_phy, now.rx_phy) == (phy, phy), now
        told = two.told("connection_parameters_update")
        await two.connection.update_parameters(50, 50, 0, 4000)
        await told
        assert two.connection.parameters.connection_interval == 50, two.connection.parameters
        await two.end()


if __name__ == "__main__":
    air.run(pairs_encrypts_and_takes_another_key, changes_phy_length_and_parameters)
