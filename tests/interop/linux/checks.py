"""What Linux is tried with beyond cases.py, one function a check. As central it walks device.c; as peripheral it is the
test device itself, and our client.c the central. `link` has what a check needs of the two: see matrix.py.
"""

import contextlib

import cases
import model
from bus import CHARACTERISTIC
from central import short

MANY = 1000
# Linux drops what it is notified of when some 90 packets wait in the socket of a bluetoothd that is too slow for them:
# so as central it is sent no more at once.
AT_ONCE = 50


async def many(central, length):
    """A thousand values of that length arrive, in order."""
    await central.exchange_mtu()
    found = await cases.known(central)
    await central.subscribe(found["x0201"], 1)
    count = AT_ONCE if hasattr(central, "bus") else MANY
    for _ in range(MANY // count):
        await central.write(found["x0204"].handle, bytes([7, count & 0xFF, count >> 8, length]))
        for n in range(count):
            _, got, _ = await central.notified()
            assert got == model.numbered(n, length), f"number {n}: {got.hex()}"


async def a_thousand_notifications_of_20_octets(central, _link):
    await many(central, 20)


async def a_thousand_notifications_of_244_octets(central, _link):
    await many(central, 244)


async def a_hundred_indications(central, _link):
    found = await cases.known(central)
    await central.subscribe(found["x0202"], 2)
    await central.write(found["x0204"].handle, b"\x02\x64")
    await cases.take(central, found["x0202"], 100, True)


async def ten_reconnects(central, _link):
    for _ in range(10):
        await central.disconnect()
        await central.connect("Interop")
        found = await cases.known(central)
        assert await central.read(found["x0102"].handle) == model.pattern("x0102", 1)


async def disconnected_by_the_peripheral(central, link):
    """Its answer to the order may come too late."""
    found = await cases.known(central)
    with contextlib.suppress(model.AttError):
        await central.write(found["x0204"].handle, b"\x06")
    await link.gone()
    await central.connect("Interop")
    found = await cases.known(central)
    assert await central.read(found["x0102"].handle) == model.pattern("x0102", 1)


async def parameters_asked_for_by_the_peripheral(central, link):
    """Linux grants them: LE Connection Update Complete says 30 ms. And the link still works."""
    found = await cases.known(central)
    await central.write(found["x0204"].handle, b"\x08")
    await link.traced("bthci_evt.le_meta_subevent == 0x03 && bthci_evt.status == 0 && bthci_evt.le_con_interval == 24")
    assert await central.read(found["x0102"].handle) == model.pattern("x0102", 1)


async def parameters_changed_by_the_central(central, _link):
    assert await central.interval(15000) == 15000
    found = await cases.known(central)
    assert await central.read(found["x0102"].handle) == model.pattern("x0102", 1)


async def subscriptions_are_made_again(central, link):
    """BlueZ remembers for its programs: after a new connection, values come without another word."""
    found = await cases.known(central)
    await central.subscribe(found["x0201"], 1)
    await central.disconnect()
    await central.link()
    await central.write(found["x0204"].handle, b"\x01\x05")
    await cases.take(central, found["x0201"], 5, False)


async def a_service_comes_and_goes(central, _link):
    """Service Changed: BlueZ looks again, and shows what there is."""
    found = await cases.known(central)
    later = model.uuid(model.TREE["later"]["uuid"])

    def there():
        return any(short(c["UUID"]) == model.uuid("x0301") for _, c in central.bus.having(CHARACTERISTIC))

    await central.write(found["x0204"].handle, b"\x04")
    await central.bus.until(there, "the new service is shown")
    service = next(s for s in await central.tree() if s.uuid == later)
    assert await central.read(service.characteristics[0].handle) == model.pattern("x0301", 3)
    await central.write(found["x0204"].handle, b"\x05")
    await central.bus.until(lambda: not there(), "it is gone again")


CENTRAL = (a_thousand_notifications_of_20_octets, a_thousand_notifications_of_244_octets, a_hundred_indications,
           ten_reconnects, disconnected_by_the_peripheral, parameters_asked_for_by_the_peripheral,
           subscriptions_are_made_again, a_service_comes_and_goes)
PERIPHERAL = (a_thousand_notifications_of_20_octets, a_thousand_notifications_of_244_octets, a_hundred_indications,
              ten_reconnects, disconnected_by_the_peripheral, parameters_changed_by_the_central)
