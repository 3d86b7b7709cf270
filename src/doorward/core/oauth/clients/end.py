"""Ending what a client does: disabling it, enabling it again, removing it."""

from dataclasses import dataclass, replace
from typing import Final

from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Conflict
from doorward.core.kernel.ids import AccountId, ClientId
from doorward.core.kernel.work import OpensWork
from doorward.core.oauth.clients.find import kept
from doorward.core.oauth.clients.ports import ClientsWork
from doorward.core.oauth.records import Client
from doorward.core.sessions.records import EndReason

_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class SetClientEnabled:
    """Disable a client, which ends every session that it was granted, or enable it again.

    It is refused from the first moment on, since whatever issues tokens asks; then its sessions end, a hundred a unit
    of work, so that no other writer waits for all of them. Disabling it again goes on where that was cut short.
    """

    work: OpensWork[ClientsWork]
    clock: Clock

    def __call__(self, wanted: str, *, enabled: bool, actor_id: AccountId | None = None) -> Client:
        """Return the client as it is now. Sessions that ended do not come back.

        Raises: NotFound, Conflict.
        """
        client = self._set(wanted, enabled=enabled, actor_id=actor_id)
        if not enabled:
            end_sessions(self.work, client.id, self.clock)
        return client

    def _set(self, wanted: str, *, enabled: bool, actor_id: AccountId | None) -> Client:
        now = self.clock.now()
        with self.work() as work:
            before = kept(work, wanted)
            if (before.disabled_at is None) == enabled:
                return before
            after = replace(before, disabled_at=None if enabled else now)
            if not work.clients.replace(after, expected=before.version):
                raise Conflict
            kind = AuditKind.CLIENT_ENABLED if enabled else AuditKind.CLIENT_DISABLED
            record(work.audit, Event(kind, actor_id=actor_id, detail={"client": before.id}), now)
        return replace(after, version=before.version + 1)


@dataclass(frozen=True, slots=True)
class RemoveClient:
    """Remove a client with all that it was granted and all that people allowed it."""

    work: OpensWork[ClientsWork]
    set_enabled: SetClientEnabled
    clock: Clock

    def __call__(self, wanted: str, *, actor_id: AccountId | None = None) -> None:
        """Return when nothing of it is left but what the audit tells.

        Raises: NotFound, Conflict.
        """
        client = self.set_enabled(wanted, enabled=False, actor_id=actor_id)
        now = self.clock.now()
        with self.work() as work:
            work.consents.remove_client(client.id)
            work.clients.remove(client.id)
            event = Event(AuditKind.CLIENT_REMOVED, actor_id=actor_id, detail={"client": client.id})
            record(work.audit, event, now)


def end_sessions(work: OpensWork[ClientsWork], client_id: ClientId, clock: Clock) -> int:
    """End every session that was granted to a client, and return how many were live."""
    ended = 0
    while True:
        now = clock.now()
        with work() as unit:
            grants = unit.grants.of_client(client_id, limit=_AT_ONCE)
            for grant in grants:
                ended += unit.sessions.end(grant.session_id, at=now, reason=EndReason.CLIENT_DISABLED)
                unit.grants.remove(grant.session_id)
        if not grants:
            return ended
