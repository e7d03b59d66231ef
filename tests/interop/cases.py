"""What a central does with the test device, whoever made the two: each case gets a connected central of centrals.py.

NEEDS says what a case asks of both hosts beyond the ordinary; where one of them LACKS it, the case is left out. WITHOUT
is for the opposite: the case is about a server that lacks it. CHECKS says which lines of the table (cells.py) a case
speaks of.
"""

import asyncio

import model
from model import AttError

NEEDS, WITHOUT = {}, {}
MANY = 1000


def needs(*features):
    def mark(case):
        NEEDS[case] = frozenset(features)
        return case
    return mark


def without(*features):
    def mark(case):
        WITHOUT[case] = frozenset(features)
        return case
    return mark


async def refuses(call, *codes):
    try:
        await call
    except AttError as e:
        assert e.code in codes, f"{e}, expected 0x{codes[0]:02X}"
        return
    raise AssertionError(f"accepted, error 0x{codes[0]:02X} expected")


async def known(central):
    """The device's characteristics as found, by their names in tree.json; 2a05 is Service Changed."""
    found = {c.uuid: c for s in await central.tree() for c in s.characteristics}
    named = {u: found[model.uuid(u)] for u in model.characteristics() if model.uuid(u) in found}
    return named | {"2a05": found.get("2a05")}


@needs("smallest mtu")
async def whole_tree(central):
    """Services, included and secondary ones, characteristics, descriptors: all that tree.json tells, no more."""
    services = await central.tree()
    uuids = [s.uuid for s in services]
    assert uuids.count("1800") == ("generic access" not in central.lacking) and uuids.count("1801") == 1, uuids
    ours = {s.uuid: s.shape() for s in services if s.uuid not in ("1800", "1801")}
    for entry in model.TREE["services"]:
        want = model.shape(entry)
        if "includes" in central.lacking:
            want["includes"] = []
        if want["primary"] or "includes" not in central.lacking:
            got = ours.pop(want["uuid"], None)
            assert got == want, f"\n found {got}\n expected {want}"
    assert not ours, ours


async def whole_tree_at_the_largest_mtu(central):
    mtu = await central.exchange_mtu()
    assert 247 <= mtu <= 517, mtu
    await whole_tree(central)


@needs("services by uuid")
async def services_by_uuid(central):
    """Found where the whole tree has them, 16-bit and 128-bit; a secondary service is not among them."""
    services = {s.uuid: s for s in await central.tree()}
    for text in ("180f", "x0100", "x0200"):
        service = services[model.uuid(text)]
        assert await central.services(service.uuid) == [(service.start, service.end)], text
    assert await central.services(model.uuid("x0300")) == []


@needs("smallest mtu")
async def reads_everything(central):
    """Values of 0 to 512 octets, one that comes late, one that is refused; and every descriptor."""
    found = await known(central)
    for name, entry in model.characteristics().items():
        if name not in found:
            assert name == "x0011" and "includes" in central.lacking, name
        elif entry.get("read") == "refused":
            await refuses(central.read(found[name].handle), model.REFUSED)
        elif "read" not in entry["properties"]:
            await refuses(central.read(found[name].handle), 0x02)  # Read Not Permitted
        elif entry.get("read") != "commands":
            value, want = await central.read(found[name].handle), model.pattern(name, entry["length"])
            assert value == want, f"{name}: {len(value)} octets {value.hex()}, expected {len(want)}"
        for uuid, want in model.descriptors(entry).items() if name in found else ():
            if uuid == "2900" and "extended properties" in central.lacking:
                continue
            if uuid == "2902" and name == "2a19" and "a battery left alone" in central.lacking:
                want = b"\x01\x00"
            value = await central.read(found[name].descriptors[uuid])
            assert value == want, f"{name}/{uuid}: {value.hex()}, expected {want.hex()}"


async def reads_everything_at_the_largest_mtu(central):
    await central.exchange_mtu()
    await reads_everything(central)


