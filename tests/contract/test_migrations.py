"""The tables that migrations make, on both databases."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import MetaData, column, inspect, select, table, update

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.open import open_database
from doorward.adapters.sql.migrations import FOLDER, HEAD, META_SINCE, VERSION_TABLE, current, upgrade
from doorward.adapters.sql.store import SqlStore
from doorward.core.federation.records import Identity
from doorward.core.kernel.ids import AccountId, ClientId, JobId, SessionId
from doorward.core.operating.rules import Fitness, judge
from doorward.core.outbox.post import SEND_LETTER
from doorward.core.sessions.records import Authentication, EndReason, Kind
from tests.builders import NOW
from tests.contract.builders import HOUR, Heard, a_session, an_account, at_once
from tests.contract.conftest import a_database
from tests.contract.history import ADA, GRACE, ROWS_OF_0001, ROWS_OF_0003, ROWS_OF_0004, ROWS_OF_0005, fill


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    server_url: Callable[[str], str] = request.getfixturevalue("server_url")
    return a_database(server_url, f"doorward_empty_{request.getfixturevalue('worker_id')}")


def a_store(url: str) -> SqlStore:
    heard = Heard()
    return SqlStore(url, on_change=heard.change, on_jobs=heard.job)


def scripts() -> ScriptDirectory:
    return ScriptDirectory(FOLDER)


def revisions_with_meta() -> list[Script]:
    """Return every revision that says which programs it serves."""
    return [script for script in scripts().walk_revisions() if script.revision >= META_SINCE]


def pretend(url: str, revision: str, serves_since: str) -> None:
    """Let the tables say that they are at a revision, and which programs they serve."""
    meta = table("dw_meta", column("key"), column("value"))
    with open_database(url).engine().begin() as connection:
        connection.execute(update(table(VERSION_TABLE, column("version_num"))).values(version_num=revision))
        connection.execute(update(meta).where(meta.c.key == "serves_since").values(value=serves_since))


def contents(url: str) -> dict[str, dict[str, object]]:
    """Return the last row of each table."""
    with open_database(url).engine().connect() as connection:
        kept = MetaData()
        kept.reflect(connection)
        return {
            name: dict(row)
            for name, written in kept.tables.items()
            for row in connection.execute(select(written)).mappings()
        }


def test_upgrade_makes_the_tables_that_the_statements_expect(empty_url: str) -> None:
    upgrade(empty_url)

    with open_database(empty_url).engine().connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, tables.METADATA)
        names = inspect(connection).get_table_names()
    assert differences == []
    assert sorted(names) == sorted([*tables.METADATA.tables, VERSION_TABLE])


def test_upgrade_ends_at_the_head_and_can_be_repeated(empty_url: str) -> None:
    before = current(empty_url)

    upgrade(empty_url)
    upgrade(empty_url)

    assert before is None
    assert current(empty_url) == scripts().get_current_head() == HEAD


def test_upgrade_several_at_once_one_works(empty_url: str) -> None:
    at_once(2, lambda _: _upgrade_in_a_process_of_its_own(empty_url))

    assert current(empty_url) == HEAD


def test_schema_before_and_after(empty_url: str) -> None:
    store = a_store(empty_url)

    before = store.schema()
    upgrade(empty_url)
    after = store.schema()
    store.close()

    assert (judge(before), judge(after)) == (Fitness.OLDER, Fitness.FITS)


@pytest.mark.parametrize(
    ("revision", "serves_since", "fitness"),
    [
        pytest.param("0000", "0000", Fitness.OLDER, id="older"),
        pytest.param("9999", HEAD, Fitness.FITS, id="newer that serves us"),
        pytest.param("9999", "9998", Fitness.TOO_NEW, id="newer that does not"),
    ],
)
def test_schema_older_or_newer_tables(empty_url: str, revision: str, serves_since: str, fitness: Fitness) -> None:
    upgrade(empty_url)
    pretend(empty_url, revision, serves_since)
    store = a_store(empty_url)

    schema = store.schema()
    store.close()

    assert judge(schema) is fitness


@pytest.mark.parametrize("revision", revisions_with_meta())
def test_schema_tells_what_the_newest_revision_says_that_it_serves(empty_url: str, revision: Script) -> None:
    upgrade(empty_url, to=revision.revision)
    store = a_store(empty_url)

    schema = store.schema()
    store.close()

    assert (schema.revision, schema.serves_since) == (revision.revision, revision.module.serves_since)
    assert schema.serves_since <= schema.revision


def test_upgrade_store_of_revision_0001_reads_the_same(empty_url: str) -> None:
    upgrade(empty_url, to="0001")
    fill(empty_url, ROWS_OF_0001)

    upgrade(empty_url)

    now = contents(empty_url)
    assert {table: _as_before(now[table], row) for table, row in ROWS_OF_0001.items()} == ROWS_OF_0001
    assert [now["dw_sessions"][column] for column in ("parent_id", "acr", "amr")] == [None, None, None]
    assert now["dw_accounts"]["updated_at"] is None
    assert now["dw_meta"]


def test_upgrade_store_of_revision_0001_goes_on_serving(empty_url: str) -> None:
    upgrade(empty_url, to="0001")
    fill(empty_url, ROWS_OF_0001)
    upgrade(empty_url)
    store = a_store(empty_url)

    with store.work() as work:
        account = work.accounts.by_login("ada")
        found = work.sessions.with_snapshot(SessionId(ADA))
        leased = work.outbox.lease(names=(SEND_LETTER,), now=NOW, until=NOW + HOUR, limit=10)
    store.close()

    assert account is not None
    assert (account.id, account.verified_at) == (ADA, NOW + timedelta(microseconds=1))
    assert found is not None
    assert (found[0].generation, found[1].profile.roles) == (7, ("operator",))
    assert (found[0].authentication, found[1].profile.updated_at) == (Authentication(), account.verified_at)
    assert [job.dedupe_key for job in leased] == ["once"]


def test_upgrade_store_of_revision_0003_reads_the_same(empty_url: str) -> None:
    upgrade(empty_url, to="0003")
    fill(empty_url, ROWS_OF_0003)

    upgrade(empty_url)

    store = a_store(empty_url)
    with store.view() as view:
        session = view.sessions.by_id(SessionId(ADA))
        client = view.clients.by_id(ClientId("reports"))
        grant = view.grants.of_session(SessionId(ADA))
        consents = view.consents.of_account(AccountId(ADA))
    store.close()
    assert session is not None
    assert (session.kind, session.parent_id) == (Kind.CLIENT, GRACE)
    assert client is not None
    assert (client.secrets[0].digest, client.version) == (b"\xff", 2)
    assert grant is not None
    assert (grant.code_digest, grant.expires_at) == (b"\xff", NOW + 2 * HOUR)
    assert [consent.scope for consent in consents] == ["openid"]


def test_upgrade_store_of_revision_0004_reads_the_same(empty_url: str) -> None:
    upgrade(empty_url, to="0004")
    fill(empty_url, ROWS_OF_0004)

    upgrade(empty_url)

    store = a_store(empty_url)
    with store.view() as view:
        identity = view.identities.of("https://id.example", "248289761001")
    store.close()
    assert identity == Identity(
        "https://id.example", "248289761001", AccountId(ADA), "elsewhere", "ada@mail.example", NOW
    )


def test_upgrade_store_of_revision_0005_reads_the_same(empty_url: str) -> None:
    upgrade(empty_url, to="0005")
    fill(empty_url, ROWS_OF_0005)

    upgrade(empty_url)

    store = a_store(empty_url)
    with store.view() as view:
        found = view.sessions.with_snapshot(SessionId(ADA))
    store.close()
    assert found is not None
    assert found[0].authentication == found[1].authentication == Authentication("urn:example:strong", ("pwd", "otp"))
    assert found[1].profile.updated_at == NOW + HOUR


def test_upgrade_store_of_revision_0005_has_jobs_that_go_back_to_no_request(empty_url: str) -> None:
    upgrade(empty_url, to="0005")
    fill(empty_url, {"dw_jobs": ROWS_OF_0005["dw_jobs"]})

    upgrade(empty_url)

    store = a_store(empty_url)
    with store.view() as view:
        older = view.outbox.by_id(JobId(ADA))
    store.close()
    assert older is not None
    assert (older.request_id, older.traceparent) == (None, None)


def test_session_of_a_kind_that_a_newer_release_brought_is_none_here_but_ends_with_the_others(empty_url: str) -> None:
    upgrade(empty_url)
    store = a_store(empty_url)
    newer, own = a_session(1), a_session(2)
    with store.work() as work:
        work.accounts.add(an_account(1))
        work.sessions.add(newer)
        work.sessions.add(own)
    sessions = table("dw_sessions", column("id"), column("kind"), column("end_reason"))
    with open_database(empty_url).engine().begin() as connection:
        connection.execute(update(sessions).where(sessions.c.id == newer.id).values(kind="robot"))

    with store.work() as work:
        assert [session.id for session in work.sessions.live_of(own.account_id, now=NOW)] == [own.id]
        assert (work.sessions.by_id(newer.id), work.sessions.held(newer.id, now=NOW)) == (None, None)
        assert (work.sessions.snapshot(newer.id), work.sessions.with_snapshot(newer.id)) == (None, None)
        assert work.sessions.end_all(own.account_id, at=NOW, reason=EndReason.PASSWORD_CHANGED) == 2
        assert len(work.sessions.ended_at(own.account_id, NOW)) == 2
    with open_database(empty_url).engine().begin() as connection:
        connection.execute(update(sessions).values(end_reason="newer than this"))
    with store.work() as work:
        ended = work.sessions.by_id(own.id)
        assert ended is not None
        assert (ended.ended_at, ended.end_reason) == (NOW, None)
        assert work.sessions.purge(NOW + HOUR) == 2
    store.close()


def test_schema_does_not_load_alembic(sqlite_store_url: str) -> None:
    program = (
        "import sys\n"
        "from doorward.adapters.sql.store import SqlStore\n"
        "store = SqlStore(sys.argv[1], on_change=lambda _: None, on_jobs=lambda: None)\n"
        "assert store.schema().revision\n"
        "assert not {'alembic', 'psycopg'} & set(sys.modules)\n"
    )

    subprocess.run([sys.executable, "-c", program, sqlite_store_url], check=True)


def _as_before(now: dict[str, object], before: Mapping[str, object]) -> dict[str, object]:
    """Return a row with the columns that it had before."""
    return {column: now[column] for column in before}


def _upgrade_in_a_process_of_its_own(url: str) -> None:
    program = "import sys; from doorward.adapters.sql.migrations import upgrade; upgrade(sys.argv[1])"
    subprocess.run([sys.executable, "-c", program, url], check=True)
