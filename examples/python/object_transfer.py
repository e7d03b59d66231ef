# Sends a text piece by piece: each notification has the piece's number, how many there are, and up to 16 octets of it.
# A central asks for the text by writing its number.
#
# glint run object_transfer.py, and in another terminal:
# glint monitor --name Library -c 'subscribe 1531' -c 'write 1532 01' -c 'wait 3'

import streams
import queue
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble

streams.serial()

texts = [
    "The first text is short.",
    "The second text is longer: it needs a few pieces until the central has all of it.",
]
orders = queue.Queue()

def ordered(status, value):
    print("Text", value, "is wanted")
    orders.put(value)

def disconnected(addr):
    ble.start_advertising()

def send(text):
    count = (len(text) + 15) // 16
    for i in range(count):
        piece = bytearray(18)
        part = text[16 * i:16 * i + 16]
        piece[0] = i
        piece[1] = count
        piece[2:2 + len(part)] = part
        chunk.set_value(piece)
    print("Sent", count, "pieces")

bledrv.init()
ble.gap("Library")
ble.add_callback(ble.EVT_DISCONNECTED, disconnected)

s = ble.Service(0x1530)
chunk = ble.Characteristic(0x1531, ble.NOTIFY | ble.READ, 18, "Piece", ble.BYTES)
order = ble.Characteristic(0x1532, ble.WRITE, 1, "Which text", ble.NUMBER)
order.set_callback(ordered)
s.add_characteristic(chunk)
s.add_characteristic(order)
ble.add_service(s)

ble.start()
ble.start_advertising()

while True:
    number = orders.get()
    if number < len(texts):
        send(texts[number])
    else:
        print("There is no text", number)