async def writes(central):
    """By request, to the length that fits one packet; what may not be written is refused, and nothing changes."""
    found = await known(central)
    empty = found["x0101"].handle
    for value in (b"\x01", bytes(range(20)), b""):
        await central.write(empty, value)
        assert await central.read(empty) == value
    await central.write(found["x0108"].handle, b"write only")
    judged = found["x0208"].handle
    await central.write(judged, b"fine")
    await refuses(central.write(judged, b"\xFFbad"), model.BAD_VALUE)
    assert await central.read(judged) == b"fine"


async def write_to_what_is_read_only(central):
    found = await known(central)
    await refuses(central.write(found["x0102"].handle, b"\x00"), 0x03)  # Write Not Permitted
    assert await central.read(found["x0102"].handle) == model.pattern("x0102", 1)


async def write_that_is_too_long(central):
    """Invalid Attribute Value Length, at 21 octets for 20 and at 65 for 64."""
    await central.exchange_mtu()
    found = await known(central)
    await refuses(central.write(found["x0108"].handle, bytes(21)), 0x0D)
    await refuses(central.write(found["x0208"].handle, bytes(65)), 0x0D)
    assert await central.read(found["x0208"].handle) == model.pattern("x0208", 8)


async def write_commands(central):
    """Forty without a response: all arrive, in order."""
    found = await known(central)
    for n in range(40):
        await central.command(found["x0109"].handle, model.numbered(n))
    assert await central.read(found["x0109"].handle) == model.numbered(39)
    count = await central.read(found["x0207"].handle)
    assert count == b"\x28\x00\x00\x00", count


async def take(central, c, count, indication):
    for n in range(count):
        got = await central.notified()
        assert got == (c.handle, model.numbered(n), indication), f"number {n}: {got}"


async def notifications(central):
    """A hundred in order; none before the subscription, none after its end."""
    found = await known(central)
    control = found["x0204"].handle
    await central.write(control, b"\x01\x05")
    await central.subscribe(found["x0201"], 1)
    assert await central.read(found["x0201"].descriptors["2902"]) == b"\x01\x00"
    await central.write(control, b"\x01\x64")
    await take(central, found["x0201"], 100, False)
    await central.subscribe(found["x0201"], 0)
    await central.write(control, b"\x01\x05")
    assert await central.read(found["x0201"].descriptors["2902"]) == b"\x00\x00"
    assert central.unasked.empty()


async def indications(central):
    """Ten, each confirmed before the next."""
    found = await known(central)
    await central.subscribe(found["x0202"], 2)
    await central.write(found["x0204"].handle, b"\x02\x0A")
    await take(central, found["x0202"], 10, True)


async def many(central, name, order, length):
    """A thousand of that length, in order."""
    await central.exchange_mtu()
    found = await known(central)
    await central.subscribe(found[name], 2 if order == 9 else 1)
    await central.write(found["x0204"].handle, bytes([order, MANY & 0xFF, MANY >> 8, length]))
    for n in range(MANY):
        got = await central.notified()
        want = (found[name].handle, model.numbered(n, length), order == 9)
        assert got == want, f"number {n}: {got}"


async def many_notifications_of_20(central):
    await many(central, "x0201", 7, 20)


async def many_notifications_of_244(central):
    await many(central, "x0201", 7, 244)


async def many_indications_of_20(central):
    await many(central, "x0202", 9, 20)


async def many_indications_of_244(central):
    await many(central, "x0202", 9, 244)


@needs("either kind")
async def either_kind(central):
    """One characteristic of both kinds, as the client asks for it."""
    found = await known(central)
    for bits in (1, 2):
        await central.subscribe(found["x0203"], bits)
        await central.write(found["x0204"].handle, b"\x03\x05")
        await take(central, found["x0203"], 5, bits == 2)


@needs("no memory")
async def subscriptions_end_with_the_connection(central):
    """Without a bond: the next connection begins with a CCCD of zero."""
    found = await known(central)
    await central.subscribe(found["x0201"], 1)
    await central.disconnect()
    await central.connect("Interop")
    found = await known(central)
    assert await central.read(found["x0201"].descriptors["2902"]) == b"\x00\x00"
    await central.write(found["x0204"].handle, b"\x01\x05")
    await central.subscribe(found["x0202"], 2)
    await central.write(found["x0204"].handle, b"\x02\x01")
    await take(central, found["x0202"], 1, True)


