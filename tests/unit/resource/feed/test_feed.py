# What a listener takes, and what somebody between it and the server cannot make it take or miss.
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.core.kernel.ids import SessionId
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm
from doorward.core.keys.revocations import Of, Revoked, Statement, claims_of
from doorward.resource import AccessToken, Issuer, VerifierUnavailable
from doorward.resource.feed import Gap, RevocationFeed
from doorward.resource.feed.feed import Broken
from doorward.resource.feed.told import SILENT_AFTER, YOUNG, Told
from doorward.testing.clock import FixedClock
from tests.builders import an_access_token
from tests.issuing import NOTHING, Issuing, compact, pair

LIFE = timedelta(minutes=6)


def no_token() -> str:
    return ""


@pytest.fixture
def feed(issuer: Issuing, clock: FixedClock) -> Iterator[RevocationFeed]:
    one = RevocationFeed(Issuer(issuer.url, f"{issuer.url}/jwks.json"), no_token, clock=clock)
    yield one
    one.close()


def stated(
    issuer: Issuing,
    statement: Statement,
    header: dict[str, JsonValue] | None = None,
    claims: dict[str, JsonValue] | None = None,
    *,
    number: int = 0,
) -> str:
    head: dict[str, JsonValue] = {"typ": "revocations+jwt", "alg": "ES256", "kid": "key-ES256-0"}
    body = {**claims_of(statement, issuer.url), **(claims or NOTHING)}
    return compact({**head, **(header or NOTHING)}, body, pair(number=number)[1], Algorithm.ES256)


def ended(clock: FixedClock, since: int = 3, until: int = 4) -> Statement:
    return Statement(since, until, clock.now(), (Revoked(Of.SESSION, "gone", clock.now()),))


def token_of(issuer: Issuing, clock: FixedClock, session: str = "gone") -> AccessToken:
    token = an_access_token(now=clock.now())
    return replace(token, issuer=issuer.url, session_id=SessionId(session))


def test_take_statement_of_the_issuer_is_taken(issuer: Issuing, feed: RevocationFeed, clock: FixedClock) -> None:
    feed._take(stated(issuer, ended(clock)))

    assert feed.is_revoked(token_of(issuer, clock))
    assert (feed._place, feed.is_silent) == (4, False)


@pytest.mark.parametrize(
    "forgery",
    [
        pytest.param((None, None, 9), id="signed by another key"),
        pytest.param(({"typ": "at+jwt"}, None, 0), id="an access token"),
        pytest.param(({"kid": None}, None, 0), id="by no key"),
        pytest.param(({"kid": "unknown"}, None, 0), id="by a key that is unknown"),
        pytest.param(({"alg": "RS256"}, None, 0), id="by another algorithm"),
        pytest.param((None, {"iss": "https://other.example"}, 0), id="of another issuer"),
        pytest.param((None, {"aud": "https://api.example"}, 0), id="for another audience"),
    ],
)
def test_take_statement_of_somebody_else_is_refused(
    issuer: Issuing,
    feed: RevocationFeed,
    clock: FixedClock,
    forgery: tuple[dict[str, JsonValue] | None, dict[str, JsonValue] | None, int],
) -> None:
    header, claims, number = forgery

    with pytest.raises(TokenRefused):
        feed._take(stated(issuer, ended(clock), header, claims, number=number))

    assert feed._place is None
    assert feed.is_silent


def test_take_statement_that_skips_something_begins_again_and_keeps_what_it_says(
    issuer: Issuing, feed: RevocationFeed, clock: FixedClock
) -> None:
    feed._take(stated(issuer, Statement(1, 2, clock.now())))

    with pytest.raises(Broken):
        feed._take(stated(issuer, ended(clock)))

    assert feed._place is None
    assert feed.is_revoked(token_of(issuer, clock))


def test_take_statement_a_second_time_is_refused(issuer: Issuing, feed: RevocationFeed, clock: FixedClock) -> None:
    presented = stated(issuer, ended(clock))
    feed._take(presented)

    with pytest.raises(Broken):
        feed._take(presented)


def test_take_word_of_before_does_not_end_a_silence(issuer: Issuing, feed: RevocationFeed, clock: FixedClock) -> None:
    nothing = stated(issuer, Statement(3, 3, clock.now()))
    feed._take(nothing)
    clock.advance(timedelta(seconds=46))

    with pytest.raises(Broken):
        feed._take(nothing)
    assert feed.is_silent


def test_take_first_part_of_a_statement_does_not_count_as_all(
    issuer: Issuing, feed: RevocationFeed, clock: FixedClock
) -> None:
    feed._take(stated(issuer, ended(clock, 3, 3)))

    assert feed.is_silent
    assert feed.is_revoked(token_of(issuer, clock))


def told(clock: FixedClock, gap: Gap = Gap.EVERYTHING) -> Told:
    return Told(clock, gap, SILENT_AFTER, LIFE)


@pytest.mark.parametrize(
    ("of", "name"), [(Of.SUBJECT, "margaret"), (Of.CLIENT, "notes-app"), (Of.EVERYBODY, "")], ids=str
)
def test_is_revoked_counts_for_tokens_of_before_alone(clock: FixedClock, of: Of, name: str) -> None:
    heard = told(clock)
    token = replace(an_access_token(now=clock.now()), subject="margaret", client_id="notes-app")
    later = replace(token, issued_at=clock.now() + timedelta(seconds=1))

    heard.take([Revoked(of, name, clock.now())])
    heard.take([Revoked(of, name, clock.now() - timedelta(minutes=1))])

    assert (heard.is_revoked(token), heard.is_revoked(later)) == (True, False)


def test_is_revoked_token_without_a_session_is_nobodys(clock: FixedClock) -> None:
    heard = told(clock)
    heard.take([Revoked(Of.SESSION, "", clock.now())])

    assert not heard.is_revoked(replace(an_access_token(now=clock.now()), session_id=None))


@pytest.mark.parametrize(
    ("gap", "young", "old"),
    [(Gap.EVERYTHING, False, False), (Gap.ONLY_YOUNG, False, True), (Gap.NOTHING, None, None)],
)
def test_is_revoked_in_a_gap_is_what_the_policy_says(
    clock: FixedClock,
    gap: Gap,
    young: bool | None,  # noqa: FBT001 (a row of the table)
    old: bool | None,  # noqa: FBT001 (same)
) -> None:
    heard = told(clock, gap)
    heard.heard()
    token = an_access_token(now=clock.now())
    assert not heard.is_revoked(token)

    clock.advance(YOUNG)
    fresh = replace(token, issued_at=clock.now() - YOUNG)
    stale = replace(token, issued_at=clock.now() - YOUNG - timedelta(seconds=1))

    if young is None:
        with pytest.raises(VerifierUnavailable):
            heard.is_revoked(fresh)
    else:
        assert (heard.is_revoked(fresh), heard.is_revoked(stale)) == (young, old)


def test_take_forgets_what_no_token_is_left_of(clock: FixedClock) -> None:
    heard = told(clock)
    for _ in range(20):
        heard.take([Revoked(Of.SESSION, f"{clock.steady()}", clock.now())])
        clock.advance(timedelta(minutes=1))

    assert len(heard._names[Of.SESSION]) <= LIFE / timedelta(minutes=1) + 1
