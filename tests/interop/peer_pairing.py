"""Bumble and ble-host pair with ours on the air, in both roles and in every way that they have; and come back.

Ours is pairing.c. Each way: they meet, the users do what they are asked, both sides say how secure the link is, and the
value that wants that level is notified. Then the link is ended and made again: it is encrypted by the bond, nobody pairs,
and where the server keeps what its client has subscribed to, values come without another word.
`peer_pairing.py PEER [ROLE [WAY]]` runs some.
"""

import asyncio
import dataclasses
import sys

import air
import cells
import pairing_peers
from pairing_peers import Ours  # noqa: F401, for others

PEERS = {"Bumble": pairing_peers.bumble, "ble-host": pairing_peers.blehost}
BUMBLE_FORGETS = ("bumble/gatt_server.py of 0.0.215 deletes a connection's subscribers when it ends (on_disconnection), "
                  "whether there is a bond or not")
NO_OOB = ("lib/association-models.js of ble-host 1.0.3 has no such way; lib/internal/smp.js sends 0 for the OOB data flag, "
          "always")
SUBSCRIPTIONS, PRIVACY = "subscriptions over a reconnection", "bonded reconnection with privacy"


@dataclasses.dataclass
class Way:
    check: str
    words: tuple  # ours
    capability: str  # of the other's user, as ble-host calls it
    level: int  # what comes of it
    shows: str = ""  # whose number it is: ours, theirs, both
    sc: bool = True  # the other can do Secure Connections
    mitm: bool = False
    oob: str = ""  # what goes over: both, ours, theirs, secret
    name: str = ""

    def sc_in_force(self):
        return self.sc and "legacy" not in self.words


WAYS = [
    Way("just works", (), "NO_INPUT_NO_OUTPUT", 2),
    Way("just works, legacy", ("legacy",), "NO_INPUT_NO_OUTPUT", 2),
    Way("just works, legacy", (), "NO_INPUT_NO_OUTPUT", 2, sc=False, name="a legacy peer"),
    Way("passkey, ours shows", ("display", "mitm"), "KEYBOARD_ONLY", 4, "ours", mitm=True),
    Way("passkey, ours types", ("keyboard", "mitm"), "DISPLAY_ONLY", 4, "theirs", mitm=True),
    Way("passkey, ours shows, legacy", ("display", "mitm", "legacy"), "KEYBOARD_ONLY", 3, "ours", mitm=True),
    Way("passkey, ours types, legacy", ("keyboard", "mitm", "legacy"), "DISPLAY_ONLY", 3, "theirs", mitm=True),
    Way("numbers compared", ("yesno", "mitm"), "DISPLAY_YES_NO", 4, "both", mitm=True),
    Way("numbers compared", ("both", "mitm"), "KEYBOARD_DISPLAY", 4, "both", mitm=True, name="both can do all"),
    Way("out of band", ("oob", "mitm"), "NO_INPUT_NO_OUTPUT", 4, oob="both", mitm=True),
    Way("out of band", ("oob", "mitm"), "NO_INPUT_NO_OUTPUT", 4, oob="ours", mitm=True, name="only ours is known"),
    Way("out of band", ("oob", "mitm"), "NO_INPUT_NO_OUTPUT", 4, oob="theirs", mitm=True, name="only theirs is known"),
    Way("out of band, legacy", ("mitm", "legacy"), "NO_INPUT_NO_OUTPUT", 3, oob="secret", sc=False, mitm=True),
]


async def by_the_screens(way, one, other):
    """The users look at both screens, and type what they see."""
    if way.shows == "ours":
        number = await one.until("passkey")
        await other.until("wanted")
        other.say(f"passkey {number:06}")
    elif way.shows == "theirs":
        number = await other.until("passkey")
        await one.until("wanted")
        one.say(f"passkey {number}")
    elif way.shows == "both":
        numbers = await one.until("compare"), await other.until("compare")
        assert numbers[0] == numbers[1], numbers
        other.say("yes")  # ours says it by itself


async def out_of_band(way, one, other):
    """What each has made is brought to the other, before they meet."""
    if way.oob in ("both", "ours", "theirs"):
        r, c = await one.until("oob")
        if way.oob != "theirs":
            other.say(f"oob {r} {c}")
        share = other.context.share()
        if way.oob != "ours":
            one.say(f"oob {share.r.hex()} {share.c.hex()}")
    elif way.oob == "secret":
        one.say(f"tk {other.secret.tk.hex()}")


async def pair(way, role, one, other):
    if role == "peripheral":  # else ours has asked for it, for the sake of its level, and the central does
        one.say("secure")
    await by_the_screens(way, one, other)
    words = await one.until("paired")
    assert words == ["0", "reason", "0", "bonded", "1", "level", str(way.level), "size", "16"], words
    await other.until("paired")
    await one.until("encrypted")
    await other.until("encrypted")


