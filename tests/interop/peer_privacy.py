"""Bumble on both ends of our link layers, with private addresses that our resolving list makes and resolves."""

import asyncio

from bumble.device import Device, DeviceConfiguration
from bumble.hci import Address, HCI_LE_Set_Random_Address_Command, OwnAddressType
from bumble.keys import MemoryKeyStore
from bumble.pairing import PairingConfig
from bumble.transport import open_transport

import air

PERIPHERAL, CENTRAL = "F0:F1:F2:F3:F4:F5", "F1:F1:F2:F3:F4:F5"


class Two:
    """A peripheral whose host takes private addresses, and a central that leaves them to its controller."""

    async def begin(self, path):
        self.transports, self.devices = [], []
        for name, address, offload in (("peripheral", PERIPHERAL, False), ("central", CENTRAL, True)):
            transport = await open_transport(f"unix:{path}")
            config = DeviceConfiguration(name=name, address=Address(address), irk=name.encode().ljust(16, b"_"),
                                         le_privacy_enabled=not offload, le_rpa_timeout=0,
                                         address_resolution_offload=offload)
            device = Device.from_config_with_hci(config, transport.source, transport.sink)
            device.pairing_config_factory = lambda connection: PairingConfig(
                sc=True, mitm=False, bonding=True, identity_address_type=PairingConfig.AddressType.RANDOM)
            device.keystore = MemoryKeyStore()
            self.transports.append(transport)
            self.devices.append(device)
        self.peripheral, self.central = self.devices
        for device in self.devices:
            await device.power_on()

    async def end(self):
        for transport in self.transports:
            await transport.close()


async def connect(two, to):
    await two.peripheral.start_advertising()
    return await asyncio.wait_for(two.central.connect(to, own_address_type=OwnAddressType.RESOLVABLE_OR_RANDOM), 10)


def keys_are_kept(device):
    future = asyncio.get_running_loop().create_future()
    device.once(device.EVENT_KEY_STORE_UPDATE, lambda *_: future.set_result(True))
    return future


async def another_address(device):
    """As Device.update_rpa(), which in this version sends the address that it has already."""
    device.random_address = Address.generate_private_address(device.irk)
    await device.send_command(HCI_LE_Set_Random_Address_Command(random_address=device.random_address), check_result=True)
    return device.random_address


async def is_called_by_its_identity():
    """After pairing the peripheral comes with another private address, and is found, and shown, by its identity."""
    async with air.air() as path:
        two = Two()
        await two.begin(path)
        first = two.peripheral.random_address
        connection = await connect(two, first)
        assert connection.peer_address == first, connection.peer_address
        kept = [keys_are_kept(device) for device in two.devices]
        await connection.pair()
        await asyncio.gather(*kept)  # the resolving list has the peer
        await connection.disconnect()
        second = await another_address(two.peripheral)
        assert second != first
        identity = Address(PERIPHERAL, Address.RANDOM_IDENTITY_ADDRESS)
        connection = await connect(two, identity)
        assert bytes(connection.peer_address) == bytes(identity), connection.peer_address
        assert bytes(connection.peer_resolvable_address) == bytes(second), connection.peer_resolvable_address
        assert connection.self_resolvable_address.is_resolvable, connection.self_resolvable_address
        await connection.encrypt()
        assert connection.encryption
        await connection.disconnect()
        await two.end()


if __name__ == "__main__":
    air.run(is_called_by_its_identity)
