# ruff: noqa: ARG002 (a store that is read alone ignores the rest)
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Never

import pytest

from doorward.adapters.snapshots.cached import CachedSnapshots
from doorward.core.kernel.ids import AccountId, SessionId
from doorward.core.kernel.work import OpensView
from doorward.core.sessions.ports import HasSessions, Sessions
from doorward.core.sessions.records import EndReason, Kind, Profile, Session, Snapshot
from doorward.testing.clock import START, FixedClock

ALICE, BOB = AccountId("alice"), AccountId("bob")


def a_snapshot(session_id: str = "s1", account_id: AccountId = ALICE) -> Snapshot:
    return Snapshot(
        session_id=SessionId(session_id),
        kind=Kind.WEB,
        profile=Profile(account_id, account_id, f"{account_id}@example.org", True, (), START, START),  # noqa: FBT003
        granted="",
        created_at=START,
        authenticated_at=START,
        expires_at=START + timedelta(days=1),
        is_live=True,
    )


class Reads(Sessions, HasSessions, OpensView[HasSessions]):
    """A store that is read alone. It calls `meanwhile` between the reading and the answer."""

    def __init__(self, *snapshots: Snapshot) -> None:
        self.table = {snapshot.session_id: snapshot for snapshot in snapshots}
        self.count = 0
        self.meanwhile: Callable[[], None] = lambda: None

    def __call__(self) -> AbstractContextManager[HasSessions]:
        return nullcontext(self)

    @property
    def sessions(self) -> Sessions:
        return self

    def snapshot(self, session_id: SessionId) -> Snapshot | None:
        self.count += 1
        found = self.table.get(session_id)
        self.meanwhile()
        return found

    def by_id(self, session_id: SessionId) -> Never:
        raise AssertionError

    def held(self, session_id: SessionId, *, now: datetime) -> Never:
        raise AssertionError

    def add(self, session: Session) -> Never:
        raise AssertionError

    def replace(self, session: Session, *, expected: Session) -> Never:
        raise AssertionError

    def end(self, session_id: SessionId, *, at: datetime, reason: EndReason) -> Never:
        raise AssertionError

    def end_all(
        self, account_id: AccountId, *, at: datetime, reason: EndReason, keep: SessionId | None = None
    ) -> Never:
        raise AssertionError

    def adopt(self, session_id: SessionId, *, by: SessionId) -> Never:
        raise AssertionError

    def live_of(self, account_id: AccountId, *, now: datetime) -> Never:
        raise AssertionError

    def signed_in(self, account_id: AccountId, *, now: datetime, limit: int) -> Never:
        raise AssertionError

    def ended_at(self, account_id: AccountId, at: datetime) -> Never:
        raise AssertionError

    def with_snapshot(self, session_id: SessionId) -> Never:
        raise AssertionError

    def remove_all(self, account_id: AccountId) -> Never:
        raise AssertionError

    def purge(self, before: datetime) -> Never:
        raise AssertionError


S1, S2 = SessionId("s1"), SessionId("s2")


def test_load_remembers_for_the_bound_and_no_longer() -> None:
    clock, reads = FixedClock(), Reads(a_snapshot())
    snapshots = CachedSnapshots(reads, clock, bound=timedelta(seconds=2))

    loaded = snapshots.load(S1)
    clock.advance(timedelta(seconds=1.9))
    within = snapshots.cached(S1)
    clock.advance(timedelta(seconds=0.1))
    after = snapshots.cached(S1)

    assert loaded == within == a_snapshot()
    assert after is None


def test_load_twice_reads_once() -> None:
    reads = Reads(a_snapshot())
    snapshots = CachedSnapshots(reads, FixedClock())

    snapshots.load(S1)
    snapshots.load(S1)

    assert reads.count == 1


def test_load_unknown_session_is_not_remembered() -> None:
    reads = Reads()
    snapshots = CachedSnapshots(reads, FixedClock())

    assert snapshots.load(S1) is None
    reads.table[S1] = a_snapshot()
    assert snapshots.load(S1) == a_snapshot()


def test_cached_never_reads() -> None:
    reads = Reads(a_snapshot())

    assert CachedSnapshots(reads, FixedClock()).cached(S1) is None
    assert reads.count == 0


