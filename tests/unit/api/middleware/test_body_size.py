"""Checks before parsing."""

import asyncio
import json
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as some
from starlette.types import Message, Receive

from doorward.api.classes import RouteClass
from doorward.api.middleware import body_size
from doorward.api.middleware.body_size import (
    MAX_BODY_BYTES,
    MAX_FORM_FIELDS,
    check_body,
    check_head,
    check_json,
    read_body,
    read_form,
    read_pairs,
)
from doorward.api.refusals import (
    BodyMalformed,
    BodyTooLarge,
    BodyTooSlow,
    ContentTypeRefused,
    HeadersTooLarge,
    UrlTooLong,
)
from doorward.api.visit import Facts

JSON_ROUTE = Facts("/v1/auth/register", RouteClass.WEB, frozenset({"POST"}))
EITHER_ROUTE = Facts("/v1/auth/login_mobile", RouteClass.PUBLIC, frozenset({"POST"}))
PAGE = Facts("/sign-in", RouteClass.PAGE, frozenset({"POST"}))
FORM = "application/x-www-form-urlencoded"


def receiving(*messages: Message) -> Receive:
    waiting = list(messages)

    async def receive() -> Message:
        if not waiting:
            await asyncio.sleep(60)
        return waiting.pop(0)

    return receive


def part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def a_head(path: bytes, query: bytes = b"") -> dict[str, object]:
    return {"path": path.decode(), "raw_path": path, "query_string": query}


def test_check_head_at_the_limits_passes() -> None:
    check_head(a_head(b"/" + b"a" * 4095, b"b" * 4096), 16 * 1024)


def test_check_head_long_url_is_refused() -> None:
    with pytest.raises(UrlTooLong):
        check_head(a_head(b"/" + b"a" * 4096, b"b" * 4096), 0)


def test_check_head_large_headers_are_refused() -> None:
    with pytest.raises(HeadersTooLarge):
        check_head(a_head(b"/"), 16 * 1024 + 1)


def test_read_body_joins_the_parts() -> None:
    body = asyncio.run(read_body(receiving(part(b"ab", more=True), part(b"cd")), None))

    assert body == b"abcd"


def test_read_body_of_exactly_the_limit_passes() -> None:
    body = asyncio.run(read_body(receiving(part(b"x" * MAX_BODY_BYTES)), b"%d" % MAX_BODY_BYTES))

    assert len(body) == MAX_BODY_BYTES


@pytest.mark.parametrize("declared", [b"%d" % (MAX_BODY_BYTES + 1), b"9" * 30, b"-1", b"1e3", b"", b"\xb2"])
def test_read_body_declared_too_large_is_refused_unread(declared: bytes) -> None:
    with pytest.raises(BodyTooLarge):
        asyncio.run(read_body(receiving(), declared))


def test_read_body_larger_than_declared_is_refused() -> None:
    parts = receiving(part(b"x" * MAX_BODY_BYTES, more=True), part(b"x"))

    with pytest.raises(BodyTooLarge):
        asyncio.run(read_body(parts, None))


def test_read_body_slow_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_size, "BODY_TIME", body_size.BODY_TIME / 1000)

    with pytest.raises(BodyTooSlow):
        asyncio.run(read_body(receiving(part(b"a", more=True)), None))


def test_read_body_that_somebody_else_ends_is_not_called_slow() -> None:
    async def end_it() -> None:
        reading = asyncio.create_task(read_body(receiving(part(b"a", more=True)), None))
        await asyncio.sleep(0)
        reading.cancel()
        await reading

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(end_it())


def test_read_body_in_time_is_not_ended_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_size, "BODY_TIME", body_size.BODY_TIME / 30_000)

    async def outlive() -> bytes:
        body = await read_body(receiving(part(b"ab")), None)
        await asyncio.sleep(0.01)
        return body

    assert asyncio.run(outlive()) == b"ab"


