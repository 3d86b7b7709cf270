# Source: RFC 7517 section 5, RFC 8414 section 3.3, RFC 5861 section 4; how keys are fetched, kept and dropped.
import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import monotonic

import httpx2
import pytest

from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import AccessToken, Algorithm
from doorward.resource import Presented, TokenInvalid, Verifier, VerifierUnavailable
from doorward.resource import keys as module
from doorward.resource.fetch import MAX_DOCUMENT_BYTES
from doorward.resource.keys import FRESH_FOR, LOOK_AGAIN_AFTER, REFETCH_AFTER, RETRY_AFTER, STALE_FOR
from doorward.testing.clock import FixedClock
from tests.issuing import AUDIENCE, Issuing, pair, published


def check(verifier: Verifier, token: str) -> AccessToken:
    return verifier.check(Presented((f"Bearer {token}",)))


def until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    deadline = monotonic() + seconds
    while not is_so():
        assert monotonic() < deadline


def is_unsettled(verifier: Verifier) -> bool:
    return any(key_set._flight is not None for key_set in verifier._key_sets.values())


def test_keys_are_found_by_discovery_once(issuer: Issuing, verifier: Verifier) -> None:
    check(verifier, issuer.token())
    check(verifier, issuer.token({"jti": "two"}))

    assert issuer.asked == ["/.well-known/openid-configuration", "/jwks.json"]


def test_keys_at_an_address_that_is_known_need_no_discovery(issuer: Issuing, clock: FixedClock) -> None:
    verifier = Verifier(issuer.url, AUDIENCE, jwks_uri=f"{issuer.url}/jwks.json", clock=clock)

    check(verifier, issuer.token())

    assert issuer.asked == ["/jwks.json"]
    verifier.close()


@pytest.mark.requirement("D-03", "D-04")
@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://other.example"},
        {"issuer": None},
        {"jwks_uri": None},
        {"jwks_uri": "http://other.example/jwks.json"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": 1},
    ],
    ids=str,
)
def test_keys_by_metadata_of_somebody_else_are_not_fetched(
    issuer: Issuing, verifier: Verifier, metadata: dict[str, JsonValue]
) -> None:
    issuer.metadata = metadata

    with pytest.raises(VerifierUnavailable):
        check(verifier, issuer.token())
    assert issuer.fetches == 0


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"[]", id="list"),
        pytest.param(b'{"keys":{}}', id="no-list"),
        pytest.param(b'{"keys":[' + b"{}," * 100 + b"{}]}", id="too-many"),
        pytest.param(b" " * (MAX_DOCUMENT_BYTES + 1) + b'{"keys":[]}', id="too-long"),
        pytest.param(b"[" * 100_000, id="too-deep"),
    ],
)
def test_keys_that_are_no_set_are_as_none(issuer: Issuing, verifier: Verifier, body: bytes) -> None:
    issuer.bodies["/jwks.json"] = body

    with pytest.raises(VerifierUnavailable):
        check(verifier, issuer.token())


def test_keys_that_are_not_where_they_should_be_are_as_none(issuer: Issuing, clock: FixedClock) -> None:
    verifier = Verifier(issuer.url, AUDIENCE, jwks_uri=f"{issuer.url}/elsewhere", clock=clock)

    with pytest.raises(VerifierUnavailable):
        check(verifier, issuer.token())
    verifier.close()


@pytest.mark.requirement("J-01")
@pytest.mark.parametrize(
    ("change", "is_used"),
    [
        ({}, True),
        ({"alg": None}, True),
        ({"use": None}, True),
        ({"alg": "RS256"}, False),
        ({"use": "enc"}, False),
        ({"kty": "oct", "k": "AAAA"}, False),
        ({"d": "AAAA"}, False),
        ({"kid": None}, False),
        ({"kid": 1}, False),
        ({"crv": "P-384"}, False),
        ({"x": "AAAA"}, False),
    ],
    ids=str,
)
def test_keys_are_used_for_what_they_are_meant_for(
    issuer: Issuing,
    verifier: Verifier,
    change: dict[str, JsonValue],
    is_used: bool,  # noqa: FBT001
) -> None:
    issuer.keys = [published(pair()[0], change)]

    if is_used:
        assert check(verifier, issuer.token()).subject == "margaret"
    else:
        with pytest.raises(TokenInvalid):
            check(verifier, issuer.token())


@pytest.mark.requirement("J-01")
@pytest.mark.parametrize("order", [1, -1])
def test_keys_of_one_name_are_none_of_them_used(issuer: Issuing, verifier: Verifier, order: int) -> None:
    issuer.keys = [published(pair()[0]), published(pair(number=1)[0], {"kid": "key-ES256-0"})][::order]

    with pytest.raises(TokenInvalid):
        check(verifier, issuer.token())


