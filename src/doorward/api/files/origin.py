"""The origin that serves what is kept: no cookie comes there, nothing runs there, and it has no other address."""

import re
from contextlib import ExitStack
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, quote

from starlette.responses import Response
from starlette.types import Scope

from doorward.api.classes import RouteClass
from doorward.api.files.ranges import Span, Unsatisfiable, is_among, span_of
from doorward.api.files.sending import Sending
from doorward.api.files.taking import BLOCK_BYTES, keeping
from doorward.api.limits import network_key
from doorward.api.refusals import MethodRefused
from doorward.api.visit import Facts, Visit
from doorward.core.files.errors import LinkRefused
from doorward.core.files.links import Opened
from doorward.core.files.records import File, Purpose
from doorward.core.kernel.errors import NotFound

PATH: Final = "/f/{file_id}"
_PATH: Final = re.compile(r"/f/([0-9a-z]{26})", re.ASCII)
_FACTS: Final = Facts(PATH, RouteClass.PUBLIC, frozenset({"GET", "HEAD"}))
_PLAIN: Final = re.compile(r"[^A-Za-z0-9 ._-]", re.ASCII)
_UNENCODED: Final = "!#$&+-.^_`|~"
"""What may stand as it is in an extended value (RFC 8187 section 3.2.1)."""


async def serve(visit: Visit, scope: Scope, path: str) -> Response:
    """Return the answer to a request on the host of files.

    Raises: NotFound, at every other address. MethodRefused, LinkRefused. TooMany and Unavailable, when enough are sent.
    """
    found = _PATH.fullmatch(path)
    if found is None:
        raise NotFound
    visit.facts = _FACTS
    if scope["method"] not in _FACTS.methods:
        visit.added_headers.append((b"allow", b"GET, HEAD"))
        raise MethodRefused
    doors = visit.doors
    opened = await doors.lanes.files(doors.flows.files.open, found[1], _link(scope))
    headers = _headers(opened, doors.clock.now())
    accel = keeping(doors).accel
    if accel is not None:
        return Response(headers={**headers, "x-accel-redirect": accel(opened.file.key)}, media_type=None)
    return await _answer(visit, opened.file, headers, is_head=scope["method"] == "HEAD")


async def _answer(visit: Visit, file: File, headers: dict[str, str], *, is_head: bool) -> Response:
    etag = headers["etag"] = f'"{file.sha256.hex()}"'
    headers["accept-ranges"] = "bytes"
    if is_among(etag, visit.header(b"if-none-match")):
        return Response(status_code=304, headers=headers)
    same = visit.header(b"if-range") in (None, etag)
    try:
        span = span_of(visit.header(b"range"), file.size) if same else None
    except Unsatisfiable:
        return Response(status_code=416, headers={"content-range": f"bytes */{file.size}"})
    status = 200
    if span is not None:
        status, headers["content-range"] = 206, f"bytes {span.start}-{span.stop - 1}/{file.size}"
    span = span or Span(0, file.size)
    headers["content-length"] = str(span.stop - span.start)
    if is_head:
        return Response(status_code=status, headers=headers)
    doors = visit.doors
    with ExitStack() as slot:
        if span.stop - span.start > BLOCK_BYTES:  # what is shorter does not wait for whoever takes it
            slot.enter_context(keeping(doors).sending_slots.taken(network_key(visit.address)))
        pieces = await doors.lanes.files(doors.flows.files.open.read, file, start=span.start, stop=span.stop)
        return Sending(doors.lanes, pieces, slot.pop_all(), status_code=status, headers=headers)


def _headers(opened: Opened, now: datetime) -> dict[str, str]:
    file = opened.file
    headers = {
        "content-type": file.media_type,
        "content-disposition": disposition(file.name),
        "cache-control": f"private, max-age={max(0, int((opened.until - now).total_seconds()))}",
    }
    if file.purpose is Purpose.AVATAR:
        headers["cross-origin-resource-policy"] = "cross-origin"
    return headers


def disposition(name: str) -> str:
    """Return the field that has a file saved and never shown, under its name.

    Source: RFC 6266; RFC 8187.
    """
    plain = _PLAIN.sub("_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=_UNENCODED)}"


def _link(scope: Scope) -> str:
    query: bytes = scope["query_string"]
    try:
        said = parse_qs(query.decode("ascii"), max_num_fields=2).get("link", [])
    except ValueError:
        raise LinkRefused from None
    if len(said) != 1:
        raise LinkRefused
    return said[0]
