"""Password hashes."""

from dataclasses import dataclass

from sqlalchemy import delete, select

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Connection, Row
from doorward.adapters.sql.engine.statement import Statement, given, upsert
from doorward.adapters.sql.engine.values import micros, moment
from doorward.core.credentials.ports import Passwords
from doorward.core.credentials.records import PasswordRecord
from doorward.core.kernel.ids import AccountId

_P = tables.passwords.c

_OF = Statement(select(tables.passwords).where(_P.account_id == given("account_id")))
_HELD = Statement(select(tables.passwords).where(_P.account_id == given("account_id")).with_for_update())
_PUT = upsert(tables.passwords)
_REMOVE = Statement(delete(tables.passwords).where(_P.account_id == given("account_id")))


@dataclass(frozen=True, slots=True)
class SqlPasswords(Passwords):
    """Keeps password hashes."""

    connection: Connection

    def of(self, account_id: AccountId) -> PasswordRecord | None:
        return _record(self.connection.one(_OF, account_id=account_id))

    def held(self, account_id: AccountId) -> PasswordRecord | None:
        # SQLite has one writer at a time and no clause for it; there this is a plain SELECT in the writer's turn.
        rows = self.connection.take(_HELD, account_id=account_id)
        return _record(rows[0] if rows else None)

    def put(self, record: PasswordRecord) -> None:
        self.connection.change(
            _PUT, account_id=record.account_id, hash=record.hash, changed_at=micros(record.changed_at)
        )

    def remove(self, account_id: AccountId) -> None:
        self.connection.change(_REMOVE, account_id=account_id)


def _record(row: Row | None) -> PasswordRecord | None:
    return None if row is None else PasswordRecord(row[0], row[1], moment(row[2]))
