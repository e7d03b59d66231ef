"""battery.py by the modern face: a level that changes every second.

python3 async_battery.py, and in another terminal: glint monitor --name Zerynth
"""

import asyncio
import random

import glint

level = glint.Characteristic(0x2A19, glint.NOTIFY | glint.READ, 1, "Battery Level", glint.NUMBER)
battery = glint.Service(0x180F)
battery.add_characteristic(level)


async def main(world=None):
    async with glint.Device("Zerynth", services=[battery], world=world) as device:
        await device.advertise()
        while True:
            await asyncio.sleep(1)
            await device.set_value(level, random.randint(0, 100))


if __name__ == "__main__":
    asyncio.run(main())
