"""Whom other providers vouch for."""

from dataclasses import dataclass

from sqlalchemy import delete, select

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Connection, Row
from doorward.adapters.sql.engine.statement import Statement, given, insert_unless_taken
from doorward.adapters.sql.engine.values import micros, moment
from doorward.core.federation.ports import Identities
from doorward.core.federation.records import Identity
from doorward.core.kernel.ids import AccountId

_I = tables.identities.c

_OF = Statement(select(tables.identities).where(_I.issuer == given("issuer"), _I.subject == given("subject")))
_OF_ACCOUNT = Statement(
    select(tables.identities).where(_I.account_id == given("account_id")).order_by(_I.linked_at, _I.issuer, _I.subject)
)
_ADD = insert_unless_taken(tables.identities)
_REMOVE = Statement(
    delete(tables.identities).where(
        _I.issuer == given("issuer"), _I.subject == given("subject"), _I.account_id == given("account_id")
    )
)
_REMOVE_ALL = Statement(delete(tables.identities).where(_I.account_id == given("account_id")))


@dataclass(frozen=True, slots=True)
class SqlIdentities(Identities):
    """Keeps identities."""

    connection: Connection

    def of(self, issuer: str, subject: str) -> Identity | None:
        row = self.connection.one(_OF, issuer=issuer, subject=subject)
        return None if row is None else _identity(row)

    def of_account(self, account_id: AccountId) -> tuple[Identity, ...]:
        return tuple(map(_identity, self.connection.all(_OF_ACCOUNT, account_id=account_id)))

    def add(self, identity: Identity) -> bool:
        added = self.connection.change(
            _ADD,
            issuer=identity.issuer,
            subject=identity.subject,
            account_id=identity.account_id,
            provider_id=identity.provider_id,
            label=identity.label,
            linked_at=micros(identity.linked_at),
        )
        return added == 1

    def remove(self, account_id: AccountId, issuer: str, subject: str) -> bool:
        return self.connection.change(_REMOVE, issuer=issuer, subject=subject, account_id=account_id) == 1

    def remove_all(self, account_id: AccountId) -> int:
        return self.connection.change(_REMOVE_ALL, account_id=account_id)


def _identity(row: Row) -> Identity:
    return Identity(row[0], row[1], AccountId(row[2]), row[3], row[4], moment(row[5]))
