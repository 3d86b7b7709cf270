"""What is particular to a MongoDB that is moved: what was removed, turns, and a way that breaks."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from doorward.adapters.mongo.moving.archive import MongoArchive
from doorward.adapters.mongo.store import MongoStore
from doorward.core.kernel.errors import Unavailable
from doorward.core.moving.records import KINDS, Row
from tests import mongodb
from tests.contract.cutting import Cut, a_breaking_way
from tests.contract.mongodb_holder import OWNER
from tests.contract.test_mongodb import a_holder, a_store, grant, revoke, roles

pytestmark = pytest.mark.mongodb

ROLES = next(kind for kind in KINDS if kind.name == "roles")
OPERATOR: Row = (OWNER, "operator")
SUPPORT: Row = (OWNER, "support")


@pytest.fixture
def archive(mongodb_store_url: str) -> Iterator[MongoArchive]:
    opened = MongoArchive(mongodb_store_url)
    yield opened
    opened.close()


@pytest.fixture
def store(mongodb_store_url: str) -> Iterator[MongoStore]:
    opened = a_store(mongodb_store_url)
    yield opened
    opened.close()


def kept(archive: MongoArchive) -> list[Row]:
    with archive.snapshot() as records:
        found = records.page(ROLES, after=None, limit=10)
        assert records.count(ROLES) == len(found)
    return found


def test_removed_document_is_no_record_and_keeps_no_record_away(archive: MongoArchive, store: MongoStore) -> None:
    grant(store, "operator")
    revoke(store, "operator")

    before = kept(archive)
    archive.put(ROLES, [OPERATOR], move="m")

    assert before == []
    assert kept(archive) == [OPERATOR]
    assert roles(store) == ("operator",)


def test_empty_forgets_what_was_removed_as_well(
    archive: MongoArchive, store: MongoStore, mongodb_store_url: str
) -> None:
    grant(store, "operator")
    revoke(store, "operator")
    grant(store, "support")

    archive.empty(ROLES, move="m")

    with mongodb.a_client(mongodb_store_url) as client:
        assert client.get_default_database()["dw_roles"].count_documents({}) == 0


def test_put_in_a_new_store_can_be_changed_by_the_next_unit(archive: MongoArchive, store: MongoStore) -> None:
    archive.put(ROLES, [OPERATOR, SUPPORT], move="m")

    was_there = revoke(store, "operator")

    assert was_there
    assert roles(store) == ("support",)
    assert kept(archive) == [SUPPORT]


def test_put_carries_the_number_of_a_turn_and_when_it_was(archive: MongoArchive, mongodb_store_url: str) -> None:
    archive.put(ROLES, [OPERATOR], move="1")
    archive.put(ROLES, [SUPPORT], move="2")

    with mongodb.a_client(mongodb_store_url) as client:
        database = client.get_default_database()
        first, second = database["dw_roles"].find(sort=[("_id", 1)])
        turn = database["dw_turn"].find_one() or {}
    assert first["n"] < second["n"] <= turn["number"]
    assert turn["holder"] is None
    assert first["written_at"] <= second["written_at"]


def test_snapshot_holds_what_a_process_committed_that_died_before_it_was_in_force(
    archive: MongoArchive, mongodb_store_url: str
) -> None:
    with a_holder(mongodb_store_url, "behind") as process:
        process.kill()
        process.wait()

    assert kept(archive) == [OPERATOR]


def test_put_many_again_adds_only_what_is_new(archive: MongoArchive) -> None:
    rows: list[Row] = [(OWNER, f"role{number:04}") for number in range(600)]
    archive.put(ROLES, rows[:400], move="1")

    archive.put(ROLES, rows[200:], move="2")

    with archive.snapshot() as records:
        assert records.page(ROLES, after=None, limit=5000) == rows


@pytest.mark.parametrize("is_before", [True, False], ids=["on its way", "on the way back"])
def test_put_that_breaks_off_leaves_the_move_as_it_was_and_may_come_again(
    mongodb_store_url: str, *, is_before: bool
) -> None:
    with a_way_that_breaks(mongodb_store_url) as (cut, archive):
        archive.mark("before")
        cut.word, cut.is_before = b"operator", is_before

        with pytest.raises(Unavailable):
            archive.put(ROLES, [OPERATOR, SUPPORT], move="after")
        left = archive.schema().copy
        archive.put(ROLES, [OPERATOR, SUPPORT], move="after")

        assert (cut.happened, left, archive.schema().copy) == (1, "before", "after")
        assert kept(archive) == [OPERATOR, SUPPORT]


@contextmanager
def a_way_that_breaks(url: str) -> Iterator[tuple[Cut, MongoArchive]]:
    """Open a store as records behind a way that can be cut."""
    port = urlsplit(url).port
    if mongodb.real_server() or port is None:
        pytest.skip("the way to a real server is not ours to cut")
    with a_breaking_way(port) as cut:
        archive = MongoArchive(url.replace(f":{port}", f":{cut.port}"))
        archive.schema()
        yield cut, archive
        archive.close()


def test_archive_of_a_server_that_is_away_is_unavailable() -> None:
    archive = MongoArchive(f"mongodb://127.0.0.1:{mongodb.free_port()}/doorward?serverSelectionTimeoutMS=200")

    with pytest.raises(Unavailable):
        archive.schema()

    archive.close()
