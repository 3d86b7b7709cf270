"""Sessions, in every store."""

from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.assembly.store import Store
from doorward.core.accounts.records import Status
from doorward.core.kernel.ids import AccountId, SessionId
from doorward.core.sessions.records import BY_PASSWORD, Authentication, EndReason, Kind, Session
from tests.builders import NOW
from tests.contract.builders import DAY, MANY, a_session, an_account, at_once, numbered

OWNER = AccountId(numbered(1))
OTHER = AccountId(numbered(2))
NONE = SessionId("z" * 26)
A_MOMENT = timedelta(microseconds=1)


def kept(store: Store, *sessions: Session) -> None:
    with store.work() as work:
        for session in sessions:
            work.sessions.add(session)


def rotated(session: Session, *, digest: bytes = b"next") -> Session:
    return replace(
        session,
        generation=session.generation + 1,
        digest=digest,
        superseded_digest=session.digest,
        superseded_at=NOW + A_MOMENT,
        sealed_successor=b"sealed",
        last_seen_at=NOW + DAY,
        idle_expires_at=session.idle_expires_at + DAY,
    )


def test_by_id_kept_session_comes_back_as_it_was(store: Store) -> None:
    plain = replace(a_session(1), device_id=None, authentication=Authentication())
    full = replace(
        rotated(a_session(2)),
        replays=5,
        ended_at=NOW,
        end_reason=EndReason.REPLACED,
        parent_id=plain.id,
        authentication=Authentication("urn:example:strong", ("pwd", "otp")),
    )

    kept(store, plain, full)

    with store.view() as view:
        assert view.sessions.by_id(plain.id) == plain
        assert view.sessions.by_id(full.id) == full
        assert view.sessions.by_id(NONE) is None


def test_replace_writes_what_may_change(store: Store) -> None:
    before = a_session(1)
    kept(store, before)
    after = replace(rotated(before), place="elsewhere", device_name="Phone", scope="account operate", replays=1)

    with store.work() as work:
        is_replaced = work.sessions.replace(after, expected=before)

    with store.view() as view:
        assert is_replaced
        assert view.sessions.by_id(before.id) == after


@pytest.mark.parametrize("expected", [replace(a_session(1), generation=3), replace(a_session(1), replays=3)])
def test_replace_row_that_moved_on_writes_nothing(store: Store, expected: Session) -> None:
    before = a_session(1)
    kept(store, before)

    with store.work() as work:
        is_replaced = work.sessions.replace(rotated(before), expected=expected)

    with store.view() as view:
        assert not is_replaced
        assert view.sessions.by_id(before.id) == before


def test_replace_ended_session_never_comes_back(store: Store) -> None:
    before = a_session(1)
    kept(store, before)

    with store.work() as work:
        work.sessions.end(before.id, at=NOW, reason=EndReason.SIGNED_OUT)
        is_replaced = work.sessions.replace(rotated(before), expected=before)

    with store.view() as view:
        ended = view.sessions.by_id(before.id)
        assert not is_replaced
        assert ended is not None
        assert (ended.ended_at, ended.end_reason) == (NOW, EndReason.SIGNED_OUT)


def test_replace_many_at_once_one_wins(store: Store) -> None:
    before = a_session(1)
    kept(store, before)

    def rotate(number: int) -> bool:
        with store.work() as work:
            read = work.sessions.by_id(before.id)
            return read == before and work.sessions.replace(rotated(before, digest=bytes([number])), expected=before)

    won = at_once(50, rotate)

    with store.view() as view:
        after = view.sessions.by_id(before.id)
        assert won.count(True) == 1
        assert after is not None
        assert after.digest == bytes([won.index(True)])


def test_replace_many_in_turn_none_is_lost(store: Store) -> None:
    kept(store, a_session(1))

    def rotate_until_done(_number: int) -> None:
        is_done = False
        while not is_done:
            with store.work() as work:
                before = work.sessions.by_id(a_session(1).id)
                is_done = before is not None and work.sessions.replace(rotated(before), expected=before)

    at_once(MANY, rotate_until_done)

    with store.view() as view:
        after = view.sessions.by_id(a_session(1).id)
        assert after is not None
        assert after.generation == MANY


def test_end_ends_once(store: Store) -> None:
    kept(store, a_session(1))

    with store.work() as work:
        first = work.sessions.end(a_session(1).id, at=NOW, reason=EndReason.SIGNED_OUT)
        second = work.sessions.end(a_session(1).id, at=NOW + DAY, reason=EndReason.DISABLED)
        unknown = work.sessions.end(NONE, at=NOW, reason=EndReason.SIGNED_OUT)

    with store.view() as view:
        assert (first, second, unknown) == (True, False, False)
        assert view.sessions.by_id(a_session(1).id) == replace(
            a_session(1), ended_at=NOW, end_reason=EndReason.SIGNED_OUT
        )


