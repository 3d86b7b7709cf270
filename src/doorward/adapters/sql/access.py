"""Which account has which role."""

from dataclasses import dataclass

from sqlalchemy import delete, func, select

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Connection
from doorward.adapters.sql.engine.statement import Statement, given, insert_unless_taken
from doorward.core.access.ports import Roles
from doorward.core.kernel.ids import AccountId

_R = tables.roles.c

_OF = Statement(select(_R.role).where(_R.account_id == given("account_id")))
_GRANT = insert_unless_taken(tables.roles)
_REVOKE = Statement(delete(tables.roles).where(_R.account_id == given("account_id"), _R.role == given("role")))
_HOLDERS = Statement(select(func.count()).select_from(tables.roles).where(_R.role == given("role")))
_HELD_BY = Statement(
    select(_R.account_id).where(_R.role == given("role")).order_by(_R.account_id).limit(given("limit"))
)
_REMOVE_ALL = Statement(delete(tables.roles).where(_R.account_id == given("account_id")))


@dataclass(frozen=True, slots=True)
class SqlRoles(Roles):
    """Keeps which account has which role."""

    connection: Connection

    def of(self, account_id: AccountId) -> tuple[str, ...]:
        return tuple(sorted(row[0] for row in self.connection.all(_OF, account_id=account_id)))

    def grant(self, account_id: AccountId, role: str) -> bool:
        self.connection.notes.accounts.add(account_id)
        return self.connection.change(_GRANT, account_id=account_id, role=role) == 1

    def revoke(self, account_id: AccountId, role: str) -> bool:
        self.connection.notes.accounts.add(account_id)
        return self.connection.change(_REVOKE, account_id=account_id, role=role) == 1

    def holders(self, role: str) -> int:
        row = self.connection.one(_HOLDERS, role=role)
        return row[0] if row else 0

    def held_by(self, role: str, *, limit: int) -> tuple[AccountId, ...]:
        return tuple(row[0] for row in self.connection.all(_HELD_BY, role=role, limit=limit))

    def remove_all(self, account_id: AccountId) -> None:
        self.connection.notes.accounts.add(account_id)
        self.connection.change(_REMOVE_ALL, account_id=account_id)
