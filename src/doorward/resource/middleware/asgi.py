"""Protecting an ASGI application: whatever gets through brought a good access token along."""

from collections.abc import Awaitable, Callable, Collection, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from doorward.core.keys.records import AccessToken
from doorward.resource.errors import AccessRefused
from doorward.resource.metadata import resource_metadata
from doorward.resource.middleware.answers import Answer, document, refusal
from doorward.resource.needs import Needs
from doorward.resource.request import Presented, acting
from doorward.resource.verifier import Verifier

SCOPE_KEY = "doorward.access_token"
"""Where the token of a request stands in its ASGI scope, once it was checked."""

_CHECKED_BY = "doorward.verifier"

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
_POLICY_VIOLATION = 1008
_DENIAL = "websocket.http.response"
_KINDS = {"http": "http.response", "websocket": _DENIAL}


def presented_in(scope: Scope) -> Presented:
    """Return what a request or a handshake brings along."""
    found: list[tuple[bytes, bytes]] = list(scope["headers"])
    raw: bytes | None = scope.get("raw_path")
    path = raw if raw is not None else str(scope["path"]).encode()
    return Presented(
        authorization=[value.decode("latin-1") for name, value in found if name == b"authorization"],
        proofs=[value.decode("latin-1") for name, value in found if name == b"dpop"],
        method=str(scope.get("method", "GET")),
        path=path.partition(b"?")[0].decode("latin-1"),
        query=bytes(scope.get("query_string", b"")).decode("latin-1"),
    )


async def checked(scope: Scope, verifier: Verifier) -> AccessToken:
    """Return the token of a request. A verifier checks it once, however often it is asked.

    A proof is good for one look. What the verifier of an application around this one found counts for nothing here.
    Raises: AccessRefused.
    """
    known = scope.get(SCOPE_KEY)
    if isinstance(known, AccessToken) and scope.get(_CHECKED_BY) is verifier:
        return known
    token = await verifier.check_soon(presented_in(scope))
    scope[SCOPE_KEY], scope[_CHECKED_BY] = token, verifier
    return token


@dataclass(frozen=True, slots=True)
class ProtectedASGI:
    """An application whose every path needs a token that is enough, but for those in `open_paths`.

    The token stands in the scope under `doorward.access_token`, and is what `current_token` returns. The metadata of
    the resource is answered here. A refusal that the application raises before it answers becomes a challenge too.
    """

    app: Application
    verifier: Verifier
    needs: Needs = field(default_factory=Needs)
    open_paths: Collection[str] = ()
    scopes: Collection[str] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let the application."""
        path = scope.get("path")
        if scope["type"] not in {"http", "websocket"} or path in self.open_paths:
            await self.app(scope, receive, send)
        elif path == self.verifier.metadata_path:
            await send_answer(document(resource_metadata(self.verifier, scopes=self.scopes)), scope, send)
        else:
            await self._protect(scope, receive, send)

    async def _protect(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def sent(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            token = await checked(scope, self.verifier)
            self.needs.check(token, self.verifier.clock.now())
            with acting(token):
                await self.app(scope, receive, sent)
        except AccessRefused as refused:
            if has_begun:
                raise
            await send_answer(refusal(refused, self.verifier), scope, send)


async def send_answer(answer: Answer, scope: Scope, send: Send) -> None:
    """Send an answer. A handshake is given it too where the server knows how, and is only refused elsewhere."""
    kind = _KINDS[scope["type"]]
    if kind == _DENIAL and _DENIAL not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": ""})
        return
    headers = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers]
    await send({"type": f"{kind}.start", "status": answer.status, "headers": headers})
    await send({"type": f"{kind}.body", "body": answer.body})
