"""What is checked of a request before anything is parsed: sizes, time, kind, and whether its JSON means one thing."""

import asyncio
import json
from collections.abc import Awaitable, Iterable, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl

from starlette.types import Message, Receive, Scope

from doorward.api.classes import RouteClass
from doorward.api.middleware.begun import Begun, in_a_task
from doorward.api.refusals import (
    BodyMalformed,
    BodyTooLarge,
    BodyTooSlow,
    ContentTypeRefused,
    HeadersTooLarge,
    UrlTooLong,
)
from doorward.api.versions import in_first
from doorward.api.visit import Facts
from doorward.core.kernel.json_value import JsonValue

MAX_BODY_BYTES: Final = 64 * 1024
MAX_HEADER_BYTES: Final = 16 * 1024
MAX_URL_BYTES: Final = 8 * 1024
MAX_FORM_FIELDS: Final = 100
MAX_DEPTH: Final = 16
BODY_TIME: Final = timedelta(seconds=30)

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
FORM_TOO: Final = frozenset({"/v1/auth/login_mobile"})
"""Where a form is read besides JSON: the password grant of documentation pages and of OAuth clients."""

STREAMED: Final[Mapping[str, frozenset[str]]] = {
    **{f"/v1/{kind}/avatar": frozenset({"PUT"}) for kind in ("web", "mobile")},
    **{f"/v1/{kind}/files": frozenset({"POST"}) for kind in ("web", "mobile")},
    **{f"/v1/{kind}/files/uploads/{{upload_id}}": frozenset({"PATCH"}) for kind in ("web", "mobile")},
    "/account/picture": frozenset({"POST"}),
}
"""Where a body is taken as it comes, by which methods. Their routes see to its size, its time and its type; a page
reads the token against forgery out of its form itself."""

SPECIFIED: Final = "/oauth/"
"""Where specifications say how a form is refused that cannot be read in one way only: the route itself reads it."""

REGISTRATION: Final = "/oauth/register"
"""Where applications describe themselves in JSON (RFC 7591 section 3.1)."""

_Container = dict[str, JsonValue] | list[JsonValue]


def check_head(scope: Scope, header_bytes: int) -> None:
    """Return when the head of a request is small enough.

    Raises: UrlTooLong, HeadersTooLarge.
    """
    if len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"]) > MAX_URL_BYTES:
        raise UrlTooLong
    if header_bytes > MAX_HEADER_BYTES:
        raise HeadersTooLarge


async def read_body(receive: Receive, declared: bytes | None) -> bytes:
    """Return the whole body.

    Raises: BodyTooLarge, before it is read where its declared length says so; BodyTooSlow; BodyMalformed, when the
    client went away before the end.
    """
    if declared is not None and (not declared.isdigit() or int(declared) > MAX_BODY_BYTES):
        raise BodyTooLarge
    reading = _collect(receive)
    try:
        waits_for = reading.send(None)
    except StopIteration as over:  # it was all there already, as mostly: that needs no time, and nobody who looks at it
        body: bytes = over.value
        return body
    await in_a_task()
    return await _in_time(Begun(reading, waits_for))


def check_body(body: bytes, content_type: bytes | None, facts: Facts) -> Mapping[str, str] | None:
    """Return the fields of a form, or None for JSON and for no body at all, when the body can be read one way only.

    Raises: ContentTypeRefused, BodyMalformed.
    """
    if not body:
        return {} if facts.kind is RouteClass.PAGE else None
    kind, parameters = _media_type(content_type)
    if kind not in _accepted(facts) or parameters not in ("", "charset=utf-8"):
        raise ContentTypeRefused
    if facts.path.startswith(SPECIFIED) and kind == FORM:
        return None
    if kind == FORM:
        return read_form(body)
    check_json(body)
    return None


def read_form(body: bytes) -> dict[str, str]:
    """Return the fields of a form; each may come once.

    Raises: BodyMalformed.
    """
    try:
        pairs = read_pairs(body)
    except ValueError:
        raise BodyMalformed from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise BodyMalformed
    return fields


def read_pairs(body: bytes) -> list[tuple[str, str]]:
    """Return names and values of a form, in order.

    Where nothing in it is encoded there is nothing to decode: that takes a third of the time.
    Raises: ValueError, when it cannot be read, or has too many of them.
    """
    text = body.decode("ascii")
    if "%" in text or "+" in text:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FORM_FIELDS)
    parts = text.split("&")
    if len(parts) > MAX_FORM_FIELDS:
        raise ValueError("a form has too many fields")
    return [(name, value) for name, _, value in (part.partition("=") for part in parts if part)]


def check_json(body: bytes) -> None:
    """Return when the body is JSON that every reader understands alike.

    Source: RFC 8259 sections 4 and 8.1; RFC 7493 (I-JSON).
    Raises: BodyMalformed.
    """
    try:
        value: JsonValue = _STRICT.decode(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise BodyMalformed from None
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        raise BodyMalformed


def replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the whole body at once, and afterwards what the client really sends."""
    is_given = False

    async def receive_again() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


async def _in_time(reading: Awaitable[bytes]) -> bytes:
    """Return what is read, unless that takes too long: as `asyncio.timeout` has it, in a third of its time."""
    task, is_late = asyncio.current_task(), False
    if task is None:
        raise RuntimeError("a body is read outside of a task")
    cancelled_before = task.cancelling()

    def give_up() -> None:
        nonlocal is_late
        is_late = True
        task.cancel()

    patience = task.get_loop().call_later(BODY_TIME.total_seconds(), give_up)
    try:
        return await reading
    except asyncio.CancelledError:
        if is_late and task.uncancel() <= cancelled_before:
            raise BodyTooSlow from None
        raise
    finally:
        patience.cancel()


async def _collect(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BodyMalformed
        chunk: bytes = message.get("body", b"")
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
        if not message.get("more_body", False):
            return body


def _accepted(facts: Facts) -> tuple[str, ...]:
    if facts.path.startswith(REGISTRATION):
        return (JSON,)
    if facts.kind is RouteClass.PAGE or facts.kind.speaks_oauth:
        return (FORM,)
    return (JSON, FORM) if in_first(facts.path) in FORM_TOO else (JSON,)


@lru_cache(maxsize=64)
def _media_type(content_type: bytes | None) -> tuple[str, str]:
    kind, _, parameters = (content_type or b"").decode("latin-1").partition(";")
    return kind.strip().lower(), parameters.strip().lower().replace('"', "")


def _without_repeats(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


def _refuse_constant(name: str) -> JsonValue:
    raise ValueError(name)


def _depth(value: JsonValue) -> int:
    """Return how deep a value nests; it takes no call a level, so depth costs no stack."""
    depth, level = 0, _containers([value])
    while level:
        depth += 1
        level = [inner for outer in level for inner in _containers(_members(outer))]
    return depth


def _containers(values: Iterable[JsonValue]) -> list[_Container]:
    return [value for value in values if isinstance(value, dict | list)]


def _members(value: _Container) -> Iterable[JsonValue]:
    return value.values() if isinstance(value, dict) else value


_STRICT: Final = json.JSONDecoder(object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
"""Reads JSON; `json.loads` would make such a decoder anew for each body."""
