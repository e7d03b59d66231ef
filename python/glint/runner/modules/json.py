"""JSON, with the old module's error."""

from __future__ import annotations

import json as _json
from typing import Any

from ..errors import JSONError


def dumps(obj: Any, **kwargs: Any) -> str:
    """The text of an object."""
    try:
        return _json.dumps(obj, **kwargs)
    except (TypeError, ValueError) as e:
        raise JSONError(f"json.dumps: {e}") from None


def loads(data: Any, **kwargs: Any) -> Any:
    """The object of a text, or of its octets."""
    try:
        return _json.loads(bytes(data) if isinstance(data, (bytearray, memoryview)) else data, **kwargs)
    except ValueError as e:
        raise JSONError(f"json.loads: {e}") from None