def test_cached_clock_set_back_forgets() -> None:
    clock = FixedClock()
    snapshots = CachedSnapshots(Reads(a_snapshot()), clock)
    snapshots.load(S1)

    clock.advance(timedelta(hours=-1))

    assert snapshots.cached(S1) is None


def test_cached_clock_set_back_a_little_does_not_prolong_the_bound() -> None:
    clock = FixedClock()
    snapshots = CachedSnapshots(Reads(a_snapshot()), clock, bound=timedelta(seconds=2))
    snapshots.load(S1)

    clock.advance(timedelta(seconds=1.9))
    clock.set_by(timedelta(seconds=-1.9))
    clock.advance(timedelta(seconds=0.1))

    assert snapshots.cached(S1) is None


def test_cached_clock_set_forward_forgets() -> None:
    clock = FixedClock()
    snapshots = CachedSnapshots(Reads(a_snapshot()), clock)
    snapshots.load(S1)

    clock.set_by(timedelta(hours=1))

    assert snapshots.cached(S1) is None


def test_load_with_a_bound_of_zero_remembers_nothing() -> None:
    reads = Reads(a_snapshot())
    snapshots = CachedSnapshots(reads, FixedClock(), bound=timedelta(0))

    snapshots.load(S1)
    snapshots.load(S1)

    assert reads.count == 2
    assert snapshots._held == {}


def test_forget_all_removes_every_session() -> None:
    snapshots = CachedSnapshots(Reads(a_snapshot("s1", ALICE), a_snapshot("s2", BOB)), FixedClock())
    snapshots.load(S1)
    snapshots.load(S2)

    snapshots.forget_all()

    assert snapshots.cached(S1) is None
    assert snapshots.cached(S2) is None
    assert snapshots._sessions_of == {}


def test_load_overtaken_by_forget_all_is_answered_but_not_remembered() -> None:
    reads = Reads(a_snapshot())
    snapshots = CachedSnapshots(reads, FixedClock())
    reads.meanwhile = snapshots.forget_all

    loaded = snapshots.load(S1)

    assert loaded == a_snapshot()
    assert snapshots.cached(S1) is None


def test_forget_removes_the_account_s_sessions_alone() -> None:
    snapshots = CachedSnapshots(Reads(a_snapshot("s1", ALICE), a_snapshot("s2", BOB)), FixedClock())
    snapshots.load(S1)
    snapshots.load(S2)

    snapshots.forget([ALICE])

    assert snapshots.cached(S1) is None
    assert snapshots.cached(S2) is not None


def test_load_overtaken_by_forget_is_answered_but_not_remembered() -> None:
    reads = Reads(a_snapshot())
    snapshots = CachedSnapshots(reads, FixedClock())
    reads.meanwhile = lambda: snapshots.forget([ALICE])

    loaded = snapshots.load(S1)

    assert loaded == a_snapshot()
    assert snapshots.cached(S1) is None


def test_load_overtaken_by_forget_of_another_account_is_remembered() -> None:
    reads = Reads(a_snapshot())
    snapshots = CachedSnapshots(reads, FixedClock())
    reads.meanwhile = lambda: snapshots.forget([BOB])

    snapshots.load(S1)

    assert snapshots.cached(S1) is not None


def test_load_after_forget_remembers_again() -> None:
    snapshots = CachedSnapshots(Reads(a_snapshot()), FixedClock())
    snapshots.load(S1)
    snapshots.forget([ALICE])

    snapshots.load(S1)

    assert snapshots.cached(S1) is not None


def test_load_beyond_capacity_drops_the_oldest() -> None:
    many = [a_snapshot(f"s{number}", AccountId(f"a{number}")) for number in range(10)]
    snapshots = CachedSnapshots(Reads(*many), FixedClock(), capacity=3)

    for snapshot in many:
        snapshots.load(snapshot.session_id)

    kept = [snapshot.session_id for snapshot in many if snapshots.cached(snapshot.session_id)]
    assert kept == ["s7", "s8", "s9"]
    assert len(snapshots._sessions_of) == 3


def test_load_failing_store_leaves_nothing_behind() -> None:
    reads = Reads(a_snapshot())
    snapshots = CachedSnapshots(reads, FixedClock())

    def fail() -> None:
        raise OSError("away")

    reads.meanwhile = fail
    with pytest.raises(OSError, match="away"):
        snapshots.load(S1)

    assert snapshots._loading == []