def test_end_many_at_once_one_ends_it(store: Store) -> None:
    kept(store, a_session(1))

    def end(_number: int) -> bool:
        with store.work() as work:
            return work.sessions.end(a_session(1).id, at=NOW, reason=EndReason.SIGNED_OUT)

    assert at_once(MANY, end).count(True) == 1


def test_end_all_ends_the_live_ones_of_the_account_but_the_kept(store: Store) -> None:
    staying, first, second = a_session(1), a_session(2), a_session(3)
    expired = replace(a_session(4), idle_expires_at=NOW)
    others = a_session(5, account_id=OTHER)
    kept(store, staying, first, second, expired, others)

    with store.work() as work:
        ended = work.sessions.end_all(OWNER, at=NOW, reason=EndReason.PASSWORD_CHANGED, keep=staying.id)

    with store.view() as view:
        assert ended == 2
        assert view.sessions.live_of(OWNER, now=NOW) == (staying,)
        assert view.sessions.live_of(OTHER, now=NOW) == (others,)


def test_end_all_without_an_exception_ends_all(store: Store) -> None:
    kept(store, a_session(1), a_session(2))

    with store.work() as work:
        ended = work.sessions.end_all(OWNER, at=NOW, reason=EndReason.CLOSING)

    with store.view() as view:
        assert ended == 2
        assert view.sessions.live_of(OWNER, now=NOW) == ()


def test_ended_at_names_what_one_change_ended(store: Store) -> None:
    before, parent, child, other = a_session(1), a_session(2), a_session(3), a_session(4, account_id=OTHER)
    kept(store, before, parent, replace(child, parent_id=parent.id), other)

    with store.work() as work:
        work.sessions.end(before.id, at=NOW - A_MOMENT, reason=EndReason.SIGNED_OUT)
        work.sessions.end(parent.id, at=NOW, reason=EndReason.SIGNED_OUT)
        work.sessions.end_all(OTHER, at=NOW, reason=EndReason.DISABLED)

    with store.view() as view:
        assert set(view.sessions.ended_at(OWNER, NOW)) == {parent.id, child.id}
        assert view.sessions.ended_at(OWNER, NOW - A_MOMENT) == (before.id,)
        assert view.sessions.ended_at(OWNER, NOW + A_MOMENT) == ()


def test_live_of_seen_last_comes_first_and_the_dead_are_left_out(store: Store) -> None:
    seen_first = replace(a_session(2), last_seen_at=NOW)
    seen_last = replace(a_session(1), last_seen_at=NOW + A_MOMENT)
    kept(
        store,
        seen_first,
        seen_last,
        replace(a_session(3), idle_expires_at=NOW),
        replace(a_session(4), expires_at=NOW),
        replace(a_session(5), ended_at=NOW, end_reason=EndReason.SIGNED_OUT),
        a_session(6, account_id=OTHER),
    )

    with store.view() as view:
        assert view.sessions.live_of(OWNER, now=NOW) == (seen_last, seen_first)


def test_signed_in_is_where_a_person_was_seen_last_and_no_more_than_asked_for(store: Store) -> None:
    people = [replace(a_session(number), last_seen_at=NOW + number * A_MOMENT) for number in (1, 2, 3)]
    kept(
        store,
        *people,
        replace(a_session(4), last_seen_at=NOW + 9 * A_MOMENT, kind=Kind.CLIENT),
        replace(a_session(5), expires_at=NOW),
        replace(a_session(6), ended_at=NOW, end_reason=EndReason.SIGNED_OUT),
        a_session(7, account_id=OTHER),
    )

    with store.view() as view:
        assert view.sessions.signed_in(OWNER, now=NOW, limit=9) == tuple(reversed(people))
        assert view.sessions.signed_in(OWNER, now=NOW, limit=2) == (people[2], people[1])


