"""What people consented to."""

from collections.abc import Iterable
from dataclasses import dataclass

from doorward.adapters.memory.tables import Access
from doorward.core.kernel.ids import AccountId, ClientId
from doorward.core.oauth.ports import Consents
from doorward.core.oauth.records import Consent


@dataclass(frozen=True, slots=True)
class MemoryConsents(Consents):
    """Keeps consents."""

    access: Access

    def of(self, account_id: AccountId, client_id: ClientId) -> Consent | None:
        return self.access.tables.consents.get((account_id, client_id))

    def of_account(self, account_id: AccountId) -> tuple[Consent, ...]:
        found = [consent for consent in self._all() if consent.account_id == account_id]
        return tuple(sorted(found, key=lambda consent: (consent.granted_at, consent.client_id), reverse=True))

    def of_client(self, client_id: ClientId, *, after: AccountId | None = None, limit: int = 50) -> tuple[Consent, ...]:
        found = [each for each in self._all() if each.client_id == client_id and each.account_id > (after or "")]
        return tuple(sorted(found, key=lambda consent: consent.account_id)[:limit])

    def put(self, consent: Consent) -> None:
        self.access.writable().consents[consent.account_id, consent.client_id] = consent

    def remove(self, account_id: AccountId, client_id: ClientId) -> bool:
        return self.access.writable().consents.pop((account_id, client_id), None) is not None

    def remove_all(self, account_id: AccountId) -> None:
        self._remove(consent for consent in self._all() if consent.account_id == account_id)

    def remove_client(self, client_id: ClientId) -> int:
        return self._remove(consent for consent in self._all() if consent.client_id == client_id)

    def _all(self) -> Iterable[Consent]:
        return self.access.tables.consents.values()

    def _remove(self, consents: Iterable[Consent]) -> int:
        gone = [(consent.account_id, consent.client_id) for consent in consents]
        for key in gone:
            del self.access.writable().consents[key]
        return len(gone)
