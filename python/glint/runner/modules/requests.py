"""HTTP over this computer's own network, in the old module's words."""

from __future__ import annotations

import http.client
import json as _json
from typing import Any, Callable, Dict, Optional

from .. import board, lenient
from ..errors import HTTPConnectionError
from . import urlparse

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


class Response:
    """status, content (octets), headers, connection; text() and json()."""

    def __init__(self, status: int, headers: Dict[str, str], content: bytes, connection: Any) -> None:
        self.status, self.headers, self.content, self.connection = status, headers, content, connection

    def text(self) -> str:
        """The content as text."""
        try:
            return self.content.decode("utf-8")
        except UnicodeDecodeError:
            return self.content.decode("latin-1")

    def json(self) -> Any:
        """The object that the content is."""
        return _json.loads(self.content)


def _connect(scheme: str, netloc: str, ctx: Any) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(netloc, context=ctx)
    if scheme != "http":
        raise ValueError(f"requests: {scheme!r} is neither http nor https")
    return http.client.HTTPConnection(netloc)


def _request(method: str, url: str, body: Optional[bytes], headers: Dict[str, str], params: Any = None, ctx: Any = None,
             connection: Any = None, stream_callback: Optional[Callable[[bytes], Any]] = None,
             stream_chunk: int = 512) -> Response:
    scheme, netloc, path, query, _ = urlparse.parse(url)
    query = "&".join(part for part in (query, urlparse.urlencode(params) if params else "") if part)
    line = (path or "/") + ("?" + query if query else "")
    headers = {"Connection": "close", **headers}
    keep = headers["Connection"].lower() == "keep-alive"
    with board.here().clock.outside():
        link = connection or _connect(scheme, netloc, ctx)
        try:
            link.request(method, line, body, headers)
            answer = link.getresponse()
            content = b""
            while True:
                chunk = answer.read(stream_chunk) if stream_callback else answer.read()
                if not chunk:
                    break
                content = chunk
                if not stream_callback:
                    break
                stream_callback(chunk)
        except (OSError, http.client.HTTPException) as e:
            link.close()
            raise HTTPConnectionError(f"requests.{method.lower()}: {url}: {e}") from None
        if not keep:
            link.close()
    return Response(answer.status, dict(answer.getheaders()), content, link if keep else None)


def _with_body(method: str, url: str, data: Any, json: Any, headers: Any, ctx: Any) -> Response:
    given = dict(headers or {})
    body: Optional[bytes] = None
    kinds = {name.lower() for name in given}
    if data is not None:
        body = urlparse.urlencode(data).encode() if isinstance(data, dict) else lenient.like(b"", data)
        kind = FORM
    elif json is not None:
        body, kind = _json.dumps(json).encode(), JSON
    if body is not None and "content-type" not in kinds:
        given["Content-Type"] = kind
    return _request(method, url, body, given, ctx=ctx)


def get(url: str, params: Any = None, headers: Any = None, connection: Any = None, stream_callback: Any = None,
        stream_chunk: int = 512, ctx: Any = None) -> Response:
    """GET. With stream_callback the content comes to it in pieces."""
    return _request("GET", url, None, dict(headers or {}), params, ctx, connection, stream_callback, stream_chunk)


def post(url: str, data: Any = None, json: Any = None, headers: Any = None, ctx: Any = None) -> Response:
    """POST of a form (data) or of JSON."""
    return _with_body("POST", url, data, json, headers, ctx)


def put(url: str, data: Any = None, json: Any = None, headers: Any = None, ctx: Any = None) -> Response:
    """PUT, as post()."""
    return _with_body("PUT", url, data, json, headers, ctx)


def patch(url: str, data: Any = None, json: Any = None, headers: Any = None, ctx: Any = None) -> Response:
    """PATCH, as post()."""
    return _with_body("PATCH", url, data, json, headers, ctx)


def delete(url: str, headers: Any = None, ctx: Any = None) -> Response:
    """DELETE."""
    return _request("DELETE", url, None, dict(headers or {}), ctx=ctx)


def head(url: str, headers: Any = None, ctx: Any = None) -> Response:
    """HEAD."""
    return _request("HEAD", url, None, dict(headers or {}), ctx=ctx)


def options(url: str, headers: Any = None, ctx: Any = None) -> Response:
    """OPTIONS."""
    return _request("OPTIONS", url, None, dict(headers or {}), ctx=ctx)


def upload(url: str, fd: Any, ctx: Any = None, mime_type: str = "application/octet-stream",
           method: str = "POST") -> Response:
    """The content of something with read() and size()."""
    body = bytes(fd.read(fd.size()))
    return _request(method, url, body, {"Content-Type": mime_type}, ctx=ctx)