def test_read_body_client_that_leaves_is_refused() -> None:
    with pytest.raises(BodyMalformed):
        asyncio.run(read_body(receiving(part(b"a", more=True), {"type": "http.disconnect"}), None))


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=utf-8", 'application/json;charset="UTF-8"']
)
def test_check_body_json_passes(content_type: str) -> None:
    assert check_body(b"{}", content_type.encode(), JSON_ROUTE) is None


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        FORM,
        "application/json; charset=utf-16",
        "multipart/form-data",
        "application/xml",
        "json",
    ],
)
def test_check_body_other_kind_is_refused(content_type: str | None) -> None:
    with pytest.raises(ContentTypeRefused):
        check_body(b"{}", None if content_type is None else content_type.encode(), JSON_ROUTE)


def test_check_body_none_at_all_needs_no_kind() -> None:
    assert check_body(b"", None, JSON_ROUTE) is None


def test_check_body_form_where_both_are_read() -> None:
    assert check_body(b"username=a&password=b+c%21", FORM.encode(), EITHER_ROUTE) == {
        "username": "a",
        "password": "b c!",
    }


def test_check_body_page_reads_forms_alone() -> None:
    assert check_body(b"a=1", FORM.encode(), PAGE) == {"a": "1"}
    with pytest.raises(ContentTypeRefused):
        check_body(b"{}", b"application/json", PAGE)


@pytest.mark.parametrize("form", [b"a=1&a=2", b"a=%ff", b"\xff=1", "&".join(f"f{n}=" for n in range(101)).encode()])
def test_read_form_ambiguous_one_is_refused(form: bytes) -> None:
    with pytest.raises(BodyMalformed):
        read_form(form)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"a":1,"a":2}', id="member twice"),
        pytest.param(b'{"a":{"b":1,"b":1}}', id="inner member twice"),
        pytest.param(b'{"a":"\xff"}', id="not UTF-8"),
        pytest.param(b"\xef\xbb\xbf{}", id="byte order mark"),
        pytest.param('{"a":1}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"a":NaN}', id="NaN"),
        pytest.param(b'{"a":Infinity}', id="infinity"),
        pytest.param(b'{"a":1', id="cut off"),
        pytest.param(b"{} {}", id="two values"),
        pytest.param(b"[" * 17 + b"]" * 17, id="17 levels"),
        pytest.param(b"[" * 30000, id="open forever"),
        pytest.param(b"[" * 30000 + b"]" * 30000, id="30,000 levels"),
        pytest.param(b"1" * 5000, id="endless number"),
        pytest.param(b"{'a':1}", id="single quotes"),
        pytest.param(b'{"a":1,}', id="comma too many"),
    ],
)
def test_check_json_ambiguous_one_is_refused(body: bytes) -> None:
    with pytest.raises(BodyMalformed):
        check_json(body)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[" * 16 + b"]" * 16,
        b'{"a":"[[[[[[[[[[[[[[[[[[[["}',
        json.dumps([{"a": [1]}] * 100).encode(),
        '{"é":"\U0001f600"}'.encode(),
    ],
)
def test_check_json_plain_one_passes(body: bytes) -> None:
    check_json(body)


@given(some.text("xy=&;%+41 "))
def test_read_pairs_says_what_the_standard_library_says(text: str) -> None:
    assert read_pairs(text.encode()) == parse_qsl(text, keep_blank_values=True)


@pytest.mark.parametrize("encoded", ["", "%41"])
def test_read_pairs_more_than_anybody_needs_are_refused(encoded: str) -> None:
    body = "&".join([f"a=b{encoded}"] * (MAX_FORM_FIELDS + 1)).encode()

    with pytest.raises(ValueError, match="fields"):
        read_pairs(body)


@pytest.mark.parametrize("body", [b"a=\xe4", b"a=%e4"])
def test_read_pairs_letters_that_are_none_are_refused(body: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        read_pairs(body)
