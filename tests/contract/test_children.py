"""Sessions that were granted in others and end with them, in every store."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.assembly.store import Store
from doorward.core.kernel.ids import AccountId, SessionId
from doorward.core.sessions.records import EndReason, Kind, Rotation, Session
from tests.builders import NOW
from tests.contract.builders import DAY, HOUR, Heard, a_child, a_session, an_account, numbered

OWNER = AccountId(numbered(1))
A_MOMENT = timedelta(microseconds=1)
PARENT = a_session(1)
FIRST, SECOND = a_child(2, PARENT), a_child(3, PARENT)
OFFLINE = replace(a_child(4, PARENT), parent_id=None)
OTHER_PARENT = a_session(5)
OF_OTHER = a_child(6, OTHER_PARENT)


def kept(store: Store, *sessions: Session) -> None:
    with store.work() as work:
        work.accounts.add(an_account(1))
        for session in sessions:
            work.sessions.add(session)


def ended(session: Session, reason: EndReason = EndReason.SIGNED_OUT) -> Session:
    return replace(session, ended_at=NOW, end_reason=reason)


def now_kept(store: Store, *sessions: Session) -> list[Session | None]:
    with store.view() as view:
        return [view.sessions.by_id(session.id) for session in sessions]


def test_end_ends_the_children_and_nobody_else(store: Store) -> None:
    before = ended(replace(a_child(7, PARENT), parent_id=PARENT.id), EndReason.REUSE_DETECTED)
    kept(store, PARENT, FIRST, SECOND, OFFLINE, OTHER_PARENT, OF_OTHER, before)

    with store.work() as work:
        is_ended = work.sessions.end(PARENT.id, at=NOW, reason=EndReason.SIGNED_OUT)

    assert is_ended
    assert now_kept(store, PARENT, FIRST, SECOND) == [ended(PARENT), ended(FIRST), ended(SECOND)]
    assert now_kept(store, OFFLINE, OTHER_PARENT, OF_OTHER) == [OFFLINE, OTHER_PARENT, OF_OTHER]
    assert now_kept(store, before) == [before]


def test_end_child_leaves_its_parent_and_its_siblings(store: Store) -> None:
    kept(store, PARENT, FIRST, SECOND)

    with store.work() as work:
        work.sessions.end(FIRST.id, at=NOW, reason=EndReason.REUSE_DETECTED)

    assert now_kept(store, PARENT, FIRST, SECOND) == [PARENT, ended(FIRST, EndReason.REUSE_DETECTED), SECOND]


def test_end_of_a_parent_tells_whose_snapshots_changed(store: Store, heard: Heard) -> None:
    kept(store, PARENT, FIRST)
    heard.changes.clear()

    with store.work() as work:
        work.sessions.end(PARENT.id, at=NOW, reason=EndReason.SIGNED_OUT)

    with store.view() as view:
        snapshot = view.sessions.snapshot(FIRST.id)
    assert heard.changes == [frozenset({OWNER})]
    assert snapshot is not None
    assert not snapshot.is_live


def test_end_all_ends_children_and_offline_ones_also_those_of_the_kept(store: Store) -> None:
    kept(store, PARENT, FIRST, OFFLINE, OTHER_PARENT, OF_OTHER)

    with store.work() as work:
        count = work.sessions.end_all(OWNER, at=NOW, reason=EndReason.PASSWORD_CHANGED, keep=PARENT.id)

    reason = EndReason.PASSWORD_CHANGED
    assert count == 4
    assert now_kept(store, PARENT, FIRST) == [PARENT, ended(FIRST, reason)]
    assert now_kept(store, OFFLINE, OTHER_PARENT, OF_OTHER) == [
        ended(session, reason) for session in (OFFLINE, OTHER_PARENT, OF_OTHER)
    ]


def test_live_of_has_those_of_clients(store: Store) -> None:
    kept(store, PARENT, FIRST)

    with store.view() as view:
        live = view.sessions.live_of(OWNER, now=NOW)

    assert live == (FIRST, PARENT)


def test_purge_takes_the_children_along_and_tells_whose_they_were(store: Store, heard: Heard) -> None:
    before = NOW + 20 * DAY
    over = replace(PARENT, idle_expires_at=before - A_MOMENT)
    lasting = replace(FIRST, idle_expires_at=before + DAY, expires_at=before + DAY)
    live = replace(OTHER_PARENT, idle_expires_at=before + DAY, expires_at=before + DAY)
    kept(store, over, lasting, live, replace(OF_OTHER, idle_expires_at=before + DAY, expires_at=before + DAY))
    heard.changes.clear()

    with store.work() as work:
        removed = work.sessions.purge(before)

    assert removed == 2
    assert [session is not None for session in now_kept(store, over, lasting, live, OF_OTHER)] == [
        False,
        False,
        True,
        True,
    ]
    assert heard.changes == [frozenset({OWNER})]


def test_purge_without_children_tells_nobody(store: Store, heard: Heard) -> None:
    kept(store, PARENT)
    heard.changes.clear()

    with store.work() as work:
        removed = work.sessions.purge(NOW + 40 * DAY)

    assert (removed, heard.changes) == (1, [])


def test_rotate_session_of_a_client_goes_on_with_its_parent(store: Store) -> None:
    kept(store, PARENT, FIRST)
    rotation = Rotation(FIRST.id, Kind.CLIENT, 0, FIRST.digest, b"next", b"sealed", None, NOW + HOUR)

    (found,) = store.rotate([rotation])
    (wrong_kind,) = store.rotate([replace(rotation, kind=Kind.MOBILE, generation=1, digest=b"next")])

    assert found is not None
    session, owner = found
    assert (session.generation, session.digest, session.parent_id) == (1, b"next", PARENT.id)
    assert (session.kind, owner.id) == (Kind.CLIENT, PARENT.account_id)
    assert now_kept(store, FIRST) == [session]
    assert wrong_kind is None


def test_rotate_session_that_ended_with_its_parent_is_refused(store: Store) -> None:
    kept(store, PARENT, FIRST)
    with store.work() as work:
        work.sessions.end(PARENT.id, at=NOW, reason=EndReason.SIGNED_OUT)

    rotation = Rotation(FIRST.id, Kind.CLIENT, 0, FIRST.digest, b"next", b"sealed", None, NOW + HOUR)
    (rotated,) = store.rotate([rotation])

    assert rotated is None
    assert now_kept(store, FIRST) == [ended(FIRST)]


def test_replace_leaves_the_parent_as_it_was(store: Store) -> None:
    kept(store, PARENT, FIRST)

    with store.work() as work:
        work.sessions.replace(replace(FIRST, generation=1, parent_id=None), expected=FIRST)

    assert now_kept(store, FIRST) == [replace(FIRST, generation=1)]


@pytest.mark.parametrize(
    "change",
    [
        {"ended_at": NOW, "end_reason": EndReason.SIGNED_OUT},
        {"idle_expires_at": NOW},
        {"expires_at": NOW},
    ],
    ids=["ended", "idle", "expired"],
)
def test_held_session_that_is_over_is_none(store: Store, change: dict[str, object]) -> None:
    kept(store, replace(PARENT, **change))  # type: ignore[arg-type]  # the parameters name fields of a session

    with store.work() as work:
        assert work.sessions.held(PARENT.id, now=NOW) is None
        assert work.sessions.held(SessionId("z" * 26), now=NOW) is None


@pytest.mark.parametrize("child", [FIRST, OFFLINE], ids=["child", "offline"])
@pytest.mark.parametrize("way", ["end_all", "end"])
def test_held_session_is_ended_by_nobody_before_what_is_granted_in_it_is_there(
    store: Store, way: str, child: Session
) -> None:
    kept(store, PARENT)

    def sign_out() -> None:
        with store.work() as work:
            if way == "end":
                work.sessions.end(PARENT.id, at=NOW, reason=EndReason.SIGNED_OUT)
            else:
                work.sessions.end_all(OWNER, at=NOW, reason=EndReason.SIGNED_OUT)

    with ThreadPoolExecutor(1) as threads:
        with store.work() as work:
            held = work.sessions.held(PARENT.id, now=NOW)
            signing_out = threads.submit(sign_out)
            wait([signing_out], timeout=0.3)
            work.sessions.add(child)
        signing_out.result()

    outlives_it = way == "end" and child is OFFLINE
    assert held == PARENT
    assert now_kept(store, PARENT, child) == [ended(PARENT), child if outlives_it else ended(child)]


def test_adopt_lets_live_children_end_with_another_parent(store: Store, heard: Heard) -> None:
    over = ended(a_child(7, PARENT), EndReason.REUSE_DETECTED)
    heir = replace(a_session(8), account_id=OWNER)
    kept(store, PARENT, FIRST, SECOND, OFFLINE, OTHER_PARENT, OF_OTHER, over, heir)
    heard.changes.clear()

    with store.work() as work:
        work.sessions.adopt(PARENT.id, by=heir.id)
        work.sessions.end(PARENT.id, at=NOW, reason=EndReason.REPLACED)
    after_the_parent = now_kept(store, FIRST, SECOND)
    with store.work() as work:
        work.sessions.end(heir.id, at=NOW, reason=EndReason.SIGNED_OUT)

    adopted = [replace(child, parent_id=heir.id) for child in (FIRST, SECOND)]
    assert after_the_parent == adopted
    assert now_kept(store, FIRST, SECOND) == [ended(child) for child in adopted]
    assert now_kept(store, OFFLINE, OF_OTHER, over) == [OFFLINE, OF_OTHER, over]
    assert heard.changes