async def broadcasts(central):
    """Server Characteristic Configuration is written and read back."""
    sccd = (await known(central))["x0209"].descriptors["2903"]
    for value in (b"\x01\x00", b"\x00\x00"):
        await central.write(sccd, value)
        assert await central.read(sccd) == value


@needs("prepared", "the last octet")
async def long_writes(central):
    """512 octets by Prepare and Execute at the smallest and at the largest MTU."""
    found = await known(central)
    long = found["x0107"].handle
    for salt in (1, 2):
        if salt == 2:
            await central.exchange_mtu()
        value = bytes((i * 31 + salt) & 0xFF for i in range(512))
        await central.write(long, value)
        assert await central.read(long) == value


@needs("prepared")
async def refused_long_write(central):
    """What the program or the length refuses at Execute changes nothing, and the queue is empty for the next."""
    found = await known(central)
    judged = found["x0208"].handle
    await refuses(central.write(judged, b"\xFF" + bytes(40)), model.BAD_VALUE)
    await refuses(central.write(judged, bytes(65)), 0x0D)
    assert await central.read(judged) == model.pattern("x0208", 8)
    await central.write(judged, bytes(range(40)))
    assert await central.read(judged) == bytes(range(40))


@needs("prepared", "reliable")
async def reliable_writes(central):
    """Two values together, one of them of several pieces."""
    found = await known(central)
    first, second = found["x0205"].handle, found["x0206"].handle
    await central.reliable((first, b"together"), (second, bytes(range(50))))
    assert await central.read(first) == b"together"
    assert await central.read(second) == bytes(range(50))


@needs("prepared", "reliable", "cancel")
async def cancelled_reliable_write(central):
    found = await known(central)
    first = found["x0205"].handle
    await central.reliable((first, b"never"), commit=False)
    assert await central.read(first) == model.pattern("x0205", 8)
    await central.reliable((first, b"ever"))
    assert await central.read(first) == b"ever"


@without("prepared", "read multiple")
async def server_without_these_procedures(central):
    """Request Not Supported ends the procedure, and the next one runs."""
    found = await known(central)
    await refuses(central.write(found["x0107"].handle, bytes(512)), 0x06)
    await refuses(central.reliable((found["x0205"].handle, b"one"), (found["x0206"].handle, b"two")), 0x06)
    await refuses(central.read_multiple(found["x0102"].handle, found["x0011"].handle), 0x06)
    assert await central.read(found["x0102"].handle) == model.pattern("x0102", 1)


@needs("read by uuid")
async def read_by_uuid(central):
    found = await known(central)
    for name in ("2a19", "x0103", "2a6e"):
        want = model.pattern(name, model.characteristics()[name]["length"])[:19]
        values = await central.read_by_uuid(model.uuid(name))
        assert values == [(found[name].handle, want)], values
    assert len(await central.read_by_uuid("2803")) >= 20
    await refuses(central.read_by_uuid("2a1c"), 0x0A)  # Attribute Not Found


@needs("read multiple")
async def read_multiple(central):
    """Several values in one packet, cut where it ends; one that is refused refuses all."""
    found = await known(central)
    names = ("x0102", "x0011", "2a6e", "x0105")
    value = await central.read_multiple(*(found[n].handle for n in names))
    whole = b"".join(model.pattern(n, model.characteristics()[n]["length"]) for n in names)
    assert value == whole[:22], value.hex()
    await refuses(central.read_multiple(found["x0102"].handle, found["x010a"].handle), model.REFUSED)
    await refuses(central.read_multiple(found["x0102"].handle, 0xFFFE), 0x01)  # Invalid Handle


@needs("read multiple variable")
async def read_multiple_variable(central):
    found = await known(central)
    await central.exchange_mtu()
    names = ("x0102", "x0103", "x0101", "x0104")
    values = await central.read_multiple_variable(*(found[n].handle for n in names))
    assert values == [model.pattern(n, model.characteristics()[n]["length"]) for n in names], values


