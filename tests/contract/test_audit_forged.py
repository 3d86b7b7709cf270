"""Entries of the audit log that somebody wrote past the program, in every store that others can write to."""

from collections.abc import Iterator

import pytest
from sqlalchemy import column, table, update

from doorward.adapters.mongo.store import MongoStore
from doorward.adapters.sql.engine.open import open_database
from doorward.adapters.sql.store import SqlStore
from doorward.assembly.store import Store
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Entry, Event, Search
from doorward.core.audit.rules import place_of
from doorward.core.audit.verify_chain import VerifyChain
from doorward.core.kernel.ids import AccountId
from tests import mongodb
from tests.builders import NOW
from tests.contract.builders import Heard, numbered

OWNER = AccountId(numbered(1))
BEYOND = (1 << 63) - 1
FORGED: list[tuple[str, str | int]] = [
    ("detail", "{"),
    ("detail", "[]"),
    ("detail", "null"),
    ("detail", '{"a":1}'),
    ("at", BEYOND),
    ("at", -BEYOND),
]


@pytest.fixture
def store(url: str, heard: Heard) -> Iterator[Store]:
    """Return a store whose log has three entries about one account."""
    kind = MongoStore if url.startswith("mongodb") else SqlStore
    opened: Store = kind(url, on_change=heard.change, on_jobs=heard.job)
    with opened.work() as work:
        for _ in range(3):
            record(work.audit, Event(AuditKind.SIGN_IN, account_id=OWNER), NOW)
    yield opened
    opened.close()


def forge(url: str, name: str, value: str | int) -> None:
    """Write something else into a column of the second entry."""
    if url.startswith("mongodb"):
        with mongodb.a_client(url) as client:
            client.get_default_database()["dw_audit"].update_one({"_id": 2}, {"$set": {name: value}})
        return
    audit = table("dw_audit", column("sequence"), column(name))
    with open_database(url).engine().begin() as connection:
        connection.execute(update(audit).where(audit.c.sequence == 2).values({name: value}))


@pytest.mark.parametrize(("name", "value"), FORGED)
def test_entry_that_cannot_be_read_is_shown_and_named_by_a_verification(
    store: Store, url: str, name: str, value: str | int
) -> None:
    forge(url, name, value)

    verdict = VerifyChain(store.work, store.view)()
    with store.view() as view:
        read, (about,) = view.audit.read(), view.audit.read(after=1, limit=1, account_id=OWNER)

    assert (verdict.sound, verdict.first_broken, verdict.total) == (1, 2, 3)
    assert [entry.sequence for entry in read] == [1, 2, 3]
    assert about == read[1]
    assert f"{value}" in read[1].event.detail["written"]


@pytest.mark.parametrize(("name", "value"), FORGED)
def test_entry_that_cannot_be_read_keeps_no_search_from_the_others(
    store: Store, url: str, name: str, value: str | int
) -> None:
    forge(url, name, value)

    found: list[Entry] = []
    with store.view() as view:
        while page := view.audit.search(
            Search(account_id=OWNER), before=place_of(found[-1]) if found else None, limit=1
        ):
            found += page
            assert len(found) <= 3

    assert [entry.sequence for entry in found] == ([3, 1] if name == "at" else [3, 2, 1])