def test_snapshot_holds_the_account_and_its_roles_in_order(store: Store) -> None:
    account, session = replace(an_account(1), updated_at=NOW + DAY), a_session(1)
    with store.work() as work:
        work.accounts.add(account)
        work.roles.grant(account.id, "support")
        work.roles.grant(account.id, "operator")
        work.sessions.add(session)

    with store.view() as view:
        snapshot = view.sessions.snapshot(session.id)

    assert snapshot is not None
    assert snapshot.profile == account.profile(("operator", "support"))
    assert (snapshot.session_id, snapshot.kind, snapshot.granted) == (session.id, session.kind, session.scope)
    assert (snapshot.authenticated_at, snapshot.expires_at) == (session.authenticated_at, session.expires_at)
    assert (snapshot.created_at, snapshot.authentication) == (session.created_at, BY_PASSWORD)
    assert snapshot.is_live


def test_with_snapshot_holds_the_session_and_its_snapshot(store: Store) -> None:
    account, session = an_account(1), a_session(1)
    with store.work() as work:
        work.accounts.add(account)
        work.roles.grant(account.id, "support")
        work.sessions.add(session)

    with store.view() as view:
        found = view.sessions.with_snapshot(session.id)
        snapshot = view.sessions.snapshot(session.id)

    assert found == (session, snapshot)


def test_with_snapshot_unknown_session_or_account_is_none(store: Store) -> None:
    kept(store, a_session(1))

    with store.view() as view:
        assert view.sessions.with_snapshot(NONE) is None
        assert view.sessions.with_snapshot(a_session(1).id) is None


def test_snapshot_without_roles_has_none(store: Store) -> None:
    with store.work() as work:
        work.accounts.add(an_account(1))
        work.sessions.add(a_session(1))

    with store.view() as view:
        snapshot = view.sessions.snapshot(a_session(1).id)

    assert snapshot is not None
    assert snapshot.profile.roles == ()


def test_snapshot_unknown_session_or_account_is_none(store: Store) -> None:
    kept(store, a_session(1))

    with store.view() as view:
        assert view.sessions.snapshot(NONE) is None
        assert view.sessions.snapshot(a_session(1).id) is None


@pytest.mark.parametrize("status", [Status.DISABLED, Status.CLOSING])
def test_snapshot_account_that_is_not_active_is_not_live(store: Store, status: Status) -> None:
    with store.work() as work:
        work.accounts.add(replace(an_account(1), status=status))
        work.sessions.add(a_session(1))

    with store.view() as view:
        snapshot = view.sessions.snapshot(a_session(1).id)

    assert snapshot is not None
    assert not snapshot.is_live


def test_snapshot_ended_session_is_not_live(store: Store) -> None:
    with store.work() as work:
        work.accounts.add(an_account(1))
        work.sessions.add(a_session(1))
        work.sessions.end(a_session(1).id, at=NOW, reason=EndReason.SIGNED_OUT)

    with store.view() as view:
        snapshot = view.sessions.snapshot(a_session(1).id)

    assert snapshot is not None
    assert not snapshot.is_live


def test_remove_all_removes_the_ended_ones_too(store: Store) -> None:
    ended = replace(a_session(2), ended_at=NOW, end_reason=EndReason.SIGNED_OUT)
    others = a_session(3, account_id=OTHER)
    kept(store, a_session(1), ended, others)

    with store.work() as work:
        work.sessions.remove_all(OWNER)

    with store.view() as view:
        assert view.sessions.by_id(a_session(1).id) is None
        assert view.sessions.by_id(ended.id) is None
        assert view.sessions.by_id(others.id) == others


def test_purge_removes_what_was_over_before(store: Store) -> None:
    before = NOW + 20 * DAY
    live = replace(a_session(1), idle_expires_at=before, expires_at=before + DAY)
    idle = replace(a_session(2), idle_expires_at=before - A_MOMENT, expires_at=before + DAY)
    expired = replace(a_session(3), idle_expires_at=before + DAY, expires_at=before - A_MOMENT)
    ending, ending_late = a_session(4), a_session(5)
    kept(store, live, idle, expired, ending, ending_late)

    with store.work() as work:
        work.sessions.end(ending.id, at=before - A_MOMENT, reason=EndReason.SIGNED_OUT)
        work.sessions.end(ending_late.id, at=NOW, reason=EndReason.SIGNED_OUT)
        removed = work.sessions.purge(before)

    with store.view() as view:
        assert removed == 4
        assert view.sessions.by_id(live.id) == live


def test_purge_rotated_session_is_kept_as_long_as_it_lives(store: Store) -> None:
    before = a_session(1)
    after = rotated(before)
    kept(store, before)

    with store.work() as work:
        work.sessions.replace(after, expected=before)
        too_early = work.sessions.purge(after.idle_expires_at)
        in_time = work.sessions.purge(after.idle_expires_at + A_MOMENT)

    assert (too_early, in_time) == (0, 1)