@needs("later", "range of change")
async def service_changed(central):
    """A service comes and goes: Service Changed is indicated with its range, and the tree follows."""
    found = await known(central)
    later = model.uuid(model.TREE["later"]["uuid"])
    await central.subscribe(found["2a05"], 2)
    for order, there in ((b"\x04", True), (b"\x05", False)):
        await central.write(found["x0204"].handle, order)
        start, end = await central.changed(found["2a05"])
        assert 0 < start <= end, (start, end)
        if hasattr(central, "forget"):
            await central.forget()
        services = await central.services(later)
        assert bool(services) == there, services
        assert not there or start <= services[0][0] <= services[0][1] <= end, (start, end, services)


async def still_works(central):
    found = await known(central)
    assert await central.read(found["x0102"].handle) == model.pattern("x0102", 1)


async def parameters_changed_by_the_central(central):
    """The interval is as asked for; the next one, too."""
    for us in (15000, 30000):
        now = await central.interval(us)
        assert now == us, now
    await still_works(central)


async def parameters_changed_by_the_peripheral(central):
    """It asks for 30 ms by L2CAP, or by the link layer, and gets them."""
    found = await known(central)
    await central.write(found["x0204"].handle, b"\x08")
    now = await central.other_interval()
    assert now == 30000, now
    await still_works(central)


async def disconnected_by_the_peripheral(central):
    """Its answer to the order may come too late."""
    found = await known(central)
    await asyncio.gather(central.write(found["x0204"].handle, b"\x06"), return_exceptions=True)
    await central.ended()
    await central.connect("Interop")
    await still_works(central)


async def disconnected_by_the_central(central):
    await central.disconnect()
    await central.ended()
    await central.connect("Interop")
    await still_works(central)


async def ten_reconnections(central):
    for _ in range(10):
        await central.disconnect()
        await central.connect("Interop")
        await still_works(central)


ALL = (
    whole_tree, whole_tree_at_the_largest_mtu, services_by_uuid, reads_everything,
    reads_everything_at_the_largest_mtu, writes, write_to_what_is_read_only, write_that_is_too_long,
    write_commands, notifications, indications, either_kind, subscriptions_end_with_the_connection, broadcasts,
    long_writes, refused_long_write, reliable_writes, cancelled_reliable_write, server_without_these_procedures,
    read_by_uuid, read_multiple, read_multiple_variable, service_changed,
)
# Of the link, and what takes long; a host that cannot be asked so has its own form of them.
LINKS = (
    many_notifications_of_20, many_notifications_of_244, many_indications_of_20, many_indications_of_244,
    parameters_changed_by_the_central, parameters_changed_by_the_peripheral, disconnected_by_the_central,
    disconnected_by_the_peripheral, ten_reconnections,
)
FOUND, TREE = "found by name, read and notified", "services and characteristics, 16 and 128 bits"
READ, WRITE, LONG_WRITE, UPDATE = "read and long read", "write", "long write", "connection update"
CHECKS = {
    whole_tree: (TREE, "included services", "descriptors"), whole_tree_at_the_largest_mtu: ("MTU", TREE),
    services_by_uuid: (TREE,), reads_everything: (READ, "descriptors"), reads_everything_at_the_largest_mtu: (READ, "MTU"),
    writes: (WRITE,), write_to_what_is_read_only: (WRITE,), write_that_is_too_long: (WRITE,),
    write_commands: ("write command",), notifications: (FOUND,), indications: (FOUND,), either_kind: (FOUND,),
    broadcasts: ("descriptors",), long_writes: (LONG_WRITE,), refused_long_write: (LONG_WRITE,),
    many_notifications_of_20: ("1,000 notifications of 20 octets",),
    many_notifications_of_244: ("1,000 notifications of 244 octets",),
    many_indications_of_20: ("1,000 indications of 20 octets",),
    many_indications_of_244: ("1,000 indications of 244 octets",),
    parameters_changed_by_the_central: (UPDATE,), parameters_changed_by_the_peripheral: (UPDATE,),
    disconnected_by_the_central: ("disconnection by the central",),
    disconnected_by_the_peripheral: ("disconnection by the peripheral",), ten_reconnections: ("ten reconnections",),
}


def checks(case):
    """The lines of the table that it speaks of: its own name, where no other is agreed upon."""
    return CHECKS.get(case, (case.__name__.replace("_", " "),))
