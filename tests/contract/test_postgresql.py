"""PostgreSQL that fails in the middle: connections that break, run out, or come from a careless server."""

import shutil
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest

from doorward.adapters.sql.engine import postgresql
from doorward.adapters.sql.engine.connection import Notes
from doorward.adapters.sql.engine.postgresql import Postgresql
from doorward.adapters.sql.engine.statement import Compiled, Value
from doorward.adapters.sql.store import SqlStore
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.ids import AccountId
from tests.contract.builders import Heard, a_session, add, an_account
from tests.contract.conftest import postgresql_in
from tests.contract.test_rotate import a_rotation

pytestmark = pytest.mark.postgres


@pytest.fixture
def store(postgresql_store_url: str, heard: Heard) -> Iterator[SqlStore]:
    opened = SqlStore(postgresql_store_url, on_change=heard.change, on_jobs=heard.job, pool_size=2)
    yield opened
    opened.close()


def break_connections(url: str) -> None:
    """End every other connection to the database, as a server does that is restarted."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


@pytest.fixture(scope="module")
def standby(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a server that follows another one, which is away, and return its URL."""
    folder = tmp_path_factory.mktemp("standby") / "server"
    folder.mkdir()
    with postgresql_in(folder, stays=True):
        signal = folder / "standby.signal"
        signal.touch()
        shutil.chown(signal, (folder / "PG_VERSION").owner())
    with postgresql_in(folder) as url_of:
        yield url_of("postgres")


@pytest.mark.parametrize("also", ["", "&target_session_attrs=any"], ids=["as usual", "whoever answers"])
def test_unit_on_a_server_that_follows_another_is_unavailable_and_spoken_to_no_more(standby: str, also: str) -> None:
    database = Postgresql(standby + also, pool_size=1)
    try:
        for _ in range(2):
            with pytest.raises(Unavailable), database.unit(Notes()):
                pytest.fail("it can be written to")
    finally:
        database.close()


def test_view_of_a_server_that_follows_another_is_unavailable(standby: str) -> None:
    database = Postgresql(standby, pool_size=1)
    try:
        with pytest.raises(Unavailable), database.view():
            pytest.fail("what it says may be old")
    finally:
        database.close()


def test_text_that_would_be_cut_off_is_sent_nowhere(store: SqlStore) -> None:
    account = an_account(1)
    with store.work() as work:
        work.accounts.add(account)

    with pytest.raises(psycopg.DataError), store.work() as work:
        work.accounts.by_id(AccountId(f"{account.id}\0junk"))

    with store.view() as view:
        assert view.accounts.by_id(account.id) == account


def kept_accounts(store: SqlStore) -> int:
    with store.view() as view:
        return view.accounts.count()


def add_and_break(store: SqlStore, url: str) -> None:
    with store.work() as work:
        work.accounts.add(an_account(1))
        break_connections(url)
        work.accounts.add(an_account(2))


def add_and_break_last(store: SqlStore, url: str) -> None:
    with store.work() as work:
        work.accounts.add(an_account(1))
        break_connections(url)


def test_unit_connection_breaks_inside_nothing_is_kept(
    store: SqlStore, postgresql_store_url: str, heard: Heard
) -> None:
    with pytest.raises(Unavailable):
        add_and_break(store, postgresql_store_url)

    add(store, an_account(3))
    assert kept_accounts(store) == 1
    assert heard.changes == [frozenset({an_account(3).id})]


def test_unit_connection_breaks_before_the_commit_nothing_is_kept(store: SqlStore, postgresql_store_url: str) -> None:
    with pytest.raises(Unavailable):
        add_and_break_last(store, postgresql_store_url)

    assert kept_accounts(store) == 0


def test_view_connection_broken_a_moment_ago_is_unavailable_once(store: SqlStore, postgresql_store_url: str) -> None:
    kept_accounts(store)
    break_connections(postgresql_store_url)

    with pytest.raises(Unavailable):
        kept_accounts(store)

    assert kept_accounts(store) == 0


def test_unit_connection_broke_while_it_rested_nobody_notices(
    store: SqlStore, postgresql_store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_accounts(store)
    break_connections(postgresql_store_url)
    monkeypatch.setattr(postgresql, "_SURELY_ALIVE_FOR", 0.0)

    add(store, an_account(1))

    assert kept_accounts(store) == 1


def test_unit_pool_exhausted_is_unavailable(postgresql_url: str) -> None:
    database = Postgresql(postgresql_url, pool_size=1, patience=timedelta(milliseconds=20))

    with database.unit(Notes()), pytest.raises(Unavailable), database.view():
        pass

    database.close()


def test_connect_careless_server_still_waits_for_the_disk(postgresql_url: str) -> None:
    raw = Postgresql(f"{postgresql_url}&options=-csynchronous_commit%3Doff", pool_size=1).connect().raw

    found = raw.execute("SHOW synchronous_commit").fetchone()
    raw.close()

    assert found == ("on",)


def test_connect_server_that_waits_for_replicas_too_is_left_as_it_is(postgresql_url: str) -> None:
    raw = Postgresql(f"{postgresql_url}&options=-csynchronous_commit%3Dremote_apply", pool_size=1).connect().raw

    found = raw.execute("SHOW synchronous_commit").fetchone()
    raw.close()

    assert found == ("remote_apply",)


def test_statement_that_the_network_does_not_take_at_once_is_sent_whole(postgresql_url: str) -> None:
    link = Postgresql(postgresql_url, pool_size=1, answer_within=timedelta(seconds=10)).connect()
    statement = Compiled("a_large_one", "SELECT octet_length($1::bytea)", ("value",), {})

    answered = link.rows(statement, {"value": b"x" * 20_000_000})
    link.close()

    assert answered == [(20_000_000,)]


def test_rotate_waits_for_nobody_who_holds_a_session(store: SqlStore, postgresql_store_url: str) -> None:
    held, free = a_session(1), a_session(2)
    add(store, an_account(1))
    with store.work() as work:
        work.sessions.add(held)
        work.sessions.add(free)

    with psycopg.connect(postgresql_store_url) as other:
        other.execute("UPDATE dw_sessions SET place = 'elsewhere' WHERE id = %s", [held.id])
        blocked, rotated = store.rotate([a_rotation(held), a_rotation(free)])

    assert blocked is None
    assert rotated is not None
    assert rotated[0].id == free.id


def test_rotate_connection_breaks_nobody_was_rotated(store: SqlStore, postgresql_store_url: str) -> None:
    session = a_session(1)
    add(store, an_account(1))
    with store.work() as work:
        work.sessions.add(session)
    break_connections(postgresql_store_url)

    with pytest.raises(Unavailable):
        store.rotate([a_rotation(session)])

    with store.view() as view:
        assert view.sessions.by_id(session.id) == session


def test_array_holds_what_it_was_given(postgresql_url: str) -> None:
    link = Postgresql(postgresql_url, pool_size=1).connect()
    text = "SELECT texts, numbers, raw FROM unnest($1::text[], $2::bigint[], $3::bytea[]) AS given(texts, numbers, raw)"
    statement = Compiled("arrays", text, ("texts", "numbers", "raw"), {})
    rows: list[dict[str, Value]] = [
        {"texts": 'a "quoted" \\ one, {NULL}', "numbers": -1, "raw": b'\x00"\\'},
        {"texts": "NULL", "numbers": 1 << 62, "raw": b""},
        {"texts": "", "numbers": None, "raw": None},
        {"texts": None, "numbers": 0, "raw": bytes(range(256))},
    ]

    answered = link.rows_of_each(statement, rows)
    link.close()

    assert answered == [tuple(row.values()) for row in rows]
