"""What Linux is tried with beyond cases.py, or in another form, one function a check. As central it walks device.c; as
peripheral it is the test device itself, and our client.c the central. `record` is of the link between them: record.py.
"""

import asyncio

import cases
import model
from bus import CHARACTERISTIC
from central import short

GRANTED_US = 15000  # what image.py's main.conf makes Linux want, at most; our client begins with 7.5 ms
GRANTED_S = 60


async def granted(central):
    """As peripheral Linux asks for other parameters just after each connection, and ours grants them."""
    assert await asyncio.wait_for(central.intervals.get(), GRANTED_S) == GRANTED_US


async def parameters_changed_by_the_central(central, _record):
    """Within what Linux wants; beyond it its answer to LL_CONNECTION_PARAM_REQ is Invalid LL Parameters (0x1E)."""
    for us in (10000, 15000):
        assert await central.interval(us) == us
    try:
        await central.interval(30000)
    except RuntimeError as e:
        assert str(e).startswith("interval 30000: error -542"), e  # BLE_EHCI(0x1E)
    else:
        raise AssertionError("30 ms are accepted")
    await cases.still_works(central)


async def parameters_changed_by_the_peripheral(_central, record):
    """granted() has seen it; it was Linux that asked, by L2CAP, and was told that it is accepted."""
    await record.traced("btl2cap.cmd_code == 0x12")
    assert set(await record.traced("btl2cap.cmd_code == 0x13", "btl2cap.move_result")) == {"0x0000"}


async def long_writes_of_500_octets(central, _record):
    """By Prepare and Execute at the smallest and at the largest MTU."""
    found = await cases.known(central)
    long = found["x0107"].handle
    for salt in (1, 2):
        if salt == 2:
            await central.exchange_mtu()
        value = bytes((i * 31 + salt) & 0xFF for i in range(500))
        await central.write(long, value)
        assert await central.read(long) == value


async def subscriptions_are_made_again(central, _record):
    """BlueZ remembers for its programs: after a new connection, values come without another word."""
    found = await cases.known(central)
    await central.subscribe(found["x0201"], 1)
    await central.disconnect()
    await central.link()
    await central.write(found["x0204"].handle, b"\x01\x05")
    await cases.take(central, found["x0201"], 5, False)


async def a_service_comes_and_goes(central, _record):
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


SUBSCRIPTIONS = "subscriptions over a reconnection"
CENTRAL = (subscriptions_are_made_again, a_service_comes_and_goes)
PERIPHERAL = (long_writes_of_500_octets,)
INSTEAD = {cases.parameters_changed_by_the_central: parameters_changed_by_the_central,
           cases.parameters_changed_by_the_peripheral: parameters_changed_by_the_peripheral}
NEEDS = {cases.parameters_changed_by_the_central: frozenset({"parameters"})}
LINES = {  # of the table, where they are not those of cases.py
    cases.whole_tree_at_the_largest_mtu: ("MTU", cases.TREE, "included services", "descriptors"),
    cases.reads_everything_at_the_largest_mtu: (cases.READ, "MTU", "descriptors"),
    long_writes_of_500_octets: (cases.LONG_WRITE,),
    subscriptions_are_made_again: (SUBSCRIPTIONS,),
}
