"""Stores filled with people who never were: whoever is in there signs in, refreshes and leaves like anybody else."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.adapters.mongo.store import MongoStore
from doorward.adapters.sql.store import SqlStore
from doorward.assembly.store import OpenArchive, Store
from doorward.core.kernel.ids import DeviceId, SessionId
from doorward.core.moving.demo import Demo, password_of, username_of
from doorward.core.moving.errors import OtherMoveUnfinished, PeopleThere
from doorward.core.moving.fill import Fill
from doorward.core.moving.ports import Archive
from doorward.core.moving.records import KINDS, Row
from doorward.core.operating.rules import Fitness, judge
from doorward.core.sessions.records import EndReason, Kind, Session
from doorward.testing.clock import START
from tests.contract.breaking import Cut, Failing, Silent
from tests.house import HOME, House

KEY = bytes(range(32))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opens = MongoStore if url.startswith("mongodb") else SqlStore
    opened: Store = opens(url, on_change=lambda _: None, on_jobs=lambda: None)
    yield opened
    opened.close()


@pytest.fixture
def fill(archive: OpenArchive, store: Store) -> Callable[[Demo], Demo]:
    return Fill(archive, store.work, Silent())


def a_demo(*, accounts: int = 3, sessions: int = 7, hashed: str = "a hash") -> Demo:
    return Demo(accounts, sessions, KEY, START, hashed)


def everything(archive: Archive) -> dict[str, list[Row]]:
    with archive.snapshot() as records:
        return {kind.name: records.page(kind, after=None, limit=1_000) for kind in KINDS}


def test_filled_store_holds_as_many_as_were_asked_for_and_is_open(
    archive: OpenArchive, fill: Callable[[Demo], Demo]
) -> None:
    fill(a_demo())

    counts = {name: len(rows) for name, rows in everything(archive).items() if rows}
    assert archive.schema().copy is None
    assert (
        counts.items()
        >= {"accounts": 3, "passwords": 3, "attempts": 3, "devices": 7, "sessions": 7, "audit": 1}.items()
    )


def test_everybody_signs_in(store: Store, fill: Callable[[Demo], Demo]) -> None:
    house = House(store)
    fill(a_demo(hashed=house.hasher.hash(password_of(KEY))))

    signed_in = [house.sign_in(username_of(number), password_of(KEY)) for number in (1, 2, 3)]

    assert [each.profile.id for each in signed_in] == [a_demo().account_id(number) for number in (1, 2, 3)]
    assert house.flows.verify_chain().first_broken is None


def test_every_session_is_listed_refreshed_and_ended(store: Store, fill: Callable[[Demo], Demo]) -> None:
    demo, house = fill(a_demo()), House(store)
    close = house.flows.refresh.tokens.close

    listed = {session.id for number in (1, 2, 3) for session in house.flows.list_sessions(demo.account_id(number))}
    for number in range(1, 8):
        token, kind = close(demo.session_id(number), 0, demo.secret_of(number)), demo.kind_of(number)
        refreshed = house.flows.refresh(token, kind, caller=HOME)
        assert refreshed.session_id == demo.session_id(number)
        owner = demo.account_id(demo.owner_of(number))
        house.flows.end_session(owner, demo.session_id(number), reason=EndReason.SIGNED_OUT)

    assert listed == {demo.session_id(number) for number in range(1, 8)}
    assert [house.flows.list_sessions(demo.account_id(number)) for number in (1, 2, 3)] == [()] * 3


def test_session_reads_like_one_that_signing_in_began(store: Store, fill: Callable[[Demo], Demo]) -> None:
    house = House(store)
    demo = fill(a_demo(hashed=house.hasher.hash(password_of(KEY))))
    begun = house.sign_in(username_of(1), password_of(KEY), kind=Kind.MOBILE)

    with store.view() as view:
        made, real = (view.sessions.with_snapshot(id_) for id_ in (demo.session_id(1), SessionId(begun.session_id)))
        knows = view.devices.is_known(demo.account_id(1), demo.device_id(1), now=START)

    assert made is not None
    assert real is not None
    lived = real[0].created_at - made[0].created_at
    moved = replace(
        made[0],
        created_at=made[0].created_at + lived,
        authenticated_at=made[0].authenticated_at + lived,
        last_seen_at=made[0].last_seen_at + lived,
        idle_expires_at=made[0].idle_expires_at + lived,
        expires_at=made[0].expires_at + lived,
    )
    assert _but_for_what_is_its_own(moved) == _but_for_what_is_its_own(real[0])
    assert (made[1].scope, made[1].is_live, knows) == (real[1].scope, True, True)


def test_store_with_somebody_in_it_is_refused_and_left_as_it_is(
    archive: OpenArchive, store: Store, fill: Callable[[Demo], Demo]
) -> None:
    House(store).flows.add_account("grace", "grace@mail.example")
    before = everything(archive)

    with pytest.raises(PeopleThere, match="accounts"):
        fill(a_demo())

    assert everything(archive) == before
    assert archive.schema().copy is None


def test_store_that_is_filled_is_refused(archive: OpenArchive, fill: Callable[[Demo], Demo]) -> None:
    fill(a_demo())
    before = everything(archive)

    with pytest.raises(PeopleThere):
        fill(a_demo())

    assert everything(archive) == before


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("is_kept", [True, False], ids=["after it was kept", "before it was kept"])
def test_fill_interrupted_at_any_write_goes_on_another_day_and_ends_the_same(
    archive: OpenArchive, store: Store, monkeypatch: pytest.MonkeyPatch, *, is_kept: bool
) -> None:
    monkeypatch.setattr("doorward.core.moving.fill.PAGE", 2)
    Fill(archive, store.work, Silent())(a_demo())
    wanted, interruptions = _people(archive), 0
    for breaks_at in range(1, 100):
        for kind, _ in a_demo().made():
            archive.empty(kind, move="")
        archive.mark(None)
        try:
            Fill(Failing(archive, breaks_at, is_kept), store.work, Silent())(a_demo())
            break
        except Cut:
            interruptions += 1
        if archive.schema().copy is not None:  # else it was cut off after its end
            assert judge(archive.schema()) is Fitness.UNFINISHED
            Fill(archive, store.work, Silent())(replace(a_demo(), at=START + timedelta(days=1)))
        assert _people(archive) == wanted
        assert archive.schema().copy is None

    assert interruptions > 12


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "other",
    [a_demo(accounts=4), a_demo(sessions=8), replace(a_demo(), key=bytes(32))],
    ids=["other accounts", "other sessions", "another key"],
)
def test_fill_of_half_of_something_else_is_refused_and_changes_nothing(
    archive: OpenArchive, store: Store, other: Demo
) -> None:
    with pytest.raises(Cut):
        Fill(Failing(archive, 3, is_kept=True), store.work, Silent())(a_demo())
    before = everything(archive), archive.schema()

    with pytest.raises(OtherMoveUnfinished, match="demo data begun at"):
        Fill(archive, store.work, Silent())(other)

    assert (everything(archive), archive.schema()) == before


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_fill_into_half_of_a_copy_is_refused(archive: OpenArchive, store: Store) -> None:
    archive.mark('{"from": "postgresql://elsewhere/x", "positions": {}}')

    with pytest.raises(OtherMoveUnfinished, match="elsewhere"):
        Fill(archive, store.work, Silent())(a_demo())


def _but_for_what_is_its_own(session: Session) -> Session:
    return replace(
        session, id=SessionId(""), digest=b"", device_id=session.device_id and DeviceId(""), place="", device_name=""
    )


def _people(archive: Archive) -> dict[str, list[Row]]:
    """Return what is made of people; the audit log tells of each time that it was made."""
    return {kind.name: everything(archive)[kind.name] for kind, _ in a_demo().made()}
