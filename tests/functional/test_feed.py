# The feed of revocations, from a server over memory to verifiers that listen over HTTP.
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event
from time import monotonic

import httpx2
import pytest

from doorward.core.keys.records import AccessToken
from doorward.core.keys.revocations import FEED_SCOPE, audience_of
from doorward.core.oauth.clients.records import Wanted
from doorward.core.oauth.records import ClientType
from doorward.resource import Issuer, Presented, TokenInvalid, Verifier
from doorward.resource.feed import Gap, RevocationFeed, ServiceCredentials
from doorward.resource.feed.credentials import NotAuthorized
from doorward.testing.twin import Twin

PATIENCE = 20.0


@dataclass
class Listening:
    """A server, and what listens to it."""

    twin: Twin
    issuer: str
    open: ExitStack

    def listener_token(self, *, scope: str = FEED_SCOPE, audience: str | None = None, bound: str | None = None) -> str:
        """Return a token as a service is given it."""
        now = self.twin.clock.now()
        keyring = self.twin._here.house.flows.keyring
        return keyring.sign(
            AccessToken(
                issuer=self.issuer,
                subject="notes-api",
                audience=audience or audience_of(self.issuer),
                client_id="notes-api",
                session_id=None,
                token_id="one",
                scope=scope,
                issued_at=now,
                expires_at=now + timedelta(minutes=5),
                key_thumbprint=bound,
            )
        )

    def feed(self, *, gap: Gap = Gap.EVERYTHING) -> RevocationFeed:
        """Return a feed that has heard something; silence proves nothing in these tests, so nothing is doubted."""
        issuer = Issuer(self.issuer, f"{self.issuer}/.well-known/jwks.json")
        feed = RevocationFeed(issuer, self.listener_token, gap=gap, clock=self.twin.clock)
        self.open.enter_context(feed)
        until(lambda: not feed.is_silent)
        return feed

    def verifier(self, feed: RevocationFeed | None = None) -> Verifier:
        """Return a verifier that listens."""
        jwks_uri = f"{self.issuer}/.well-known/jwks.json"
        verifier = Verifier(
            self.issuer, self.issuer, jwks_uri=jwks_uri, revocations=feed or self.feed(), clock=self.twin.clock
        )
        self.open.callback(verifier.close)
        return verifier


def until(is_so: Callable[[], bool]) -> None:
    deadline = monotonic() + PATIENCE
    while not is_so():
        assert monotonic() < deadline
        Event().wait(0.01)


def is_refused(verifier: Verifier, token: str) -> bool:
    try:
        verifier.check(Presented((f"Bearer {token}",)))
    except TokenInvalid:
        return True
    return False


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Twin, str]]:
    with Twin() as twin, twin.serve() as issuer:
        yield twin, issuer


@pytest.fixture
def listening(served: tuple[Twin, str]) -> Iterator[Listening]:
    with ExitStack() as opened:
        yield Listening(*served, opened)


def test_session_that_is_ended_ends_at_every_verifier(listening: Listening) -> None:
    ada = listening.twin.account()
    phone, tablet = listening.twin.mobile(ada), listening.twin.mobile(ada)
    gone, stays = phone.access_token, tablet.access_token
    verifiers = [listening.verifier() for _ in range(3)]
    assert [is_refused(one, gone) for one in verifiers] == [False] * 3

    phone.post("/v1/auth/logout_mobile")

    until(lambda: all(is_refused(one, gone) for one in verifiers))
    assert [is_refused(one, stays) for one in verifiers] == [False] * 3


def test_account_that_is_disabled_ends_with_everything(listening: Listening) -> None:
    ada, grace = listening.twin.account(), listening.twin.account()
    tokens = [listening.twin.mobile(ada).access_token, listening.twin.mobile(ada).access_token]
    others = listening.twin.mobile(grace).access_token
    verifier = listening.verifier()

    listening.twin._here.house.flows.set_enabled(ada.username, enabled=False)

    until(lambda: all(is_refused(verifier, token) for token in tokens))
    assert not is_refused(verifier, others)


def test_password_that_is_changed_ends_the_other_sessions(listening: Listening) -> None:
    ada = listening.twin.account()
    phone, tablet = listening.twin.mobile(ada), listening.twin.mobile(ada)
    own, other = phone.access_token, tablet.access_token
    verifier = listening.verifier()

    body = {"current_password": ada.password, "new_password": "another way to open it"}
    assert phone.put("/v1/mobile/password", json=body).status_code == 204

    until(lambda: is_refused(verifier, other))
    assert not is_refused(verifier, own)


