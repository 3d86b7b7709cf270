"""Coming back to a guarded host: the code that the browser brings becomes what the host knows its session by."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensWork
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.codes import Codes, OpenedCode, approved_of
from doorward.core.oauth.gateways.errors import EntryRefused
from doorward.core.oauth.gateways.host_tokens import HostTokens
from doorward.core.oauth.gateways.records import callback_of
from doorward.core.oauth.gateways.returns import CameBack
from doorward.core.oauth.may_issue import StandingWork, may_issue
from doorward.core.oauth.records import GrantType
from doorward.core.oauth.rules import pkce
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import Purpose
from doorward.core.sessions.records import Session


class EntryWork(StandingWork, HasOneTimes, HasAuditLog, Protocol):
    """What coming back to a host writes."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What a browser keeps for one host, and for how long at most."""

    token: str = field(repr=False)
    lives_for: timedelta


@dataclass(frozen=True, slots=True)
class EnterHost:
    """Take the code of a browser that came back, once, and give the token of the session that it was issued in.

    No session of its own is started: the host knows that of the browser, so signing out there ends the way in here.
    Source: RFC 6749 section 4.1.3; RFC 7636 section 4.6; RFC 9700 section 4.5.
    """

    work: OpensWork[EntryWork]
    find: FindClient
    codes: Codes
    tokens: HostTokens
    issuer: str
    clock: Clock

    def __call__(self, code: str, came: CameBack) -> Entered:
        """Return what the browser keeps.

        Raises: EntryRefused, Unavailable.
        """
        opened, now = self.codes.open(code), self.clock.now()
        if opened is None:
            raise EntryRefused
        with self.work() as work:
            session = self._session(work, opened, came, now)
        if session is None:
            raise EntryRefused
        ends = min(session.expires_at, session.idle_expires_at)
        return Entered(self.tokens.close(session.id, origin=came.host.origin, expires_at=ends), ends - now)

    def _session(self, work: EntryWork, opened: OpenedCode, came: CameBack, now: datetime) -> Session | None:
        """Return the session, or None. A code of somebody else's is left as it is; one that is not proven is gone."""
        found = work.onetimes.peek(Purpose.AUTHORIZATION_CODE, opened.digest, now=now)
        if found is None or approved_of(found).client_id != came.host.client_id:
            return None
        approved, taken = approved_of(found), work.onetimes.consume(found.purpose, opened.digest, now=now)
        if taken is None or approved.redirect_uri != callback_of(came.host, self.issuer):
            return None
        if not pkce.matches(approved.challenge, came.verifier):
            return None
        client = self.find.within(work, approved.client_id)
        grant = GrantType.AUTHORIZATION_CODE
        standing = may_issue(work, client, grant, session_id=approved.parent_id, scope=approved.scope, now=now)
        if standing is None:
            return None
        session = standing.session
        detail = {"client": approved.client_id}
        event = Event(AuditKind.HOST_ENTERED, account_id=session.account_id, session_id=session.id, detail=detail)
        record(work.audit, event, now)
        return session