@pytest.mark.requirement("J-01")
def test_keys_that_could_do_two_algorithms_and_name_none_are_not_used(issuer: Issuing, clock: FixedClock) -> None:
    from doorward.resource import Issuer  # noqa: PLC0415

    both = Issuer(issuer.url, algorithms=(Algorithm.RS256, Algorithm.PS256))
    verifier = Verifier(both, AUDIENCE, clock=clock)
    issuer.keys = [published(pair(Algorithm.RS256)[0], {"alg": None})]

    with pytest.raises(TokenInvalid):
        check(verifier, issuer.token(algorithm=Algorithm.RS256))
    verifier.close()


def test_unknown_key_is_looked_for_once_and_then_it_is_unknown(
    issuer: Issuing, verifier: Verifier, clock: FixedClock
) -> None:
    check(verifier, issuer.token())
    clock.advance(REFETCH_AFTER)

    for _ in range(5):
        with pytest.raises(TokenInvalid):
            check(verifier, issuer.token(header={"kid": "other"}))
        clock.advance(timedelta(seconds=31))

    assert issuer.fetches == 2


def test_unknown_keys_without_end_are_looked_for_every_half_minute(
    issuer: Issuing, verifier: Verifier, clock: FixedClock
) -> None:
    check(verifier, issuer.token())
    began = clock.steady()

    for number in range(200):
        clock.advance(timedelta(seconds=1))
        with pytest.raises(TokenInvalid):
            check(verifier, issuer.token(header={"kid": f"{number}"}))

    assert issuer.fetches <= 1 + (clock.steady() - began) / REFETCH_AFTER.total_seconds()


