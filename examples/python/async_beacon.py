"""beacon.py by the modern face: who it is, where to look and how it is, in turns.

python3 async_beacon.py, and in another terminal: glint scan
"""

import asyncio

import glint
from wireless import ble_beacons as beacons

TURNS = (("UID", 10), ("URL", 15), ("TLM", 1))  # seconds


def packet(turn, packets, uptime):
    if turn == "UID":
        return beacons.eddy_encode_uid("Zerynth", "Python", -69)
    if turn == "URL":
        return beacons.eddy_encode_url("https://www.zerynth.com", -69)
    return beacons.eddy_encode_tlm(3000, 23.25, packets, uptime)


async def main(world=None):
    loop = asyncio.get_running_loop()
    begun, packets = loop.time(), 0
    async with glint.Device("Beacon", world=world) as device:
        while True:
            for turn, seconds in TURNS:
                payload = packet(turn, packets, loop.time() - begun)
                await device.advertise(100, payload=payload, mode=glint.ADV_UNCN_UND)
                print("Advertising", turn, glint.btos(payload))
                await asyncio.sleep(seconds)
                packets += seconds * 10


if __name__ == "__main__":
    asyncio.run(main())
