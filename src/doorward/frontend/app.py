"""Answering with the files of an application: GET and HEAD, ranges, tags, and its page for all else below it."""

import re
from collections.abc import Mapping
from typing import Final

from starlette.types import Receive, Scope, Send

from doorward.frontend.files import FINGERPRINTED, INDEX, SOURCE_MAP, File

Fields = list[tuple[bytes, bytes]]

_RANGE: Final = re.compile(r"bytes=(?:(?P<first>[0-9]{1,18})-(?P<last>[0-9]{1,18})?|-(?P<suffix>[0-9]{1,18}))")
_REFUSES_GZIP: Final = re.compile(r"gzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)")
_ALWAYS: Final[Fields] = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
_OVER_TLS: Final = (b"strict-transport-security", b"max-age=63072000")
"""Whoever came once by TLS comes by nothing else; without TLS it is not said (RFC 6797 section 7.2)."""

_OK, _PARTIAL, _MOVED, _UNCHANGED, _NOT_FOUND, _METHOD, _BEYOND = 200, 206, 308, 304, 404, 405, 416


class Frontend:
    """An application made of files, below a path that begins and ends with a slash."""

    def __init__(self, files: Mapping[str, File], path: str, policy: str) -> None:
        self._files = files
        self._path = path
        self._always = [*_ALWAYS, (b"content-security-policy", policy.encode("ascii"))]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; of the server's life there is nothing to do."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        is_head = scope["method"] == "HEAD"
        status, fields, body = self._answer(scope)
        is_tls = scope["scheme"] == "https" or (b"x-forwarded-proto", b"https") in scope["headers"]
        fields = [*fields, *self._always, *([_OVER_TLS] if is_tls else []), (b"content-length", b"%d" % len(body))]
        if status == _UNCHANGED:
            fields.pop()
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": b"" if is_head else body})

    def _answer(self, scope: Scope) -> tuple[int, Fields, bytes]:
        if scope["method"] not in ("GET", "HEAD"):
            return _METHOD, [(b"allow", b"GET, HEAD")], b""
        path: str = scope["path"]
        if f"{path}/" == self._path:
            return _MOVED, [(b"location", self._path.encode("ascii"))], b""
        file = self._found(path)
        if file is None:
            return _NOT_FOUND, [(b"cache-control", b"no-store")], b""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        return _shown(file, headers)

    def _found(self, path: str) -> File | None:
        """Return the file at a path: its page at every other address, but for those of its parts."""
        if not path.startswith(self._path):
            return None
        name = path.removeprefix(self._path)
        found = self._files.get(name)
        if found is not None:
            return found
        parts = name.split("/")
        is_part = (
            FINGERPRINTED in parts[:-1] or any(part.startswith(".") for part in parts) or name.endswith(SOURCE_MAP)
        )
        return None if is_part else self._files[INDEX]


def _shown(file: File, headers: Mapping[bytes, str]) -> tuple[int, Fields, bytes]:
    asked = headers.get(b"range")
    packed = file.compressed if asked is None and _takes_gzip(headers.get(b"accept-encoding", "")) else None
    tag = f'"{file.tag}{"-gzip" if packed is not None else ""}"'
    fields: Fields = [(b"etag", tag.encode()), (b"cache-control", file.kept.encode())]
    if file.compressed is not None:
        fields.append((b"vary", b"accept-encoding"))
    if _has(tag, headers.get(b"if-none-match", "")):
        return _UNCHANGED, fields, b""
    fields += [(b"content-type", file.kind.encode()), (b"accept-ranges", b"bytes")]
    if packed is not None:
        return _OK, [*fields, (b"content-encoding", b"gzip")], packed
    if asked is not None and headers.get(b"if-range", tag) == tag:
        return _part(file, asked, fields)
    return _OK, fields, file.content


def _part(file: File, asked: str, fields: Fields) -> tuple[int, Fields, bytes]:
    """Return one range of a file; whoever asks for several gets the whole (RFC 9110 section 14.2)."""
    found, size = _RANGE.fullmatch(asked.strip()), len(file.content)
    if found is None:
        return _OK, fields, file.content
    if found["suffix"] is not None:
        first, last = max(0, size - int(found["suffix"])), size - 1
    else:
        first, last = int(found["first"]), min(int(found["last"] or size - 1), size - 1)
    if first > last:
        return _BEYOND, [*fields, (b"content-range", b"bytes */%d" % size)], b""
    return (
        _PARTIAL,
        [*fields, (b"content-range", b"bytes %d-%d/%d" % (first, last, size))],
        file.content[first : last + 1],
    )


def _takes_gzip(accepted: str) -> bool:
    return "gzip" in accepted and _REFUSES_GZIP.search(accepted) is None


def _has(tag: str, presented: str) -> bool:
    """Tell whether a list of tags has one, compared weakly (RFC 9110 section 13.1.2)."""
    return presented.strip() == "*" or tag in {each.strip().removeprefix("W/") for each in presented.split(",")}


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
