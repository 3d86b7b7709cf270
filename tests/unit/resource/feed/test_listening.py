# What becomes of a listener whose server refuses, babbles or is away.
from dataclasses import replace
from datetime import timedelta
from threading import Event
from time import monotonic

import pytest

from doorward.core.keys.records import Algorithm
from doorward.core.keys.revocations import Statement, claims_of
from doorward.resource import Issuer
from doorward.resource.feed import RevocationFeed, ServiceCredentials
from doorward.resource.feed.credentials import NotAuthorized
from doorward.resource.feed.told import YOUNG
from doorward.testing.clock import FixedClock
from tests.builders import an_access_token
from tests.issuing import Issuing, compact, pair

pytestmark = pytest.mark.slow


def until(trouble: list[str], word: str) -> None:
    deadline = monotonic() + 10
    while not any(word in one for one in trouble):
        assert monotonic() < deadline, trouble
        Event().wait(0.01)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        pytest.param(None, "404", id="no feed"),
        pytest.param(b"data: forged.forged.forged\n\n", "TokenRefused", id="forged"),
        pytest.param(b"x" * 20_000, "without end", id="endless line"),
    ],
)
def test_listener_that_hears_no_statement_says_so_and_goes_on(
    issuer: Issuing, clock: FixedClock, body: bytes | None, word: str
) -> None:
    trouble: list[str] = []
    if body is not None:
        issuer.bodies["/v1/feed/revocations"] = body
    feed = RevocationFeed(Issuer(issuer.url), lambda: "token", clock=clock, on_trouble=trouble.append)

    with feed:
        until(trouble, word)
        issuer.bodies["/v1/feed/revocations"] = b"data: " + stated(issuer, clock).encode() + b"\n\n"
        deadline = monotonic() + 10
        while feed.is_silent:
            assert monotonic() < deadline
            Event().wait(0.01)


def stated(issuer: Issuing, clock: FixedClock) -> str:
    claims = claims_of(Statement(3, 3, clock.now()), issuer.url)
    header = {"typ": "revocations+jwt", "alg": "ES256", "kid": "key-ES256-0"}
    return compact({**header}, claims, pair()[1], Algorithm.ES256)


def test_listener_that_gets_no_token_says_so(issuer: Issuing, clock: FixedClock) -> None:
    trouble: list[str] = []

    def refuse() -> str:
        raise LookupError("no token today")

    with RevocationFeed(Issuer(issuer.url), refuse, clock=clock, on_trouble=trouble.append) as feed:
        until(trouble, "no token today")
        clock.advance(timedelta(seconds=1))

        assert feed.is_silent


def test_feed_that_was_never_started_says_so_instead_of_refusing(issuer: Issuing, clock: FixedClock) -> None:
    feed = RevocationFeed(Issuer(issuer.url), lambda: "token", clock=clock)
    token = replace(an_access_token(now=clock.now()), issuer=issuer.url)
    assert not feed.is_revoked(token)

    clock.advance(YOUNG + timedelta(seconds=1))

    with pytest.raises(RuntimeError, match="Start the feed"):
        feed.is_revoked(token)


def test_credentials_answer_that_is_no_token_is_refused(issuer: Issuing) -> None:
    authorize = ServiceCredentials(Issuer(issuer.url), "notes-api", "secret")

    with pytest.raises(NotAuthorized, match=f"{issuer.url}/oauth/token answers 501"):
        authorize()
