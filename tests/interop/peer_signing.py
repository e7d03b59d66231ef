"""Signed writes between Bumble and ours, in both directions.

Bumble 0.0.215 pairs with signing keys, and neither signs nor checks (bumble/gatt_client.py, gatt_server.py: nothing of
Signed Write Commands). So it pairs, and this script signs and checks with its AES-CMAC (bumble/crypto) as Vol 3 Part H
2.4.5 has it. The key that it distributes is sixteen zeroes (bumble/smp.py: "FIXME: testing"), which ours refuses, as
anybody could sign with it: here it is another one. `peer_signing.py [ROLE]` runs one.
"""

import asyncio
import sys

import air
import bumble.smp
import cells
import pairing_peers
from bumble.core import UUID
from bumble.crypto import aes_cmac
from bumble.pairing import PairingDelegate
from peer_pairing import WAYS, meet, part

CHECK = "signed writes"
ATT, SIGNED_WRITE_COMMAND = 4, 0xD2
KEYS = (PairingDelegate.KeyDistribution.DISTRIBUTE_ENCRYPTION_KEY | PairingDelegate.KeyDistribution.DISTRIBUTE_IDENTITY_KEY |
        PairingDelegate.KeyDistribution.DISTRIBUTE_SIGNING_KEY)
CSRK = bytes.fromhex("43 53 52 4B 5F 6F 66 5F 42 75 6D 62 6C 65 21 21")
signing_information = bumble.smp.SMP_Signing_Information_Command
SECONDS = 20


def signed(csrk, pdu, counter):
    """With its signature. The book writes what AES sees most significant octet first."""
    pdu += counter.to_bytes(4, "little")
    return pdu + aes_cmac(pdu[::-1], csrk[::-1])[:8][::-1]


def command(handle, value):
    return bytes([SIGNED_WRITE_COMMAND]) + handle.to_bytes(2, "little") + value


async def bonded(role, one, other):
    """Each has the other's signing key; then they meet again, and nobody encrypts."""
    other.screen.local_initiator_key_distribution = other.screen.local_responder_key_distribution = KEYS
    await meet(role, one, other)
    (other if role == "central" else one).say("secure")
    words = await one.until("paired")
    assert words[:5] == ["0", "reason", "0", "bonded", "1"], words
    await other.until("paired")
    await part(role, one, other)
    await meet(role, one, other)
    ((_, keys),) = await other.device.keystore.get_all()
    return keys.csrk.value


async def to_ours(path):
    async with pairing_peers.bumble(path, "central", WAYS[0]) as other, \
            pairing_peers.ours(path, "bond", "signs") as one:
        await bonded("central", one, other)
        (service,) = await (peer := pairing_peers.Peer(other.connection)).discover_service(UUID.from_16_bits(0xA001))
        (ch,) = await service.discover_characteristics((UUID.from_16_bits(0xA002),))
        assert ch.properties == 0x42, ch.properties  # read, signed

        def send(pdu):
            other.connection.send_l2cap_pdu(ATT, pdu)

        first = signed(CSRK, command(ch.handle, b"\x11"), 0)
        spoilt = bytearray(signed(CSRK, command(ch.handle, b"\x22"), 1))
        spoilt[-1] ^= 1
        for pdu in (first, first, bytes(spoilt), signed(bytes(16), command(ch.handle, b"\x33"), 1),
                    signed(CSRK, command(ch.handle, b"\x44"), 5), signed(CSRK, command(ch.handle, b"\x55"), 4)):
            send(pdu)
        assert await peer.read_value(ch) == b"\x44"  # all of them have arrived before
        assert [line for line in one.lines if line[0] == "written"] == [["written", "4", "11"], ["written", "4", "44"]], one.seen
        await part("central", one, other)


async def from_ours(path):
    async with pairing_peers.bumble(path, "peripheral", WAYS[0]) as other, \
            pairing_peers.ours(path, "central", "seek", "bond", "signs") as one:
        key = await bonded("peripheral", one, other)
        heard, channels = asyncio.Queue(), other.device.l2cap_channel_manager.fixed_channels
        goes_on = channels[ATT]

        def on_pdu(handle, pdu):
            if pdu[0] == SIGNED_WRITE_COMMAND:
                heard.put_nowait(bytes(pdu))
            else:
                goes_on(handle, pdu)

        channels[ATT] = on_pdu
        for counter in range(3):
            one.say(f"sign {other.level.handle} {7 + counter}")
            pdu = await asyncio.wait_for(heard.get(), SECONDS)
            assert pdu == signed(key, command(other.level.handle, bytes([7 + counter])), counter), pdu.hex(" ")
        await part("peripheral", one, other)


def make(role, run):
    async def one():
        bumble.smp.SMP_Signing_Information_Command = lambda signature_key: signing_information(signature_key=CSRK)
        try:
            async with air.traced(one.__name__, encrypted=True, hosts=2) as path:
                await run(path)
        finally:
            bumble.smp.SMP_Signing_Information_Command = signing_information

    one.traced = True
    one.__name__ = f"Bumble is {role}: {CHECK}"
    one.cells = {("Bumble", role): [CHECK]}
    return one


def main(arguments):
    everything = [make(cells.CENTRAL, to_ours), make(cells.PERIPHERAL, from_ours)]
    air.run(*(case for case in everything if all(word in case.__name__ for word in arguments)))


if __name__ == "__main__":
    main(sys.argv[1:])
