"""Which account has which role."""

from dataclasses import dataclass

from doorward.adapters.memory.tables import Access
from doorward.core.access.ports import Roles
from doorward.core.kernel.ids import AccountId


@dataclass(frozen=True, slots=True)
class MemoryRoles(Roles):
    """Keeps which account has which role."""

    access: Access

    def of(self, account_id: AccountId) -> tuple[str, ...]:
        return tuple(sorted(self._of(account_id)))

    def grant(self, account_id: AccountId, role: str) -> bool:
        self.access.notes.accounts.add(account_id)
        before = self._of(account_id)
        self.access.writable().roles[account_id] = before | {role}
        return role not in before

    def revoke(self, account_id: AccountId, role: str) -> bool:
        self.access.notes.accounts.add(account_id)
        before = self._of(account_id)
        self.access.writable().roles[account_id] = before - {role}
        return role in before

    def holders(self, role: str) -> int:
        return sum(role in held for held in self.access.tables.roles.values())

    def held_by(self, role: str, *, limit: int) -> tuple[AccountId, ...]:
        found = sorted(account_id for account_id, held in self.access.tables.roles.items() if role in held)
        return tuple(found[:limit])

    def remove_all(self, account_id: AccountId) -> None:
        self.access.notes.accounts.add(account_id)
        self.access.writable().roles.pop(account_id, None)

    def _of(self, account_id: AccountId) -> frozenset[str]:
        return self.access.tables.roles.get(account_id, frozenset())
