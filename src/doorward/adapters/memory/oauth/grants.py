"""What the sessions of clients were granted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from doorward.adapters.memory.tables import Access
from doorward.core.kernel.ids import AccountId, ClientId, SessionId
from doorward.core.oauth.ports import Grants
from doorward.core.oauth.records import Grant


@dataclass(frozen=True, slots=True)
class MemoryGrants(Grants):
    """Keeps grants."""

    access: Access

    def of_session(self, session_id: SessionId) -> Grant | None:
        return self.access.tables.grants.get(session_id)

    def of_account(self, account_id: AccountId, *, client_id: ClientId | None = None) -> tuple[Grant, ...]:
        kept = [grant for grant in self._all() if grant.account_id == account_id]
        found = [grant for grant in kept if client_id in (None, grant.client_id)]
        return tuple(sorted(found, key=lambda grant: (grant.created_at, grant.session_id), reverse=True))

    def of_client(self, client_id: ClientId, *, limit: int) -> tuple[Grant, ...]:
        sessions = self.access.tables.sessions
        found = [grant for grant in self._all() if grant.client_id == client_id and grant.session_id in sessions]
        return tuple(found[:limit])

    def add(self, grant: Grant) -> None:
        self.access.writable().grants[grant.session_id] = grant

    def remove(self, session_id: SessionId) -> None:
        self.access.writable().grants.pop(session_id, None)

    def remove_all(self, account_id: AccountId) -> None:
        self._remove(grant for grant in self._all() if grant.account_id == account_id)

    def purge(self, before: datetime) -> int:
        return self._remove(grant for grant in self._all() if grant.expires_at < before)

    def _all(self) -> Iterable[Grant]:
        return self.access.tables.grants.values()

    def _remove(self, grants: Iterable[Grant]) -> int:
        gone = [grant.session_id for grant in grants]
        for session_id in gone:
            del self.access.writable().grants[session_id]
        return len(gone)
