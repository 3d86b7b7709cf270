"""What migrating makes of a MongoDB, and how a store tells that it was done."""

from collections.abc import Iterator

import pytest

from doorward.adapters.mongo.migrations import HEAD, current, upgrade
from tests import mongodb
from tests.contract.builders import at_once
from tests.contract.test_mongodb import a_store, grant, revoke, roles

pytestmark = pytest.mark.mongodb


@pytest.fixture
def empty_url(mongodb_server_url: str, worker_id: str) -> Iterator[str]:
    """Return the URL of a database in which nothing is."""
    url = mongodb.database_url(mongodb_server_url, f"doorward_test_empty_{worker_id}")
    yield mongodb.dropped(url)
    mongodb.dropped(url)


def is_migrated(url: str) -> bool:
    store = a_store(url)
    try:
        return store.is_migrated()
    finally:
        store.close()


def test_upgrade_several_at_once_and_again_makes_a_store(empty_url: str) -> None:
    before = (current(empty_url), is_migrated(empty_url))

    at_once(3, lambda _: upgrade(empty_url))
    upgrade(empty_url)

    assert before == (None, False)
    assert (current(empty_url), is_migrated(empty_url)) == (HEAD, True)


def test_is_migrated_index_that_is_missing_is_noticed_and_made_again(empty_url: str) -> None:
    upgrade(empty_url)
    with mongodb.a_client(empty_url) as client:
        accounts = client.get_default_database()["dw_accounts"]
        (name,) = [spec["name"] for spec in accounts.list_indexes() if "email_key" in spec["key"]]
        accounts.drop_index(name)

    without = is_migrated(empty_url)
    upgrade(empty_url)

    assert (without, is_migrated(empty_url)) == (False, True)


@pytest.mark.parametrize(("revision", "expected"), [("0000", False), ("9999", True)])
def test_is_migrated_older_or_newer_revision(empty_url: str, revision: str, *, expected: bool) -> None:
    upgrade(empty_url)
    with mongodb.a_client(empty_url) as client:
        revisions = client.get_default_database()["dw_schema_version"]
        revisions.update_one({"_id": "revision"}, {"$set": {"version_num": revision}})

    assert is_migrated(empty_url) is expected


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
