"""What the sessions of clients were granted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Connection
from doorward.adapters.sql.engine.statement import Statement, given
from doorward.adapters.sql.engine.values import micros
from doorward.core.kernel.ids import AccountId, ClientId, SessionId
from doorward.core.oauth.documents import read_grant, written_grant
from doorward.core.oauth.ports import Grants
from doorward.core.oauth.records import Grant

_G = tables.grants.c
_NEWEST_FIRST = (_G.created_at.desc(), _G.session_id.desc())

_OF_SESSION = Statement(select(_G.document).where(_G.session_id == given("session_id")))
_OF_ACCOUNT = Statement(select(_G.document).where(_G.account_id == given("account_id")).order_by(*_NEWEST_FIRST))
_OF_CLIENT = Statement(
    select(_G.document)
    .join(tables.sessions, tables.sessions.c.id == _G.session_id)
    .where(_G.client_id == given("client_id"))
    .limit(given("limit"))
)
_ADD = Statement(insert(tables.grants))
_REMOVE = Statement(delete(tables.grants).where(_G.session_id == given("session_id")))
_REMOVE_ALL = Statement(delete(tables.grants).where(_G.account_id == given("account_id")))
_PURGE = Statement(delete(tables.grants).where(_G.expires_at < given("before")))


@dataclass(frozen=True, slots=True)
class SqlGrants(Grants):
    """Keeps grants."""

    connection: Connection

    def of_session(self, session_id: SessionId) -> Grant | None:
        row = self.connection.one(_OF_SESSION, session_id=session_id)
        return None if row is None else read_grant(row[0])

    def of_account(self, account_id: AccountId, *, client_id: ClientId | None = None) -> tuple[Grant, ...]:
        # By account, of which each has few; SQLite would look through all of a client's instead.
        grants = (read_grant(row[0]) for row in self.connection.all(_OF_ACCOUNT, account_id=account_id))
        return tuple(grant for grant in grants if client_id in (None, grant.client_id))

    def of_client(self, client_id: ClientId, *, limit: int) -> tuple[Grant, ...]:
        rows = self.connection.all(_OF_CLIENT, client_id=client_id, limit=limit)
        return tuple(read_grant(row[0]) for row in rows)

    def add(self, grant: Grant) -> None:
        self.connection.change(
            _ADD,
            session_id=grant.session_id,
            client_id=grant.client_id,
            account_id=grant.account_id,
            created_at=micros(grant.created_at),
            expires_at=micros(grant.expires_at),
            document=written_grant(grant),
        )

    def remove(self, session_id: SessionId) -> None:
        self.connection.change(_REMOVE, session_id=session_id)

    def remove_all(self, account_id: AccountId) -> None:
        self.connection.change(_REMOVE_ALL, account_id=account_id)

    def purge(self, before: datetime) -> int:
        return self.connection.change(_PURGE, before=micros(before))
