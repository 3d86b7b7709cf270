"""Everything that a store keeps, as records: read in pages, written more than once, moved from each store to each."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from doorward.adapters.archive.file import FileBackup
from doorward.adapters.mongo.store import MongoStore
from doorward.adapters.sql import tables
from doorward.adapters.sql.store import SqlStore
from doorward.assembly.store import OpenArchive, Store, open_archive
from doorward.core.kernel.ids import SessionId
from doorward.core.moving.back_up import BackUp
from doorward.core.moving.copy_store import CopyStore
from doorward.core.moving.errors import OtherMoveUnfinished, SameStore, TargetNotEmpty
from doorward.core.moving.ports import Archive
from doorward.core.moving.records import AUDIT_HEAD, KINDS, META, Compared, Kind, Row, Value
from doorward.core.moving.restore import Restore
from doorward.core.moving.rules import Move
from doorward.testing.clock import FixedClock
from tests import mongodb
from tests.contract.breaking import Cut, Failing, Silent
from tests.contract.conftest import SQL, STORES, emptied
from tests.contract.history import ADA, ROWS_OF_0007
from tests.stores import a_memory_store

KINDS_BY_NAME = {kind.name: kind for kind in KINDS}
PLAIN = [kind for kind in KINDS if kind not in (AUDIT_HEAD, META)]
UNIQUE = frozenset({"username_key", "username_skeleton", "email_key", "dedupe_key", "key"})


@pytest.fixture(params=STORES)
def target_url(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> str:
    """Return the URL of a second empty store of each kind."""
    if request.param == "mongodb":
        return mongodb.emptied(request.getfixturevalue("second_mongodb_url"))
    if request.param == "postgresql":
        return emptied(request.getfixturevalue("second_postgresql_url"))
    file = tmp_path / "target.db"
    file.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{file}"


@pytest.fixture
def target(target_url: str) -> Iterator[OpenArchive]:
    opened = open_archive(target_url)
    yield opened
    opened.close()


def a_record(kind: Kind, number: int) -> Row:
    """Return a record of a kind; records with other numbers differ in every unique value."""
    template = ROWS_OF_0007[f"{tables.PREFIX}{kind.name}"]

    def value(column: str) -> Value:
        held = template[column]
        if column not in UNIQUE and column not in kind.columns[: kind.keys]:
            return held
        match held:
            case int():
                return number
            case bytes():
                return number.to_bytes(32)
            case _:
                return f"{number:026}"

    return tuple(value(column) for column in kind.columns)


def some(kind: Kind, count: int, *, first: int = 1) -> list[Row]:
    return [a_record(kind, number) for number in range(first, first + count)]


def everything(archive: Archive) -> dict[str, list[Row]]:
    """Return every record of a store, sorted."""
    with archive.snapshot() as records:
        return {kind.name: sorted(records.page(kind, after=None, limit=10_000), key=repr) for kind in KINDS}


def copied(source: Archive, target: Archive, *, name: str = "here") -> Sequence[Compared]:
    return CopyStore(source, target, Silent())(name)


def differing(compared: Sequence[Compared]) -> list[str]:
    return [each.kind for each in compared if not each.agrees]


def filled(archive: Archive) -> Archive:
    """Return a store with some records of every kind."""
    for kind in PLAIN:
        archive.put(kind, some(kind, 3), move="")
    archive.empty(AUDIT_HEAD, move="")
    archive.put(AUDIT_HEAD, [(1, 3, bytes(range(32)))], move="")
    archive.empty(META, move="")
    archive.put(META, [("refresh_epoch", "7")], move="")
    archive.mark(None)
    return archive


def copy_of(kind: Kind, source: Archive, target: Archive) -> None:
    """Bring the records of one kind, without touching how far the move is."""
    move = target.schema().copy or ""
    target.empty(kind, move=move)
    with source.snapshot() as records:
        target.put(kind, records.page(kind, after=None, limit=100), move=move)


@pytest.mark.parametrize("kind", PLAIN, ids=lambda kind: kind.name)
def test_page_after_page_gives_back_each_record_once_as_it_was_put(archive: OpenArchive, kind: Kind) -> None:
    rows = some(kind, 5)
    archive.put(kind, rows, move="m")

    with archive.snapshot() as records:
        first = records.page(kind, after=None, limit=2)
        second = records.page(kind, after=kind.key(first[-1]), limit=2)
        third = records.page(kind, after=kind.key(second[-1]), limit=2)
        count = records.count(kind)

    assert [*first, *second, *third] == rows
    assert [[type(value) for value in row] for row in first] == [[type(value) for value in row] for row in rows[:2]]
    assert count == 5


@pytest.mark.parametrize("kind", PLAIN, ids=lambda kind: kind.name)
def test_put_again_changes_nothing_and_adds_what_is_new(archive: OpenArchive, kind: Kind) -> None:
    archive.put(kind, some(kind, 3), move="1")

    archive.put(kind, some(kind, 3, first=2), move="2")

    with archive.snapshot() as records:
        assert records.page(kind, after=None, limit=10) == some(kind, 4)
    assert archive.schema().copy == "2"


def test_put_key_that_is_there_with_other_values_is_left_out(archive: OpenArchive) -> None:
    signing_keys = KINDS_BY_NAME["signing_keys"]
    archive.put(signing_keys, some(signing_keys, 2), move="1")
    other = (f"{1:026}", "RS256", *a_record(signing_keys, 1)[2:])

    archive.put(signing_keys, [other, a_record(signing_keys, 3)], move="2")

    with archive.snapshot() as records:
        assert records.page(signing_keys, after=None, limit=10) == some(signing_keys, 3)


def test_put_other_unique_value_taken_is_left_out(archive: OpenArchive) -> None:
    accounts = KINDS_BY_NAME["accounts"]
    archive.put(accounts, some(accounts, 1), move="1")
    same_name = (f"{9:026}", *a_record(accounts, 1)[1:])

    archive.put(accounts, [same_name, a_record(accounts, 2)], move="2")

    with archive.snapshot() as records:
        assert records.page(accounts, after=None, limit=10) == some(accounts, 2)


@pytest.mark.parametrize("url", SQL, indirect=True)
def test_put_that_fails_writes_neither_records_nor_the_move(archive: OpenArchive) -> None:
    roles = KINDS_BY_NAME["roles"]
    archive.mark("before")

    with pytest.raises(Exception, match=r"(?i)null"):
        archive.put(roles, [(ADA, "operator"), (ADA, None)], move="after")

    with archive.snapshot() as records:
        assert records.count(roles) == 0
    assert archive.schema().copy == "before"


def test_empty_meta_leaves_what_belongs_to_the_store(archive: OpenArchive) -> None:
    archive.mark("1")
    before = archive.schema()

    archive.empty(META, move="2")

    with archive.snapshot() as records:
        assert records.page(META, after=None, limit=10) == []
    assert archive.schema() == replace(before, copy="2")


def test_empty_removes_all_of_one_kind_alone(archive: OpenArchive) -> None:
    filled(archive)

    archive.empty(KINDS_BY_NAME["sessions"], move="m")

    counts = {name: len(rows) for name, rows in everything(archive).items()}
    assert counts == {**{kind.name: 3 for kind in PLAIN}, "sessions": 0, "audit_head": 1, "meta": 1}


def test_mark_is_seen_by_the_schema_until_it_is_taken_away(archive: OpenArchive) -> None:
    seen = []
    for move in (None, "1", "2", None):
        archive.mark(move)
        seen.append(archive.schema().copy)

    assert seen == [None, "1", "2", None]


@pytest.mark.parametrize("url", SQL, indirect=True)
def test_snapshot_holds_its_moment_while_others_write(archive: OpenArchive) -> None:
    roles = KINDS_BY_NAME["roles"]
    with archive.snapshot() as records:
        before = records.count(roles)
        archive.put(roles, some(roles, 2), move="m")
        during = records.page(roles, after=None, limit=10)

    assert (before, during) == (0, [])


def test_copy_brings_every_kind_and_opens_the_target(archive: OpenArchive, target: OpenArchive) -> None:
    filled(archive)

    compared = copied(archive, target)

    assert differing(compared) == []
    assert everything(target) == everything(archive)
    assert [each.source.records for each in compared] == [3] * 10 + [1] + [3] * 10 + [1]
    assert target.schema().copy is None


def test_copy_reads_through_the_ports_as_before(archive: OpenArchive, target_url: str, target: OpenArchive) -> None:
    for kind in PLAIN:
        row = ROWS_OF_0007[f"{tables.PREFIX}{kind.name}"]
        archive.put(kind, [tuple(row[column] for column in kind.columns)], move="")
    archive.mark(None)

    copied(archive, target)

    opens = MongoStore if target_url.startswith("mongodb") else SqlStore
    store: Store = opens(target_url, on_change=lambda _: None, on_jobs=lambda: None)
    with store.view() as view:
        found = view.sessions.with_snapshot(SessionId(ADA))
    store.close()
    assert found is not None
    assert (found[0].generation, found[1].profile.roles) == (7, ("operator",))


@pytest.mark.slow
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("is_kept", [True, False], ids=["after it was kept", "before it was kept"])
def test_copy_interrupted_at_any_write_goes_on_and_ends_the_same(
    archive: OpenArchive, tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch, *, is_kept: bool
) -> None:
    monkeypatch.setattr("doorward.core.moving.pages.PAGE", 2)
    wanted = everything(filled(archive))
    file = tmp_path / "again.db"
    interruptions = 0
    for breaks_at in range(1, 1000):
        file.unlink(missing_ok=True)
        file.write_bytes(sqlite_template.read_bytes())
        target = open_archive(f"sqlite:///{file}")
        try:
            copied(archive, Failing(target, breaks_at, is_kept))
            break
        except Cut:
            interruptions += 1
            if target.schema().copy is not None:
                assert differing(copied(archive, target)) == []
            assert everything(target) == wanted
            assert target.schema().copy is None
        finally:
            target.close()

    assert interruptions > 3 * len(KINDS)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("breaks_at", [1, 2, 3, 12, 26, 43])
def test_copy_interrupted_goes_on_in_each_kind_of_store(
    archive: OpenArchive, target: OpenArchive, breaks_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.core.moving.pages.PAGE", 2)
    wanted = everything(filled(archive))
    with pytest.raises(Cut):
        copied(archive, Failing(target, breaks_at, is_kept=True))

    compared = copied(archive, target)

    assert differing(compared) == []
    assert everything(target) == wanted
    assert target.schema().copy is None


def test_copy_that_goes_on_does_not_begin_anew(archive: OpenArchive, target: OpenArchive) -> None:
    filled(archive)
    with pytest.raises(Cut):
        copied(archive, Failing(target, breaks_at=20, is_kept=True))

    again = Failing(target, breaks_at=-1, is_kept=True)
    copied(archive, again)

    assert "accounts" not in again.writes
    assert "meta" in again.writes


def test_copy_source_written_meanwhile_says_which_kind_and_stays_closed(
    archive: OpenArchive, target: OpenArchive
) -> None:
    filled(archive)
    roles = KINDS_BY_NAME["roles"]

    class Late(Silent):
        def forward(self, kind: str, records: int) -> None:  # noqa: ARG002 (the port's signature)
            if kind == "audit":
                archive.put(roles, some(roles, 1, first=9), move="")
                archive.mark(None)

    compared = CopyStore(archive, target, Late())("here")

    assert differing(compared) == ["roles"]
    assert target.schema().copy is not None


def test_copy_again_repeats_the_kinds_that_differed_and_no_other(archive: OpenArchive, target: OpenArchive) -> None:
    filled(archive)
    roles = KINDS_BY_NAME["roles"]
    target.mark(Move("here", {kind.name: "end" for kind in KINDS}).text())
    for kind in KINDS:
        if kind is not roles:
            copy_of(kind, archive, target)
    first = copied(archive, target)

    again = Failing(target, breaks_at=-1, is_kept=True)
    second = copied(archive, again)

    assert (differing(first), differing(second)) == (["roles"], [])
    assert set(again.writes) == {"roles", "mark"}


def test_copy_into_a_store_in_use_is_refused_and_changes_nothing(archive: OpenArchive, target: OpenArchive) -> None:
    accounts = KINDS_BY_NAME["accounts"]
    filled(archive)
    target.put(accounts, some(accounts, 1, first=5), move="")
    target.mark(None)
    before = everything(target)

    with pytest.raises(TargetNotEmpty):
        copied(archive, target)

    assert everything(target) == before
    assert target.schema().copy is None


def test_copy_into_half_of_another_copy_is_refused_and_changes_nothing(
    archive: OpenArchive, target: OpenArchive
) -> None:
    filled(archive)
    with pytest.raises(Cut):
        copied(archive, Failing(target, breaks_at=9, is_kept=True), name="elsewhere")
    before = everything(target), target.schema()

    with pytest.raises(OtherMoveUnfinished, match="elsewhere"):
        copied(archive, target)

    assert (everything(target), target.schema()) == before


def test_copy_into_itself_by_another_name_is_refused_and_leaves_no_mark(url: str, archive: OpenArchive) -> None:
    twin = open_archive(url)

    with pytest.raises(SameStore):
        copied(archive, twin)
    twin.close()

    assert archive.schema().copy is None


def test_restore_of_a_backup_fills_a_store_of_any_kind(
    archive: OpenArchive, target: OpenArchive, tmp_path: Path
) -> None:
    filled(archive)
    backup = FileBackup(tmp_path / "b", [bytes(32)])
    BackUp(archive, backup, FixedClock(), Silent())()

    restored = Restore(target, backup, a_memory_store().work, FixedClock(), Silent())()

    before, after = everything(archive), everything(target)
    changes = {"sessions", "onetimes", "jobs", "address_keys", "meta"}
    assert {name for name in before if before[name] != after[name]} == changes
    assert (after["onetimes"], after["address_keys"], after["meta"]) == ([], [], [("refresh_epoch", "8")])
    assert (restored.sessions_ended, restored.artefacts_discarded, restored.jobs_buried) == (3, 3, 3)
    assert target.schema().copy is None