async def subscribe(role, one, other):
    if role == "central":
        other.say("subscribe")
        await other.until("subscribed")
    else:
        one.say("subscribe")
        assert await one.until("done") == 0


async def heard(role, one, other, value):
    server, client = (one, other) if role == "central" else (other, one)
    server.say(f"notify {value}")
    got = await client.until("notified")
    assert got in (f"{value:02x}", int(f"{value:02x}"), [f"{value:02x}"]), got


async def meet(role, one, other):
    """The other's view of ours: its address, and whose that is."""
    if role == "central":
        await one.until("advertising")
        other.say("connect")
    kind = await one.until("connected")
    return kind, await other.until("connected")


async def come_back(way, role, one, other):
    """Encrypted by the bond. The other's view of ours."""
    kind, seen = await meet(role, one, other)
    words = await one.until("encrypted")
    assert words == ["0", "level", str(way.level)], words
    await other.until("encrypted")
    assert not any(line[0] == "paired" for line in (*one.lines, *other.lines)), (one.seen, other.seen)
    return kind, seen


async def part(role, one, other):
    """The central hangs up."""
    (other if role == "central" else one).say("disconnect")
    await one.until("disconnected")
    await other.until("disconnected")


def ours_words(way, role, *more):
    words = [*way.words, "bond", *more]
    return ["central", "seek", *words] if role == "peripheral" else [*words, "level", str(way.level)]


async def pairs(path, peer, role, way):
    """The whole of it, but for what a Bumble that is the server forgets."""
    async with PEERS[peer](path, role, way) as other, pairing_peers.ours(path, *ours_words(way, role)) as one:
        await out_of_band(way, one, other)
        await meet(role, one, other)
        await pair(way, role, one, other)
        await subscribe(role, one, other)
        await heard(role, one, other, 0x17)
        await part(role, one, other)
        await come_back(way, role, one, other)
        if peer == "Bumble" and role == "peripheral":
            await subscribe(role, one, other)
        elif role == "central":
            other.say("ready")
            await other.until("ready")
        await heard(role, one, other, 0x29)
        await part(role, one, other)


async def hides(path, peer, role):
    """Ours, and the other if it can, take private addresses; after the pairing each is known by its identity."""
    way, private = WAYS[0], peer == "Bumble"
    async with PEERS[peer](path, role, way, private) as other, \
            pairing_peers.ours(path, *ours_words(way, role, "private")) as one:
        _, (first, _) = await meet(role, one, other)
        await pair(way, role, one, other)
        await subscribe(role, one, other)
        one.say("rotate")  # both: for the next connection
        if private:
            other.say("rotate")
            await other.until("rotated")
        await part(role, one, other)
        kind, (second, identity) = await come_back(way, role, one, other)
        assert is_private(first) and is_private(second) and first != second, (first, second)
        assert not is_private(identity), identity  # a static one: ours
        assert kind == (3 if private else kind), kind  # a random identity, resolved by ours
        await part(role, one, other)


def is_private(address):
    """Resolvable: Vol 6 Part B 1.3.2.2."""
    return int(address[:2], 16) >> 6 == 1


def make(peer, role, name, checks, run):
    async def one():
        async with air.traced(one.__name__, encrypted=True, hosts=2) as path:
            await run(path)

    one.traced = True
    one.__name__ = f"{peer} is {role}: {name}"
    one.cells = {(peer, role): checks}
    return one


def made_of(peer, role):
    for way in WAYS:
        check = f"pairing: {way.check}"
        if way.oob and peer == "ble-host":
            air.cannot(peer, role, [check], NO_OOB)
            continue
        checks = [check]
        if (peer, role) != ("Bumble", "peripheral") and way is WAYS[0]:
            checks.append(SUBSCRIPTIONS)
        name = f"{way.check}, {way.name}" if way.name else way.check
        yield make(peer, role, name, checks, lambda path, way=way: pairs(path, peer, role, way))
    yield make(peer, role, "private addresses", [PRIVACY], lambda path: hides(path, peer, role))
    if (peer, role) == ("Bumble", "peripheral"):
        air.cannot(peer, role, [SUBSCRIPTIONS], BUMBLE_FORGETS)


def main(arguments):
    everything = [case for peer in PEERS for role in (cells.CENTRAL, cells.PERIPHERAL) for case in made_of(peer, role)]
    air.run(*(case for case in everything if all(word in case.__name__ for word in arguments)))


if __name__ == "__main__":
    main(sys.argv[1:])
