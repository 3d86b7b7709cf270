"""Ending the session that a browser keeps for a client."""

from dataclasses import dataclass

from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensWork
from doorward.core.oauth.records import Client
from doorward.core.oauth.tokens.revoke import RevokeWork
from doorward.core.sessions.records import EndReason
from doorward.core.sessions.tokens import RefreshTokens


@dataclass(frozen=True, slots=True)
class EndKept:
    """End the session that a client's cookie names, and with it every token of that session."""

    work: OpensWork[RevokeWork]
    tokens: RefreshTokens
    clock: Clock

    def __call__(self, client: Client, presented: str | None, *, reason: EndReason) -> None:
        """Return when the end is durable. A token of another client, under whatever name it came, changes nothing."""
        opened = None if presented is None else self.tokens.open(presented)
        if opened is None:
            return
        now = self.clock.now()
        with self.work() as work:
            grant = work.grants.of_session(opened.session_id)
            if grant is None or grant.client_id != client.id:
                return
            if work.sessions.end(opened.session_id, at=now, reason=reason):
                event = Event(
                    AuditKind.GRANT_REVOKED,
                    account_id=grant.account_id,
                    session_id=opened.session_id,
                    detail={"client": client.id},
                )
                record(work.audit, event, now)
