"""Whom other providers vouch for."""

from dataclasses import dataclass

from doorward.adapters.memory.tables import Access
from doorward.core.federation.ports import Identities
from doorward.core.federation.records import Identity
from doorward.core.kernel.ids import AccountId


@dataclass(frozen=True, slots=True)
class MemoryIdentities(Identities):
    """Keeps identities."""

    access: Access

    def of(self, issuer: str, subject: str) -> Identity | None:
        return self.access.tables.identities.get((issuer, subject))

    def of_account(self, account_id: AccountId) -> tuple[Identity, ...]:
        own = (each for each in self.access.tables.identities.values() if each.account_id == account_id)
        return tuple(sorted(own, key=lambda each: (each.linked_at, each.issuer, each.subject)))

    def add(self, identity: Identity) -> bool:
        kept = self.access.writable().identities
        return kept.setdefault((identity.issuer, identity.subject), identity) is identity

    def remove(self, account_id: AccountId, issuer: str, subject: str) -> bool:
        kept = self.of(issuer, subject)
        return self._remove([kept] if kept is not None and kept.account_id == account_id else []) == 1

    def remove_all(self, account_id: AccountId) -> int:
        return self._remove(list(self.of_account(account_id)))

    def _remove(self, identities: list[Identity]) -> int:
        for each in identities:
            del self.access.writable().identities[each.issuer, each.subject]
        return len(identities)
