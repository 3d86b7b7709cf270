"""Rotation in one step, in every store: it does what the rule decides, or nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import cycle, product
from typing import Any

import pytest

from doorward.assembly.store import Store
from doorward.core.accounts.records import Status
from doorward.core.kernel.ids import AccountId, DeviceId, SessionId
from doorward.core.sessions.records import EndReason, Kind, KnownDevice, Rotation, Session, Snapshot
from doorward.core.sessions.rules import BY_STRANGER, HISTORY, rotated_at_once
from tests.builders import NOW
from tests.contract.builders import DAY, HOUR, MANY, Heard, a_session, an_account, at_once, numbered
from tests.contract.conftest import KINDS, WITH_TRANSACTIONS

A_MOMENT = timedelta(microseconds=1)
SUCCESSOR = b"successor"
OWNERS = tuple(AccountId(numbered(number)) for number in (1, 2, 3))


def a_rotation(session: Session, **changes: object) -> Rotation:
    device = KnownDevice(session.account_id, session.device_id or DeviceId("none"))
    rotation = Rotation(
        session_id=session.id,
        kind=session.kind,
        generation=session.generation,
        digest=session.digest,
        successor_digest=SUCCESSOR,
        sealed_successor=b"sealed",
        known_device=device,
        now=NOW + HOUR,
    )
    return replace(rotation, **changes)  # type: ignore[arg-type]  # each test names fields of a rotation


def kept_session(store: Store, session_id: SessionId) -> Session:
    with store.view() as view:
        session = view.sessions.by_id(session_id)
    assert session is not None
    return session


def kept(store: Store, sessions: Sequence[Session]) -> list[tuple[Session, Snapshot]]:
    with store.view() as view:
        found = [view.sessions.with_snapshot(session.id) for session in sessions]
    return [one for one in found if one is not None]


def many_sessions() -> Iterator[Session]:
    """Yield sessions of every sort: on a device or none, much replayed, about to end, over, or of a closed account."""
    lives: tuple[dict[str, Any], ...] = (
        {},
        {"idle_expires_at": NOW + HOUR},
        {"idle_expires_at": NOW + HOUR + A_MOMENT},
        {"expires_at": NOW + HOUR},
        {"expires_at": NOW + 2 * HOUR, "idle_expires_at": NOW + 2 * HOUR},
        {"expires_at": NOW + 2 * HOUR, "idle_expires_at": NOW + HOUR},
        {"ended_at": NOW, "end_reason": EndReason.SIGNED_OUT},
    )
    sorts = product(OWNERS, lives, (DeviceId(numbered(1)), None))
    in_turn = cycle((0, 1, HISTORY, BY_STRANGER | 3))
    for number, ((owner, life, device), replays) in enumerate(zip(sorts, in_turn, strict=False), start=10):
        session = replace(a_session(number, account_id=owner), device_id=device, replays=replays, generation=3)
        yield replace(session, **life)


def every_presentation(session: Session) -> Iterator[Rotation]:
    """Yield what may be presented for a session, right last."""
    stranger = KnownDevice(session.account_id, DeviceId(numbered(9)))
    somebody_else = KnownDevice(AccountId(numbered(9)), session.device_id or DeviceId(numbered(1)))
    for device in (None, stranger, somebody_else):
        yield a_rotation(session, digest=b"wrong", known_device=device)
    yield a_rotation(session, generation=session.generation - 1)
    yield a_rotation(session, generation=session.generation + 1)
    yield a_rotation(session, kind=Kind.MOBILE if session.kind is Kind.WEB else Kind.WEB)
    own = KnownDevice(session.account_id, session.device_id or DeviceId(numbered(1)))
    yield a_rotation(session, known_device=(None, stranger, somebody_else, own)[int(session.id) % 4])


@pytest.fixture
def owned(store: Store) -> Store:
    """Return the store with an active, a closing and a disabled account, each with roles of its own."""
    statuses = (Status.ACTIVE, Status.CLOSING, Status.DISABLED)
    with store.work() as work:
        for number, (owner, status) in enumerate(zip(OWNERS, statuses, strict=True), start=1):
            work.accounts.add(replace(an_account(number), status=status))
            work.roles.grant(owner, f"role-{number}")
            work.roles.grant(owner, "operator")
    return store


# How MongoDB commits a unit changes nothing in what is decided, and this table is long.
@pytest.mark.parametrize("store", [kind for kind in KINDS if kind != WITH_TRANSACTIONS], indirect=True)
def test_rotate_does_to_each_what_the_rule_decides_or_nothing(owned: Store) -> None:
    sessions = list(many_sessions())
    with owned.work() as work:
        for session in sessions:
            work.sessions.add(session)
    before, rotated = kept(owned, sessions), 0

    for rotations in zip(*map(every_presentation, sessions), strict=True):
        answers = owned.rotate(rotations)
        after = kept(owned, sessions)

        for (session, snapshot), (kept_now, _), rotation, answer in zip(before, after, rotations, answers, strict=True):
            decided = rotated_at_once(session, snapshot, rotation)
            if answer is None:
                assert kept_now == session
                assert decided is None or decided.idle_expires_at.date() != session.idle_expires_at.date()
            else:
                assert answer == (decided, snapshot.profile)
                assert kept_now == decided
                rotated += 1
        before = after
    assert rotated >= len(sessions) / 14


def test_rotate_one_session_twice_together_one_wins_and_the_others_go_on(owned: Store) -> None:
    first, second = a_session(1), a_session(2)
    with owned.work() as work:
        work.sessions.add(first)
        work.sessions.add(second)
    twice = enumerate((first, second, first, first))
    asked = [a_rotation(session, successor_digest=bytes([number])) for number, session in twice]

    *answers, last = owned.rotate([*asked, a_rotation(second, digest=b"wrong")])

    won = [answer[0] for answer in answers if answer is not None]
    assert {session.id for session in won} == {first.id, second.id}
    assert len(won) == 2
    assert last is None
    assert [kept_session(owned, session.id) for session in won] == won


def test_rotate_nothing_is_nothing(store: Store) -> None:
    assert list(store.rotate([])) == []


def test_rotate_session_of_nobody_is_none(owned: Store) -> None:
    orphan = a_session(1, account_id=AccountId(numbered(9)))
    with owned.work() as work:
        work.sessions.add(orphan)

    assert owned.rotate([a_rotation(orphan)]) == [None]
    assert owned.rotate([a_rotation(orphan, session_id=SessionId("z" * 26))]) == [None]
    assert kept_session(owned, orphan.id) == orphan


def test_rotate_many_at_once_one_wins(owned: Store) -> None:
    session = a_session(1)
    with owned.work() as work:
        work.sessions.add(session)

    answers = at_once(MANY, lambda number: owned.rotate([a_rotation(session, successor_digest=bytes([number]))]))

    (won,) = [answer for (answer,) in answers if answer is not None]
    assert kept_session(owned, session.id) == won[0]


def test_rotate_the_same_sessions_in_any_order_at_once_nobody_waits_in_a_circle(owned: Store) -> None:
    sessions = [a_session(number) for number in range(1, 9)]
    with owned.work() as work:
        for session in sessions:
            work.sessions.add(session)

    def rotate(caller: int) -> int:
        order = sessions if caller % 2 else sessions[::-1]
        asked = [a_rotation(session, successor_digest=bytes([caller])) for session in order]
        return sum(answer is not None for answer in owned.rotate(asked))

    won = at_once(MANY, rotate)

    assert 1 <= sum(won) <= len(sessions)
    assert sum(kept_session(owned, session.id).generation for session in sessions) == sum(won)


def test_rotate_ended_at_the_same_moment_stays_ended(owned: Store) -> None:
    for number in range(1, 11):
        session = a_session(number)
        with owned.work() as work:
            work.sessions.add(session)

        def act(caller: int, session: Session = session) -> None:
            if caller:
                owned.rotate([a_rotation(session)])
            else:
                with owned.work() as work:
                    work.sessions.end(session.id, at=NOW + HOUR, reason=EndReason.SIGNED_OUT)

        at_once(4, act)

        assert kept_session(owned, session.id).ended_at == NOW + HOUR


def test_rotate_inside_a_unit_of_work_is_refused(owned: Store) -> None:
    with owned.work(), pytest.raises(RuntimeError):
        owned.rotate([a_rotation(a_session(1))])


def test_rotate_makes_no_snapshot_stale(owned: Store, heard: Heard) -> None:
    sessions = [a_session(number, account_id=owner) for number, owner in enumerate(OWNERS, start=1)]
    with owned.work() as work:
        for session in sessions:
            work.sessions.add(session)
    before = kept(owned, sessions[:1])
    heard.changes.clear()

    rotated = owned.rotate([a_rotation(session, now=NOW + DAY / 24) for session in sessions])
    after = kept(owned, sessions[:1])

    assert rotated[0] == (after[0][0], before[0][1].profile)
    assert after[0][0] != before[0][0]
    assert after[0][1] == before[0][1]
    assert heard.changes == []
