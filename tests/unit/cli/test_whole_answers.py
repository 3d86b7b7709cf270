"""Answers that an application gives in one message, over real connections."""

import pytest
from starlette.types import Receive, Scope, Send

from doorward.api.middleware.answering import WHOLE
from doorward.api.middleware.begun import in_a_task
from doorward.api.middleware.security_headers import Field
from doorward.cli.serving.protocol import BoundedProtocol, DirectProtocol
from tests.unit.cli.lines import BOTH, LAST, get, heard, say

pytestmark = pytest.mark.slow


def whole(*, headers: list[Field], kept: tuple[Field, ...] = (), body: bytes = b"") -> dict[str, object]:
    """Return a message that is a whole answer."""
    return {"type": WHOLE, "status": 200, "headers": headers, "kept": kept, "body": body}


@BOTH
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("waits", [False, True])
def test_whole_answer_is_as_the_same_one_in_two_messages(
    method: str, protocol: type[BoundedProtocol], *, waits: bool
) -> None:
    async def in_two(_: Scope, __: Receive, send: Send) -> None:
        await say(send, "told")

    async def at_once(scope: Scope, _: Receive, send: Send) -> None:
        assert (WHOLE in scope["extensions"]) == (protocol is DirectProtocol)
        if waits:
            await in_a_task()
        await send(
            whole(body=b"told", headers=[(b"content-length", b"4")], kept=((b"x-kept", b"a"), (b"X-Kept", b"b")))
        )

    request = method.encode() + b" / HTTP/1.1\r\n" + LAST + b"\r\n"
    (head, body), (whole_head, whole_body) = (
        heard(protocol, app, request).split(b"\r\n\r\n") for app in (in_two, at_once)
    )

    assert whole_body == body == (b"told" if method == "GET" else b"")
    assert b"\r\ncontent-length: 4" in head
    assert b"\r\ncontent-length: 4" in whole_head
    assert whole_head.endswith(b"\r\nx-kept: a\r\nx-kept: b")
    assert whole_head.split(b"\r\n")[0] == head.split(b"\r\n")[0]


@BOTH
@pytest.mark.parametrize("place", ["headers", "kept"])
@pytest.mark.parametrize(
    "field",
    [(b"x-a", b"b\r\nset-cookie: c=d"), (b"x-a", b"b\x00"), (b"x-a: b\r\nset-cookie", b"c=d"), (b"x a", b"b")],
)
def test_whole_answer_field_that_could_be_taken_for_more_is_never_written(
    field: tuple[bytes, bytes], place: str, protocol: type[BoundedProtocol]
) -> None:
    async def split(_: Scope, __: Receive, send: Send) -> None:
        await send(whole(headers=[(b"content-length", b"0")]) | {place: ((b"x-first", b"a"), field)})

    assert [heard(protocol, split, get("/")) for _ in range(2)] == [b"", b""]


@BOTH
@pytest.mark.parametrize(
    "field", [(b"content-length", b"0"), (b"Transfer-Encoding", b"chunked"), (b"connection", b"x")]
)
def test_whole_answer_field_that_counts_is_never_among_those_that_are_kept(
    field: tuple[bytes, bytes], protocol: type[BoundedProtocol]
) -> None:
    async def smuggle(_: Scope, __: Receive, send: Send) -> None:
        await send(whole(headers=[], kept=(field,)))

    assert heard(protocol, smuggle, get("/")) == b""


@BOTH
def test_whole_answer_after_another_one_is_never_written(protocol: type[BoundedProtocol]) -> None:
    async def repeat(_: Scope, __: Receive, send: Send) -> None:
        await send(whole(body=b"told", headers=[(b"content-length", b"4")]))
        await send(whole(body=b"more", headers=[(b"content-length", b"4")]))

    assert heard(protocol, repeat, get("/", LAST)).endswith(b"\r\n\r\ntold")
