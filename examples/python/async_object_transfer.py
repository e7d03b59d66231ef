"""object_transfer.py by the modern face: a text, piece by piece, to the central that asks for it.

python3 async_object_transfer.py, and in another terminal:
glint monitor --name Library -c 'subscribe 1531' -c 'write 1532 01' -c 'wait 3'
"""

import asyncio

import glint

TEXTS = ["The first text is short.",
         "The second text is longer: it needs a few pieces until the central has all of it."]
SIZE = 16

chunk = glint.Characteristic(0x1531, glint.NOTIFY | glint.READ, 2 + SIZE, "Piece", glint.BYTES)
order = glint.Characteristic(0x1532, glint.WRITE, 1, "Which text", glint.NUMBER)
library = glint.Service(0x1530)
library.add_characteristic(chunk)
library.add_characteristic(order)


async def main(world=None):
    async with glint.Device("Library", services=[library], world=world) as device:
        await device.advertise()
        async for write in device.writes(order):
            if write.value >= len(TEXTS):
                print("There is no text", write.value)
                continue
            text = TEXTS[write.value].encode()
            parts = [text[i:i + SIZE] for i in range(0, len(text), SIZE)]
            for i, part in enumerate(parts):
                # it waits while the queue towards the central is full, so nothing is lost
                await device.notify(chunk, bytes([i, len(parts)]) + part, write.peer)
            print("Sent", len(parts), "pieces to", write.peer)


if __name__ == "__main__":
    asyncio.run(main())
