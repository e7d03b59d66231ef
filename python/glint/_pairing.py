"""Pairing by the modern face: what both roles of Radio do for it. Who the user is and what they can do is told by which
functions a program gives; the library's capabilities follow from that."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any, Callable, Optional, Union

from glint import _check, _glint
from glint._dispatch import log
from glint._errors import error_of, pairing_error
from glint._types import Address, Passkey

if TYPE_CHECKING:
    from glint._radio import Connection

Function = Optional[Callable[..., Any]]


def capabilities(show: object, compare: object, ask: object) -> int:
    """CAP_... of who has these functions."""
    if ask is not None:
        return _glint.CAP_KB_ONLY if show is None and compare is None else _glint.CAP_KB_DISPLAY
    if compare is not None:
        return _glint.CAP_DISPLAY_YES_NO
    return _glint.CAP_NONE if show is None else _glint.CAP_DISPLAY_ONLY


class Pairing:
    """The part of Radio that pairs."""

    native: _glint.Device
    peers: dict[int, Connection]

    async def _asked(self, verb: Any, *args: Any) -> Any:
        """Of Radio."""
        raise NotImplementedError

    def _init_pairing(self) -> None:
        self._show: Function = None
        self._compare: Function = None
        self._ask: Function = None
        self._asking: set[asyncio.Future[Any]] = set()

    def security(self, *, show: Function = None, compare: Function = None, ask: Function = None, bonding: bool = False,
                 mitm: bool = False, sc_only: bool = False, key_size: int = 16, min_key_size: Optional[int] = None,
                 oob: bool = False, passkey: int = 0, signing: bool = False, on_demand: bool = False,
                 keep_bonded: bool = False, evict: bool = False) -> None:
        """Sets how to pair, from the next pairing on.

        Parameters
        ----------
        show : function of (Connection, Passkey), optional
            Shows six digits to the user.
        compare : function of (Connection, Passkey) to bool, optional
            Whether the peer shows the same six digits. May be a coroutine function, as the others.
        ask : function of (Connection) to int, optional
            The six digits that the peer shows.
        bonding : bool, optional
            Keys are kept.
        mitm : bool, optional
            Pairings without protection against someone in the middle are refused.
        sc_only : bool, optional
            Legacy pairing is refused.
        key_size, min_key_size : int, optional
            7..16 octets, the largest and the smallest key; None: as the largest.
        oob : bool, optional
            Data that came another way may be used.
        passkey : int, optional
            1..999999: always this one, which is weak; 0: a fresh one for each pairing.
        signing : bool, optional
            Keys for signed writes are exchanged, in both directions: with `bonding`.
        on_demand : bool, optional
            A central does not encrypt by itself with the keys of a bond, but by ``pair()`` or when the peer asks: signed
            writes are for links that are not encrypted.
        keep_bonded : bool, optional
            A bonded peer pairs anew only over a link that its bond has encrypted.
        evict : bool, optional
            When there is no room, a new bond without MITM protection takes the place of the oldest such bond; else it is
            not kept, as strangers could push out who belongs here.

        Raises
        ------
        ArgumentError
            What is outside its range, or cannot go together.
        """
        from wireless import _settings

        for name, fn in (("show", show), ("compare", compare), ("ask", ask)):
            _check.function(name, fn)
        keys = _glint.KEY_ENC | _glint.KEY_ID | (_glint.KEY_CSR if _check.truth("signing", signing) else 0)
        scheme = _glint.AUTH_SC | (_glint.AUTH_MITM if _check.truth("mitm", mitm) else 0)
        wish = _settings.security(capabilities(show, compare, ask), int(_check.truth("bonding", bonding)), scheme, key_size,
                                  keys, keys, int(_check.truth("oob", oob)), passkey, min_key_size, sc_only,
                                  keep_bonded, evict)
        self.native.security(*wish.arguments(1, _check.truth("on_demand", on_demand)))
        self.native.set_asked(ask is not None)
        self._show, self._compare, self._ask = show, compare, ask

    def bonded(self) -> list[Address]:
        """The addresses of bonded devices, also before ``start()``."""
        return [Address(octets, kind) for kind, octets in self.native.bonded()]

    def remove_bonded(self, addr: Union[Address, bytes, str]) -> None:
        """Forgets a bonded device, after disconnecting it; one that is not known does nothing."""
        kind, octets = _check.address("addr", addr)
        for one in (kind,) if hasattr(addr, "addr_type") else (0, 1):
            self.native.remove_bonded(one, octets)

    async def oob_data(self) -> bytes:
        """What is to be told to the peer another way, for the next pairing: 32 octets. After ``security(oob=True)`` and
        ``start()``."""
        found: bytes = await self._asked(self.native.oob_data)
        return found

    def set_oob_data(self, data: bytes, peer: Union[Address, bytes, str, None] = None) -> None:
        """What the peer has told another way: 32 octets, or the 16 of legacy pairing. Used once."""
        octets = _check.octets("data", data)
        kind, address = _check.address("peer", peer) if peer is not None else (0, None)
        self.native.set_oob_data(octets, kind, address)

    # -- events -------------------------------------------------------------------------------------------------

    def _on_passkey(self, peer: int, t_us: int, number: int) -> None:
        self._user(peer, self._show, lambda unused: None, Passkey(number, peer))

    def _on_compare(self, peer: int, t_us: int, number: int) -> None:
        self._user(peer, self._compare, lambda same: self.native.confirm_passkey(peer, bool(same)), Passkey(number, peer))

    def _on_passkey_wanted(self, peer: int, t_us: int) -> None:
        self._user(peer, self._ask, lambda number: self.native.enter_passkey(
            peer, _check.integer("passkey", number, 0, 999999, "six digits")))

    def _user(self, peer: int, fn: Function, done: Callable[[Any], object], *args: Any) -> None:
        """Asks the program's function; its answer goes on to `done`."""
        connection = self.peers.get(peer)
        if connection is not None and fn is not None:
            task = asyncio.ensure_future(_asked(fn, done, connection, *args))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    def _on_encrypted(self, peer: int, t_us: int, err: int, level: int, key_size: int) -> None:
        connection = self.peers.get(peer)
        if connection is None:
            return
        connection.level = level
        if not self.native.is_pairing(peer):
            connection._secured(error_of(err, "encryption") if err else None)

    def _on_paired(self, peer: int, t_us: int, err: int, reason: int, by_peer: bool, bonded: bool, level: int,
                   key_size: int, addr_type: int, identity: bytes) -> None:
        connection = self.peers.get(peer)
        if connection is not None:
            connection._secured(pairing_error(err, reason, by_peer) if err else None)


async def _asked(fn: Callable[..., Any], done: Callable[[Any], object], connection: Connection, *args: Any) -> None:
    try:
        answer = fn(connection, *args)
        done(await answer if inspect.isawaitable(answer) else answer)
    except _glint.Error as late:
        log.warning("an answer to pairing was not taken: %s", late)
    except Exception:
        log.exception("an exception in a function of security()")