def test_what_happened_before_a_verifier_began_is_told_as_far_as_tokens_live(listening: Listening) -> None:
    phone = listening.twin.mobile(listening.twin.account())
    gone = phone.access_token
    phone.post("/v1/auth/logout_mobile")

    verifier = listening.verifier()

    assert is_refused(verifier, gone)


def test_line_that_breaks_is_taken_up_where_it_broke(listening: Listening) -> None:
    phone = listening.twin.mobile(listening.twin.account())
    gone = phone.access_token
    feed = listening.feed()
    verifier, place = listening.verifier(feed), feed._place

    feed.close()
    phone.post("/v1/auth/logout_mobile")
    assert not is_refused(verifier, gone)
    feed.start()

    until(lambda: is_refused(verifier, gone))
    assert place is not None
    assert (feed._place or 0) > place


@pytest.mark.parametrize(
    ("change", "status"),
    [
        pytest.param({"scope": "openid"}, 403, id="without the scope"),
        pytest.param({"bound": "a-key"}, 403, id="bound to a key"),
        pytest.param({"audience": "https://other.example"}, 401, id="for another audience"),
        pytest.param(None, 401, id="none"),
    ],
)
def test_feed_is_for_those_who_may(listening: Listening, change: dict[str, str] | None, status: int) -> None:
    token = None if change is None else listening.listener_token(**change)
    headers = {} if token is None else {"authorization": f"Bearer {token}"}

    answer = httpx2.get(f"{listening.issuer}/v1/feed/revocations", headers=headers)

    assert answer.status_code == status


def test_feed_is_not_for_people(listening: Listening) -> None:
    operator = listening.twin.mobile(listening.twin.account(roles=("operator",)))
    headers = {"authorization": f"Bearer {operator.access_token}"}

    assert httpx2.get(f"{listening.issuer}/v1/feed/revocations", headers=headers).status_code == 401


def test_feed_ends_with_the_token_that_opened_it(listening: Listening) -> None:
    headers = {"authorization": f"Bearer {listening.listener_token()}"}
    address = f"{listening.issuer}/v1/feed/revocations"

    with httpx2.stream("GET", address, headers=headers, timeout=PATIENCE) as answer:
        pieces = answer.iter_text()
        first = next(pieces)
        listening.twin.clock.advance(timedelta(minutes=5))
        rest = list(pieces)

    assert first.startswith("id: ")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert all("id: " in piece for piece in rest)


def test_silence_is_a_gap_and_the_next_word_ends_it(listening: Listening) -> None:
    phone = listening.twin.mobile(listening.twin.account())
    feed = listening.feed(gap=Gap.ONLY_YOUNG)
    verifier = listening.verifier(feed)
    feed.close()
    listening.twin.clock.advance(timedelta(seconds=61))

    assert feed.is_silent
    assert is_refused(verifier, phone.access_token)

    feed.start()
    until(lambda: not is_refused(verifier, phone.access_token))


def test_feed_is_of_its_own_issuer_alone(listening: Listening) -> None:
    phone = listening.twin.mobile(listening.twin.account())
    verifier = listening.verifier()
    token = verifier.read(phone.access_token)
    phone.post("/v1/auth/logout_mobile")
    until(lambda: is_refused(verifier, phone.access_token))
    revocations = verifier.revocations
    assert revocations is not None

    assert revocations.is_revoked(token)
    assert not revocations.is_revoked(replace(token, issuer="https://other.example"))


def test_service_gets_its_token_for_the_feed_by_its_credentials(listening: Listening) -> None:
    clients = listening.twin._here.house.flows.clients
    resource = audience_of(listening.issuer)
    wanted = Wanted(name="Notes", type=ClientType.SERVICE, scopes=(FEED_SCOPE,), resources=(resource,))
    registered = clients.add(wanted)
    issuer = Issuer(listening.issuer, f"{listening.issuer}/.well-known/jwks.json")

    authorize = ServiceCredentials(issuer, registered.client.id, registered.secret or "")
    feed = RevocationFeed(issuer, authorize, clock=listening.twin.clock)

    with feed:
        until(lambda: not feed.is_silent)
    assert (registered.secret or "-") not in repr(authorize)


def test_service_that_proves_nothing_gets_no_token(listening: Listening) -> None:
    authorize = ServiceCredentials(Issuer(listening.issuer), "nobody", "nothing")

    with pytest.raises(NotAuthorized, match="answers 401 invalid_client"):
        authorize()
