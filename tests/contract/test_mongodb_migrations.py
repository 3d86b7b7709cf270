"""What migrating makes of a MongoDB, and how a store tells that it was done."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from doorward.adapters.mongo.migrations import HEAD, SERVES_SINCE, current, upgrade
from doorward.adapters.sql.migrations import HEAD as HEAD_OF_TABLES
from doorward.core.operating.records import Schema
from doorward.core.operating.rules import Fitness, judge
from doorward.core.sessions.records import Authentication, EndReason
from tests import mongodb
from tests.builders import NOW
from tests.contract.builders import HOUR, a_session, an_account, at_once
from tests.contract.test_migrations import scripts
from tests.contract.test_mongodb import a_store, grant, revoke, roles

pytestmark = pytest.mark.mongodb


@pytest.fixture
def empty_url(mongodb_server_url: str, worker_id: str) -> Iterator[str]:
    """Return the URL of a database in which nothing is."""
    url = mongodb.database_url(mongodb_server_url, f"doorward_test_empty_{worker_id}")
    yield mongodb.dropped(url)
    mongodb.dropped(url)


def schema(url: str) -> Schema:
    store = a_store(url)
    try:
        return store.schema()
    finally:
        store.close()


def pretend(url: str, revision: str, serves_since: str) -> None:
    """Let a store say that it is of another revision."""
    with mongodb.a_client(url) as client:
        database = client.get_default_database()
        database["dw_schema_version"].update_one({"_id": "revision"}, {"$set": {"version_num": revision}})
        database["dw_meta"].update_one({"_id": "serves_since"}, {"$set": {"value": serves_since}})


def test_newest_revision_is_the_twin_of_that_of_the_tables() -> None:
    (script,) = [each for each in scripts().walk_revisions() if each.revision == HEAD_OF_TABLES]

    assert (HEAD_OF_TABLES, script.module.serves_since) == (HEAD, SERVES_SINCE)


def test_upgrade_several_at_once_and_again_makes_a_store(empty_url: str) -> None:
    before = (current(empty_url), judge(schema(empty_url)))

    at_once(3, lambda _: upgrade(empty_url))
    upgrade(empty_url)

    assert before == (None, Fitness.OLDER)
    assert (current(empty_url), schema(empty_url)) == (HEAD, Schema(HEAD, "0001", HEAD))


def test_upgrade_of_the_first_revision_lets_programs_of_it_go_on_and_keeps_the_epoch(empty_url: str) -> None:
    upgrade(empty_url)
    with mongodb.a_client(empty_url) as client:
        database = client.get_default_database()
        database["dw_meta"].delete_one({"_id": "serves_since"})
        database["dw_meta"].update_one({"_id": "refresh_epoch"}, {"$set": {"value": "3"}})
        database["dw_schema_version"].update_one({"_id": "revision"}, {"$set": {"version_num": "0001"}})

    before = schema(empty_url)
    upgrade(empty_url)

    assert before == Schema("0001", "0001", HEAD)
    assert schema(empty_url) == Schema(HEAD, "0001", HEAD)
    with mongodb.a_client(empty_url) as client:
        kept = client.get_default_database()["dw_meta"].find_one({"_id": "refresh_epoch"})
    assert kept is not None
    assert kept["value"] == "3"


def test_schema_index_that_is_missing_is_noticed_and_made_again(empty_url: str) -> None:
    upgrade(empty_url)
    with mongodb.a_client(empty_url) as client:
        accounts = client.get_default_database()["dw_accounts"]
        (name,) = [spec["name"] for spec in accounts.list_indexes() if "email_key" in spec["key"]]
        accounts.drop_index(name)

    without = schema(empty_url)
    upgrade(empty_url)

    assert [judge(found) for found in (without, schema(empty_url))] == [Fitness.OLDER, Fitness.FITS]


@pytest.mark.parametrize(
    ("revision", "serves_since", "fitness"),
    [
        pytest.param("0000", "0000", Fitness.OLDER, id="older"),
        pytest.param("9999", HEAD, Fitness.FITS, id="newer that serves us"),
        pytest.param("9999", "9998", Fitness.TOO_NEW, id="newer that does not"),
    ],
)
def test_schema_older_or_newer_revision(empty_url: str, revision: str, serves_since: str, fitness: Fitness) -> None:
    upgrade(empty_url)
    pretend(empty_url, revision, serves_since)

    assert judge(schema(empty_url)) is fitness


def test_schema_newer_revision_that_serves_us_fits_without_an_index_that_it_gave_up(empty_url: str) -> None:
    upgrade(empty_url)
    pretend(empty_url, "9999", HEAD)
    with mongodb.a_client(empty_url) as client:
        client.get_default_database()["dw_jobs"].drop_indexes()

    assert judge(schema(empty_url)) is Fitness.FITS


def test_upgrade_lost_turn_begins_behind_every_document(empty_url: str) -> None:
    upgrade(empty_url)
    store = a_store(empty_url)
    for role in ("operator", "support"):
        grant(store, role)
    with mongodb.a_client(empty_url) as client:
        client.get_default_database()["dw_turn"].delete_many({})

    upgrade(empty_url)
    was_there = revoke(store, "support")

    assert was_there
    assert roles(store) == ("operator",)
    store.close()


def test_work_in_a_database_that_is_no_store_says_what_to_run(empty_url: str) -> None:
    store = a_store(empty_url)

    with pytest.raises(RuntimeError, match="doorward store migrate"):
        grant(store, "operator")

    store.close()


def test_document_that_a_program_of_the_revision_before_wrote_is_read_rotated_and_ended(empty_url: str) -> None:
    upgrade(empty_url)
    store = a_store(empty_url)
    with store.work() as work:
        work.accounts.add(an_account(1))
        work.sessions.add(a_session(1))
        work.sessions.add(a_session(2))
    with mongodb.a_client(empty_url) as client:
        client.get_default_database()["dw_sessions"].update_many(
            {}, {"$unset": {"parent_id": "", "acr": "", "amr": ""}}
        )
        client.get_default_database()["dw_accounts"].update_many({}, {"$unset": {"updated_at": ""}})

    with store.work() as work:
        before = work.sessions.with_snapshot(a_session(1).id)
        is_replaced = work.sessions.replace(replace(a_session(1), generation=1), expected=a_session(1))
        is_ended = work.sessions.end(a_session(2).id, at=NOW, reason=EndReason.SIGNED_OUT)
    with store.view() as view:
        after = [view.sessions.by_id(a_session(number).id) for number in (1, 2)]
    store.close()

    first, second = (replace(a_session(number), authentication=Authentication()) for number in (1, 2))
    assert before is not None
    assert (before[0], before[1].profile) == (first, an_account(1).profile(()))
    assert (is_replaced, is_ended) == (True, True)
    assert after == [
        replace(first, generation=1),
        replace(second, ended_at=NOW, end_reason=EndReason.SIGNED_OUT),
    ]


def test_session_of_a_kind_that_a_newer_release_brought_is_none_here_but_ends_with_the_others(empty_url: str) -> None:
    upgrade(empty_url)
    store = a_store(empty_url)
    newer, own = a_session(1), a_session(2)
    with store.work() as work:
        work.accounts.add(an_account(1))
        work.sessions.add(newer)
        work.sessions.add(own)
    with mongodb.a_client(empty_url) as client:
        client.get_default_database()["dw_sessions"].update_one({"_id": newer.id}, {"$set": {"kind": "robot"}})

    with store.work() as work:
        assert [session.id for session in work.sessions.live_of(own.account_id, now=NOW)] == [own.id]
        assert (work.sessions.by_id(newer.id), work.sessions.held(newer.id, now=NOW)) == (None, None)
        assert (work.sessions.snapshot(newer.id), work.sessions.with_snapshot(newer.id)) == (None, None)
        assert work.sessions.end_all(own.account_id, at=NOW, reason=EndReason.PASSWORD_CHANGED) == 2
    with store.work() as work:
        assert len(work.sessions.ended_at(own.account_id, NOW)) == 2
    with mongodb.a_client(empty_url) as client:
        client.get_default_database()["dw_sessions"].update_many({}, {"$set": {"end_reason": "newer than this"}})
    with store.work() as work:
        ended = work.sessions.by_id(own.id)
        assert ended is not None
        assert (ended.ended_at, ended.end_reason) == (NOW, None)
        assert work.sessions.purge(NOW + HOUR) == 2
    store.close()
