"""Sending an answer, with everything added that each must carry."""

from collections.abc import Callable, Sequence
from typing import Final, Literal, TypedDict

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from doorward.api.middleware.security_headers import Field
from doorward.api.visit import Visit

WHOLE: Final = "doorward.response"
"""A whole answer in one message, as an extension to ASGI: sent only where a scope names it among its extensions."""

Protects = Callable[[list[Field], Visit], tuple[Field, ...]]


class WholeAnswer(TypedDict):
    """The message. `kept` are fields that many answers share, besides `headers`: the server may keep their lines."""

    type: Literal["doorward.response"]
    status: int
    headers: Sequence[Field]
    kept: tuple[Field, ...]
    body: bytes


class Answer:
    """Sends an answer, with everything added that each must carry; to HEAD, its head alone."""

    __slots__ = ("_is_head", "_protects", "_send", "_visit", "is_finished", "status")

    def __init__(self, send: Send, visit: Visit, *, is_head: bool, protects: Protects) -> None:
        self._send = send
        self._protects = protects
        self._is_head = is_head
        self._visit = visit
        self.status = 0
        self.is_finished = False

    async def __call__(self, message: Message) -> None:
        """Pass one ASGI message on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            headers += self._add(headers)
            message["headers"] = headers
        else:
            self.is_finished = not message.get("more_body", False)
            if self._is_head:
                message["body"] = b""
        await self._send(message)

    async def give(self, response: Response, scope: Scope, receive: Receive) -> None:
        """Send a response: in one message, where it is there as a whole and the server takes it so."""
        is_whole = type(response).__call__ is Response.__call__ and response.background is None
        if not is_whole or WHOLE not in scope.get("extensions", ()):
            await response(scope, receive, self)
            return
        headers: list[Field] = [*response.raw_headers]
        kept = self._add(headers)
        self.status = response.status_code
        body = b"" if self._is_head else response.body
        await self._send({"type": WHOLE, "status": self.status, "headers": headers, "kept": kept, "body": body})
        self.is_finished = True

    def _add(self, headers: list[Field]) -> tuple[Field, ...]:
        """Add what this answer alone must carry, and return what it must carry besides."""
        visit = self._visit
        headers.append((b"x-request-id", visit.request_id.encode("latin-1")))
        headers += visit.added_headers
        return () if visit.is_verdict else self._protects(headers, visit)
