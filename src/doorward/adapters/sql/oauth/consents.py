"""What people consented to."""

from dataclasses import dataclass

from sqlalchemy import delete, select

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Connection, Row
from doorward.adapters.sql.engine.statement import Statement, given, upsert
from doorward.adapters.sql.engine.values import micros, moment
from doorward.core.kernel.ids import AccountId, ClientId
from doorward.core.oauth.ports import Consents
from doorward.core.oauth.records import Consent

_C = tables.consents.c
_IS_THE_ONE = (_C.account_id == given("account_id"), _C.client_id == given("client_id"))

_OF = Statement(select(tables.consents).where(*_IS_THE_ONE))
_OF_ACCOUNT = Statement(
    select(tables.consents)
    .where(_C.account_id == given("account_id"))
    .order_by(_C.granted_at.desc(), _C.client_id.desc())
)
_OF_CLIENT = Statement(
    select(tables.consents)
    .where(_C.client_id == given("client_id"), _C.account_id > given("after"))
    .order_by(_C.account_id)
    .limit(given("limit"))
)
_PUT = upsert(tables.consents)
_REMOVE = Statement(delete(tables.consents).where(*_IS_THE_ONE))
_REMOVE_ALL = Statement(delete(tables.consents).where(_C.account_id == given("account_id")))
_REMOVE_CLIENT = Statement(delete(tables.consents).where(_C.client_id == given("client_id")))


@dataclass(frozen=True, slots=True)
class SqlConsents(Consents):
    """Keeps consents."""

    connection: Connection

    def of(self, account_id: AccountId, client_id: ClientId) -> Consent | None:
        row = self.connection.one(_OF, account_id=account_id, client_id=client_id)
        return None if row is None else _consent(row)

    def of_account(self, account_id: AccountId) -> tuple[Consent, ...]:
        return tuple(_consent(row) for row in self.connection.all(_OF_ACCOUNT, account_id=account_id))

    def of_client(self, client_id: ClientId, *, after: AccountId | None = None, limit: int = 50) -> tuple[Consent, ...]:
        rows = self.connection.all(_OF_CLIENT, client_id=client_id, after=after or "", limit=limit)
        return tuple(_consent(row) for row in rows)

    def put(self, consent: Consent) -> None:
        self.connection.change(
            _PUT,
            account_id=consent.account_id,
            client_id=consent.client_id,
            scope=consent.scope,
            granted_at=micros(consent.granted_at),
        )

    def remove(self, account_id: AccountId, client_id: ClientId) -> bool:
        return self.connection.change(_REMOVE, account_id=account_id, client_id=client_id) == 1

    def remove_all(self, account_id: AccountId) -> None:
        self.connection.change(_REMOVE_ALL, account_id=account_id)

    def remove_client(self, client_id: ClientId) -> int:
        return self.connection.change(_REMOVE_CLIENT, client_id=client_id)


def _consent(row: Row) -> Consent:
    return Consent(row[0], row[1], row[2], moment(row[3]))
