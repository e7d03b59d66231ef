"""scanner.py by the modern face: every advertising packet once.

python3 async_scanner.py
"""

import asyncio

import glint


async def main(world=None, duration=30):
    async with glint.Central(world=world) as central:
        async for report in central.scan(duration, active=False):
            print("Packet from", report.address, "of type", report.kind, "containing", report.data.hex(" "))
            print("    its RSSI is", report.rssi, "and its name", report.name)
        print("Scan stopped")


if __name__ == "__main__":
    asyncio.run(main())
