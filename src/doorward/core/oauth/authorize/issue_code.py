"""Issuing an authorization code."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.ids import SessionId, new_id
from doorward.core.oauth.authorize.keep_requests import KeptRequests
from doorward.core.oauth.authorize.records import Asked, Kept
from doorward.core.oauth.authorize.rules import consent
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.codes import Approved, Codes
from doorward.core.oauth.may_issue import StandingWork, may_issue
from doorward.core.oauth.records import Consent, GrantType
from doorward.core.oauth.rules import scopes
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.sessions.records import Session, Snapshot


class IssueWork(StandingWork, HasOneTimes, HasAuditLog, Protocol):
    """What issuing a code writes."""


@dataclass(frozen=True, slots=True)
class IssueCode:
    """Writes a code for what somebody allowed, after everything was looked at once more, and finishes the request.

    Source: RFC 6749 section 4.1.2; RFC 9700 section 4.5.
    """

    find: FindClient
    codes: Codes
    requests: KeptRequests

    def __call__(
        self,
        work: IssueWork,
        asked: Asked,
        snapshot: Snapshot,
        *,
        kept: Kept | None,
        is_allowed_now: bool,
        now: datetime,
    ) -> str | None:
        """Return a code that is bound to the client, the address, the challenge and the session.

        `is_allowed_now`: the person has just said so, which is remembered. None: the session, the account or the client
        has ended, or a consent was taken back, a moment ago; there is no code, and the request still waits.
        Raises: RequestUnknown, when the kept request was finished by somebody faster.
        """
        client, allowing = asked.client, scopes.join(asked.permissions)
        if work.sessions.held(snapshot.session_id, now=now) is None:
            return None
        if is_allowed_now and not client.is_first_party:
            before = work.consents.of(snapshot.profile.id, client.id)
            allowed = consent.widened(before, asked.permissions)
            work.consents.put(Consent(snapshot.profile.id, client.id, allowed, now))
        standing = may_issue(
            work,
            self.find.within(work, client.id),
            GrantType.AUTHORIZATION_CODE,
            session_id=snapshot.session_id,
            scope=allowing,
            now=now,
        )
        if standing is None:
            return None
        if kept is not None:
            self.requests.finish(work, kept, now=now)
        artefact, code = self.codes.make(_approved(asked, standing.session, now), now=now)
        work.onetimes.add(artefact)
        kind = AuditKind.CONSENT_GIVEN if is_allowed_now else AuditKind.CODE_ISSUED
        event = Event(
            kind,
            account_id=standing.session.account_id,
            session_id=standing.session.id,
            detail={"client_id": client.id, "scope": allowing},
        )
        record(work.audit, event, now)
        return code


def _approved(asked: Asked, session: Session, now: datetime) -> Approved:
    return Approved(
        session_id=SessionId(new_id(now)),
        parent_id=session.id,
        client_id=asked.client.id,
        account_id=session.account_id,
        redirect_uri=asked.to.redirect_uri,
        challenge=asked.challenge,
        scope=scopes.join(asked.scopes),
        authenticated_at=session.authenticated_at,
        is_offline=consent.is_offline(asked.scopes),
        resources=asked.resources,
        nonce=asked.nonce,
        claims=asked.claims,
        details=asked.details,
        key_thumbprint=asked.key_thumbprint,
        acr=session.authentication.acr,
        amr=session.authentication.amr,
    )
