"""The applications that somebody lets act for them, and taking that back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import AccountId, ClientId
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.ports import HasClients, HasConsents, HasGrants
from doorward.core.oauth.records import Client
from doorward.core.oauth.rules import scopes
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import Purpose
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.records import EndReason, Kind


class ApplicationsView(HasClients, HasConsents, HasGrants, HasSessions, Protocol):
    """What listing applications looks at."""


class RevokeWork(HasConsents, HasGrants, HasSessions, HasOneTimes, HasAuditLog, Protocol):
    """What taking a consent back writes."""


@dataclass(frozen=True, slots=True)
class Application:
    """A client that acts for somebody: what it may do, and since when."""

    client: Client
    scopes: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True)
class ListApplications:
    """List what somebody allowed, and the clients that act for them without having been asked, the newest first.

    Source: OWASP ASVS 5.0, 10.7.3.
    """

    view: OpensView[ApplicationsView]
    find: FindClient
    clock: Clock

    def __call__(self, account_id: AccountId) -> tuple[Application, ...]:
        """Read them."""
        with self.view() as view:
            found = {
                consent.client_id: (scopes.split(consent.scope), consent.granted_at)
                for consent in view.consents.of_account(account_id)
            }
            live = {
                session.id: session
                for session in view.sessions.live_of(account_id, now=self.clock.now())
                if session.kind is Kind.CLIENT
            }
            for grant in view.grants.of_account(account_id):
                if grant.session_id in live and grant.client_id not in found:
                    found[grant.client_id] = (scopes.split(live[grant.session_id].scope), grant.created_at)
            clients = {client_id: self.find.shown(view, client_id) for client_id in found}
        listed = [Application(client, *found[client_id]) for client_id, client in clients.items() if client is not None]
        return tuple(sorted(listed, key=lambda each: (each.since, each.client.id), reverse=True))


@dataclass(frozen=True, slots=True)
class RevokeApplication:
    """Take back what somebody allowed a client: it is asked for anew, and whatever the client holds is worthless.

    Source: OWASP ASVS 5.0, 10.7.3; RFC 9700 section 4.14.2.
    """

    work: OpensWork[RevokeWork]
    clock: Clock

    def __call__(self, account_id: AccountId, client_id: ClientId, *, actor_id: AccountId | None = None) -> None:
        """Return when the end is durable. `actor_id` is who takes it back, where that is not its owner.

        Raises: NotFound, when the client neither has a consent nor acts for the account.
        """
        now = self.clock.now()
        with self.work() as work:
            had_consent = work.consents.remove(account_id, client_id)
            # Before what was granted is read: whoever redeems one of them at this moment is seen, or comes too late.
            for purpose in (Purpose.AUTHORIZATION_CODE, Purpose.DEVICE_CODE):
                work.onetimes.discard(account_id, purpose)
            grants = work.grants.of_account(account_id, client_id=client_id)
            ended = sum(work.sessions.end(grant.session_id, at=now, reason=EndReason.REVOKED) for grant in grants)
            if not had_consent and not ended:
                raise NotFound
            detail = {"client_id": client_id, "count": str(ended)}
            event = Event(AuditKind.CONSENT_REVOKED, account_id=account_id, actor_id=actor_id, detail=detail)
            record(work.audit, event, now)