def test_unknown_keys_without_end_are_remembered_in_bounds(
    issuer: Issuing, verifier: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_UNKNOWN", 5)
    check(verifier, issuer.token())

    for number in range(20):
        with pytest.raises(TokenInvalid):
            check(verifier, issuer.token(header={"kid": f"{number}"}))

    assert len(verifier._key_sets[issuer.url]._unknown) <= 5


def test_new_key_is_found_when_half_a_minute_has_passed(issuer: Issuing, verifier: Verifier, clock: FixedClock) -> None:
    check(verifier, issuer.token())
    issuer.keys.append(published(pair(number=1)[0]))
    clock.advance(timedelta(seconds=1))

    with pytest.raises(TokenInvalid):
        check(verifier, issuer.token(number=1))
    clock.advance(REFETCH_AFTER)

    assert check(verifier, issuer.token(number=1)).subject == "margaret"


def test_removed_key_is_dropped_within_the_bound(issuer: Issuing, verifier: Verifier, clock: FixedClock) -> None:
    check(verifier, issuer.token())
    issuer.keys = [published(pair(number=1)[0])]
    clock.advance(FRESH_FOR)

    with pytest.raises(TokenInvalid):
        check(verifier, issuer.token())


def test_keys_are_fetched_beside_before_anybody_has_to_wait(
    issuer: Issuing, verifier: Verifier, clock: FixedClock
) -> None:
    presented = issuer.token()
    check(verifier, presented)
    issuer.may_answer.clear()
    clock.advance(LOOK_AGAIN_AFTER)

    assert check(verifier, presented).subject == "margaret"

    issuer.may_answer.set()
    until(lambda: issuer.fetches == 2 and not is_unsettled(verifier))


def test_issuer_away_is_survived_for_a_day(issuer: Issuing, verifier: Verifier, clock: FixedClock) -> None:
    check(verifier, issuer.token())
    issuer.is_away = True
    clock.advance(STALE_FOR - timedelta(seconds=1))

    assert check(verifier, issuer.token()).subject == "margaret"

    until(lambda: not is_unsettled(verifier))
    clock.advance(timedelta(seconds=1))
    with pytest.raises(VerifierUnavailable):
        check(verifier, issuer.token())
    until(lambda: not is_unsettled(verifier))


def test_issuer_away_is_not_waited_for_by_everybody(issuer: Issuing, verifier: Verifier, clock: FixedClock) -> None:
    check(verifier, issuer.token())
    issuer.is_away = True
    clock.advance(FRESH_FOR)

    for number in range(10):
        check(verifier, issuer.token({"jti": f"{number}"}))

    until(lambda: not is_unsettled(verifier))
    assert issuer.asked.count("/jwks.json") == 2


def test_issuer_away_and_a_key_unknown_nobody_can_tell(issuer: Issuing, verifier: Verifier, clock: FixedClock) -> None:
    check(verifier, issuer.token())
    issuer.is_away = True
    clock.advance(REFETCH_AFTER)

    for _ in range(2):
        with pytest.raises(VerifierUnavailable):
            check(verifier, issuer.token(number=1))

    issuer.is_away = False
    issuer.keys.append(published(pair(number=1)[0]))
    clock.advance(REFETCH_AFTER)
    assert check(verifier, issuer.token(number=1)).subject == "margaret"


def test_issuer_away_from_the_beginning_is_asked_once_a_second(
    issuer: Issuing, verifier: Verifier, clock: FixedClock
) -> None:
    issuer.is_away = True
    for _ in range(5):
        with pytest.raises(VerifierUnavailable) as refused:
            check(verifier, issuer.token())
    assert len(issuer.asked) == 1
    assert verifier.headers(refused.value) == [("retry-after", "1")]

    issuer.is_away = False
    clock.advance(RETRY_AFTER)

    assert check(verifier, issuer.token()).subject == "margaret"


def test_key_set_that_moved_is_discovered_again(issuer: Issuing, verifier: Verifier, clock: FixedClock) -> None:
    check(verifier, issuer.token())
    issuer.metadata = {"jwks_uri": f"{issuer.url}/moved.json"}
    issuer.bodies = {"/moved.json": json.dumps({"keys": [published(pair(number=1)[0])]}).encode(), "/jwks.json": b""}

    clock.advance(REFETCH_AFTER)
    with pytest.raises(VerifierUnavailable):
        check(verifier, issuer.token(number=1))
    clock.advance(REFETCH_AFTER)

    assert check(verifier, issuer.token(number=1)).subject == "margaret"


def test_threads_at_once_fetch_once(issuer: Issuing, verifier: Verifier) -> None:
    presented = [issuer.token({"jti": f"{number}"}) for number in range(8)]
    issuer.may_answer.clear()
    with ThreadPoolExecutor(8) as pool:
        checks = [pool.submit(check, verifier, token) for token in presented]
        until(lambda: len(issuer.asked) == 1)
        issuer.may_answer.set()

        assert {one.result(10).subject for one in checks} == {"margaret"}

    assert issuer.fetches == 1


def test_tasks_at_once_fetch_once_and_one_that_gives_up_ends_no_other(issuer: Issuing, verifier: Verifier) -> None:
    presented = [Presented((f"Bearer {issuer.token({'jti': f'{number}'})}",)) for number in range(8)]

    async def all_at_once() -> list[AccessToken]:
        issuer.may_answer.clear()
        tasks = [asyncio.create_task(verifier.check_soon(one)) for one in presented]
        await asyncio.sleep(0)
        tasks[0].cancel()
        await asyncio.sleep(0)
        issuer.may_answer.set()
        return await asyncio.gather(*tasks[1:])

    tokens = asyncio.run(all_at_once())

    assert {token.subject for token in tokens} == {"margaret"}
    assert issuer.fetches == 1


def test_fetch_that_takes_too_long_is_given_up(
    issuer: Issuing, verifier: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FLIGHT_SECONDS", 0.05)
    issuer.may_answer.clear()

    with pytest.raises(VerifierUnavailable):
        asyncio.run(verifier.read_soon(issuer.token()))
    with pytest.raises(VerifierUnavailable):
        verifier.read(issuer.token())

    issuer.may_answer.set()
    until(lambda: not is_unsettled(verifier))


def test_clock_set_back_does_not_keep_keys_for_longer(issuer: Issuing, verifier: Verifier, clock: FixedClock) -> None:
    check(verifier, issuer.token())
    issuer.keys = [published(pair(number=1)[0])]
    clock.set_by(-timedelta(days=1))
    clock.advance(FRESH_FOR)

    with pytest.raises(TokenInvalid):
        check(verifier, issuer.token())


def test_issuer_that_answers_a_byte_at_a_time_is_given_up(
    issuer: Issuing, verifier: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.resource.fetch.WHOLE_SECONDS", -1.0)

    with pytest.raises(VerifierUnavailable):
        check(verifier, issuer.token())


def test_close_hangs_up_and_the_next_look_calls_again(issuer: Issuing, verifier: Verifier, clock: FixedClock) -> None:
    check(verifier, issuer.token())
    verifier.close()
    clock.advance(FRESH_FOR)

    assert check(verifier, issuer.token()).subject == "margaret"


def test_client_of_the_verifier_follows_no_redirect(verifier: Verifier) -> None:
    client: httpx2.Client = verifier._connection()

    assert not client.follow_redirects
