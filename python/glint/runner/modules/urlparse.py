"""URLs and their parts, as tuples of text."""

from __future__ import annotations

import urllib.parse as _parse
from typing import Any, Callable, Dict, Tuple

SAFE = "$-_.+!*'(),"


def parse(url: str) -> Tuple[str, str, str, str, str]:
    """(scheme, netloc, path, query, fragment)."""
    parts = _parse.urlsplit(url)
    return parts.scheme, parts.netloc, parts.path, parts.query, parts.fragment


def parse_netloc(netloc: str) -> Tuple[str, str, str, str]:
    """(user, password, host, port)."""
    account, at, place = netloc.rpartition("@")
    user, _, password = account.partition(":")
    host, colon, port = place.rpartition(":")
    if not colon or "]" in port:
        host, port = place, ""
    return user, password, host, port


def quote(s: Any) -> str:
    """With %XX for octets that are not safe in a URL."""
    return _parse.quote(s, safe=SAFE)


def quote_plus(s: Any) -> str:
    """The same, and for + too."""
    return _parse.quote(s, safe=SAFE.replace("+", ""))


def unquote(s: str) -> str:
    """Undoes both; + becomes a space."""
    return _parse.unquote_plus(s)


def parse_qs(qs: str) -> Dict[str, str]:
    """Names and values of a query."""
    pairs = (item.partition("=") for item in qs.split("&") if item)
    return {unquote(name): unquote(value) for name, _, value in pairs}


def urlencode(data: Dict[Any, Any], quote_via: Callable[[Any], str] = quote_plus) -> str:
    """A query of names and values."""
    return "&".join(f"{quote_via(str(name))}={quote_via(str(value))}" for name, value in data.items())
