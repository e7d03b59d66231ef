"""led.py by the modern face: each write switches.

python3 async_led.py, and in another terminal: glint monitor --name Lamp -c 'write 1525 01'
"""

import asyncio

import glint

led = glint.Characteristic(0x1525, glint.WRITE | glint.READ, 1, "LED", glint.NUMBER)
lamp = glint.Service(0x1523)
lamp.add_characteristic(led)


async def main(world=None):
    async with glint.Device("Lamp", services=[lamp], world=world) as device:
        await device.advertise()
        async for write in device.writes(led):
            print("LED is", "on" if write.value else "off")


if __name__ == "__main__":
    asyncio.run(main())
