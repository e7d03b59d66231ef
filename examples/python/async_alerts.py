"""alerts.py by the modern face: an alert every five seconds to who is connected, unless it was switched off.

python3 async_alerts.py, and in another terminal: glint monitor --name Notifier
"""

import asyncio

import glint

alert = glint.Characteristic(0x2A46, glint.NOTIFY | glint.READ, 16, "New Alerts", glint.BYTES)
point = glint.Characteristic(0x2A44, glint.WRITE, 2, "Alerts control", glint.BYTES)
service = glint.Service(0x1811)
service.add_characteristic(alert)
service.add_characteristic(point)


async def main(world=None):
    async with glint.Device("Notifier", services=[service], world=world) as device:
        await device.advertise(50)
        async for connection in device.connections():
            print("Connected to", connection.address)
            await serve(device, connection)
            print("Disconnected from", connection.address)


async def serve(device, connection):
    enabled = asyncio.Event()
    enabled.set()
    tasks = [asyncio.create_task(obey(device, enabled)), asyncio.create_task(send(device, enabled))]
    await connection.closed()
    for task in tasks:
        task.cancel()


async def obey(device, enabled):
    async for write in device.writes(point):
        command, category = write.value
        print("Command", command, "for category", category)
        if command == 0:
            enabled.set()
        elif command == 2:
            enabled.clear()


async def send(device, enabled):
    for total in range(1, 256):
        await asyncio.sleep(5)
        await enabled.wait()
        print("New alert, the total is", total)
        await device.set_value(alert, bytes([0, total]) + b"Zerynth!" + bytes(6))


if __name__ == "__main__":
    asyncio.run(main())
