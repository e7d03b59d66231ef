"""What the old module lacked: the other side. Finds a battery, reads its level and shows ten changes.

python3 async_central.py, and in another terminal: glint run battery.py
"""

import asyncio

import glint


async def main(world=None):
    async with glint.Central(world=world) as central:
        report = await central.find(service=0x180F, timeout=None)
        print("Found", report.name, "at", report.address)
        async with await central.connect(report) as peer:
            for service in await peer.discover():
                print(service)
            level = peer.find(0x2A19)
            print("Level", (await peer.read(level))[0])
            seen = 0
            async for value in await peer.subscribe(level):
                print("Level", value[0])
                seen += 1
                if seen == 10:
                    break


if __name__ == "__main__":
    asyncio.run(main())
