import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from doorward.resource import Needs, ScopeMissing, Verifier, current_token
from doorward.resource.middleware.asgi import ProtectedASGI, Receive, Send
from tests.issuing import AUDIENCE, Issuing

Scope = MutableMapping[str, Any]


class App:
    """An application that says who asks, and may refuse before or after it has begun to answer."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.refuses = ""

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        self.seen.append(scope["type"])
        if self.refuses == "before":
            raise ScopeMissing("more")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if self.refuses == "after":
            raise ScopeMissing("more")
        subject = current_token().subject if "doorward.access_token" in scope else "nobody"
        await send({"type": "http.response.body", "body": subject.encode()})


def a_scope(path: str = "/notes", token: str | None = None, *, kind: str = "http", **more: object) -> Scope:
    headers = [] if token is None else [(b"authorization", f"Bearer {token}".encode())]
    return {"type": kind, "method": "GET", "path": path, "query_string": b"", "headers": headers, **more}


def ask(app: ProtectedASGI, scope: Scope) -> list[MutableMapping[str, Any]]:
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request"}

    asyncio.run(app(scope, receive, send))
    return sent


def test_request_with_a_token_reaches_the_application(issuer: Issuing, verifier: Verifier) -> None:
    sent = ask(ProtectedASGI(App(), verifier), a_scope(token=issuer.token(), raw_path=b"/notes?x"))

    assert [message.get("status", message.get("body")) for message in sent] == [200, b"margaret"]


@pytest.mark.requirement("B-03")
@pytest.mark.parametrize("token", [None, "no.token.at-all"])
def test_request_without_a_good_token_does_not(verifier: Verifier, token: str | None) -> None:
    app = App()

    sent = ask(ProtectedASGI(app, verifier), a_scope(token=token))

    assert (sent[0]["status"], app.seen) == (401, [])
    assert b"www-authenticate" in dict(sent[0]["headers"])


def test_request_whose_token_is_not_enough_does_not(issuer: Issuing, verifier: Verifier) -> None:
    app = App()

    sent = ask(ProtectedASGI(app, verifier, Needs.of("notes.write")), a_scope(token=issuer.token()))

    assert (sent[0]["status"], app.seen) == (403, [])


def test_application_within_another_asks_its_own_verifier(issuer: Issuing, verifier: Verifier) -> None:
    app, inner = App(), Verifier(issuer.url, "https://inner.example", clock=verifier.clock)

    sent = ask(ProtectedASGI(ProtectedASGI(app, inner), verifier), a_scope(token=issuer.token()))

    assert (sent[0]["status"], app.seen) == (401, [])


def test_path_that_is_open_needs_none(verifier: Verifier) -> None:
    sent = ask(ProtectedASGI(App(), verifier, open_paths=["/open"]), a_scope("/open"))

    assert sent[1]["body"] == b"nobody"


@pytest.mark.parametrize("path", ["/open/", "/open/more", "/OPEN", "/./open", "/"])
def test_path_that_is_almost_open_needs_one(verifier: Verifier, path: str) -> None:
    sent = ask(ProtectedASGI(App(), verifier, open_paths=["/open"]), a_scope(path))

    assert sent[0]["status"] == 401


def test_life_cycle_is_none_of_its_business(verifier: Verifier) -> None:
    app = App()

    ask(ProtectedASGI(app, verifier), {"type": "lifespan"})

    assert app.seen == ["lifespan"]


@pytest.mark.parametrize(
    ("extensions", "kinds"),
    [
        ({}, ["websocket.close"]),
        ({"websocket.http.response": {}}, ["websocket.http.response.start", "websocket.http.response.body"]),
    ],
)
def test_handshake_without_a_token_is_refused(
    verifier: Verifier, extensions: dict[str, object], kinds: list[str]
) -> None:
    sent = ask(ProtectedASGI(App(), verifier), a_scope(kind="websocket", extensions=extensions))

    assert [message["type"] for message in sent] == kinds


def test_refusal_of_the_application_becomes_a_challenge(issuer: Issuing, verifier: Verifier) -> None:
    app = App()
    app.refuses = "before"

    sent = ask(ProtectedASGI(app, verifier), a_scope(token=issuer.token()))

    assert sent[0]["status"] == 403


def test_refusal_when_the_answer_has_begun_is_not_hidden(issuer: Issuing, verifier: Verifier) -> None:
    app = App()
    app.refuses = "after"

    with pytest.raises(ScopeMissing):
        ask(ProtectedASGI(app, verifier), a_scope(token=issuer.token()))


@pytest.mark.requirement("D-06")
def test_metadata_is_for_everybody(verifier: Verifier) -> None:
    sent = ask(ProtectedASGI(App(), verifier), a_scope("/.well-known/oauth-protected-resource"))

    assert f'"resource":"{AUDIENCE}"'.encode() in sent[1]["body"]
