"""How long a token outlives its session at verifiers that listen to the feed, and what listening costs a check."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from threading import Event
from time import perf_counter, thread_time
from typing import Final

from benchmarks.deployment import Deployment
from benchmarks.filling import fill, session_id
from benchmarks.report import Row, Spread, at_most, below
from benchmarks.run import Bench, CannotMeasure, Run
from doorward.assembly.house import House, open_house
from doorward.core.kernel.ids import AccountId, SessionId, new_id
from doorward.core.keys.records import AccessToken
from doorward.core.keys.revocations import FEED_SCOPE, audience_of
from doorward.core.sessions.records import EndReason
from doorward.resource import Issuer, Presented, TokenInvalid, Verifier
from doorward.resource.feed import RevocationFeed

_ENDED: Final = 200
_ENDED_QUICK: Final = 40
_VERIFIERS: Final = 3
_CHECKS: Final = 2000
_PATIENCE_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 0.001
_MICROSECONDS: Final = 1e6
_PAUSE: Final = Event()


def _measure(run: Run) -> Sequence[Row]:
    count = _ENDED_QUICK if run.is_quick else _ENDED
    filled = fill(Deployment.new(run.folder / "feed"), count)
    deployment = filled.deployment
    house = open_house(deployment.settings())
    with ExitStack() as opened:
        opened.callback(house.close)
        opened.enter_context(deployment.served())
        feeds = [opened.enter_context(_feed(house, deployment.issuer)) for _ in range(_VERIFIERS)]
        verifiers = [_verifier(deployment.issuer, feed) for feed in feeds]
        _wait_until_heard(feeds)
        run.say(f"{count} sessions end, one after another, at {_VERIFIERS} verifiers")
        late = sorted(_ended(house, verifiers, number) for number in range(count))
        added = [_added(house, deployment.issuer, feeds[0]) for _ in range(run.rounds)]
    return _rows(late, added)


def _rows(late: Sequence[float], added: Sequence[float]) -> Sequence[Row]:
    return [
        Row(
            "feed",
            f"from the end of a session to its refusal at all of {_VERIFIERS} verifiers, p99",
            Spread.of([late[min(len(late) - 1, round(0.99 * len(late)))]]),
            "s",
            goal=below(1),
            ours=f"median {late[len(late) // 2]:.2f} s of {len(late)}",
            note="ended by another process than the one that tells; each token was checked, and remembered, before",
        ),
        Row("feed", "what the feed adds to a check", Spread.of(added), "µs", goal=at_most(2)),
    ]


def _ended(house: House, verifiers: Sequence[Verifier], number: int) -> float:
    """End a session, and return how many seconds later the last verifier refuses its token."""
    session = SessionId(session_id(number))
    with house.store.view() as view:
        found = view.sessions.by_id(session)
    if found is None:
        raise CannotMeasure("a session that was filled in is not there")
    presented = _presented(house, found.account_id, session)
    for verifier in verifiers:
        verifier.check(presented)
    house.flows.end_session(found.account_id, session, reason=EndReason.SIGNED_OUT)
    began = perf_counter()
    while not all(_refuses(verifier, presented) for verifier in verifiers):
        if perf_counter() - began > _PATIENCE_SECONDS:
            raise CannotMeasure("a verifier was not told")
        _PAUSE.wait(_LOOK_SECONDS)
    return perf_counter() - began


def _added(house: House, issuer: str, feed: RevocationFeed) -> float:
    """Return by how many microseconds a check is dearer with the feed: the least of many rounds, in turns."""
    presented = _presented(house, AccountId(new_id(house.clock.now())), SessionId(new_id(house.clock.now())))
    pair = (_verifier(issuer, None), _verifier(issuer, feed))
    least = [float("inf"), float("inf")]
    for _ in range(_CHECKS // 100):
        for place, verifier in enumerate(pair):
            verifier.check(presented)
            began = thread_time()
            for _ in range(100):
                verifier.check(presented)
            least[place] = min(least[place], (thread_time() - began) / 100 * _MICROSECONDS)
    return least[1] - least[0]


def _feed(house: House, issuer: str) -> RevocationFeed:
    def listener() -> str:
        return _token(house, subject="notes-api", audience=audience_of(issuer), scope=FEED_SCOPE)

    return RevocationFeed(Issuer(issuer, f"{issuer}/.well-known/jwks.json"), listener)


def _verifier(issuer: str, feed: RevocationFeed | None) -> Verifier:
    return Verifier(issuer, issuer, jwks_uri=f"{issuer}/.well-known/jwks.json", revocations=feed)


def _wait_until_heard(feeds: Sequence[RevocationFeed]) -> None:
    began = perf_counter()
    while any(feed.is_silent for feed in feeds):
        if perf_counter() - began > _PATIENCE_SECONDS:
            raise CannotMeasure("the feed is silent")
        _PAUSE.wait(_LOOK_SECONDS)


def _presented(house: House, account_id: AccountId, session: SessionId) -> Presented:
    token = _token(house, subject=account_id, audience=house.settings.server.issuer, scope="account", session=session)
    return Presented((f"Bearer {token}",))


def _token(house: House, *, subject: str, audience: str, scope: str, session: SessionId | None = None) -> str:
    now = house.clock.now()
    return house.flows.keyring.sign(
        AccessToken(
            issuer=house.settings.server.issuer,
            subject=subject,
            audience=audience,
            client_id="notes-api",
            session_id=session,
            token_id=new_id(now),
            scope=scope,
            issued_at=now,
            expires_at=now + timedelta(minutes=5),
        )
    )


def _refuses(verifier: Verifier, presented: Presented) -> bool:
    try:
        verifier.check(presented)
    except TokenInvalid:
        return True
    return False


BENCH: Final = Bench("feed", "The feed of revocations", _measure)
