"""Starting the session that a person allowed a client, in one way for every grant that begins with a person."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel import secrets
from doorward.core.kernel.ids import SessionId
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.codes import Approved
from doorward.core.oauth.grants.issue import Grounds, IssueTokens, Wanted
from doorward.core.oauth.grants.narrow import Part
from doorward.core.oauth.grants.records import Asked, Issued
from doorward.core.oauth.may_issue import StandingWork, may_issue
from doorward.core.oauth.ports import HasGrants
from doorward.core.oauth.records import Client, ClientType, Grant, GrantType
from doorward.core.oauth.rules import scopes
from doorward.core.oauth.start_session import StartClientSession
from doorward.core.sessions.records import LIFETIMES, EndReason, Kind

NATIVE_LIVES_FOR: Final = timedelta(days=90)
"""How long an app on somebody's own device stays signed in at most."""


class StartGrantWork(StandingWork, HasGrants, HasAuditLog, Protocol):
    """What starting what somebody allowed writes."""


@dataclass(frozen=True, slots=True)
class Started:
    """A session that was started, with its first refresh token, and what its first access token is for."""

    grounds: Grounds
    refresh_token: str
    part: Part
    nonce: str | None

    def first_tokens(self, issue: IssueTokens, asked: Asked) -> Issued:
        """Return its first tokens; a refresh token is among them where the client may use one.

        Raises: Unavailable.
        """
        may_refresh = GrantType.REFRESH_TOKEN in self.grounds.client.grants
        wanted = Wanted(
            scopes=scopes.split(self.grounds.session.scope),
            part=self.part,
            key_thumbprint=asked.key_thumbprint,
            refresh_token=self.refresh_token if may_refresh else None,
            nonce=self.nonce,
        )
        return issue(self.grounds, wanted, now=asked.now)


@dataclass(frozen=True, slots=True)
class StartGrant:
    """Start the session of a client for what a person allowed, if nothing stands against it now."""

    find: FindClient
    start: StartClientSession

    def __call__(
        self,
        work: StartGrantWork,
        asked: Asked,
        approved: Approved,
        *,
        grant_type: GrantType,
        code_digest: bytes,
        part: Part,
        place: str | None = None,
    ) -> Started | None:
        """Write it in the caller's unit of work; `place` is where the client is, if not where the person was.

        None: the client, the account or the session of the person has ended, or the consent was taken back.
        """
        now = asked.now
        client = self.find.held(work, approved.client_id)
        parent_id, scope = approved.parent_id, approved.scope
        standing = may_issue(work, client, grant_type, session_id=parent_id, scope=scope, now=now)
        if standing is None:
            return None
        grant = _grant(asked, standing.client, approved, code_digest=code_digest)
        started = self.start(
            work,
            grant,
            standing.client,
            scope=approved.scope,
            place=standing.session.place if place is None else place,
            granted_in=approved.parent_id,
            authenticated_at=approved.authenticated_at,
            now=now,
        )
        if started is None:
            return None
        session, refresh_token = started
        event = Event(
            AuditKind.GRANT_STARTED,
            account_id=session.account_id,
            session_id=session.id,
            detail={"client": standing.client.id},
        )
        record(work.audit, event, now)
        grounds = Grounds(standing.client, session, grant, standing.profile)
        return Started(grounds, refresh_token, part, approved.nonce)


def started_by(work: HasGrants, session_id: SessionId, *, code_digest: bytes, asked: Asked) -> Grant | None:
    """Return what a code has started already, if it is the code of this client."""
    grant = work.grants.of_session(session_id)
    if grant is None or not secrets.same(grant.code_digest or b"", code_digest):
        return None
    return grant if grant.client_id == asked.client.id else None


def end_reused(work: StartGrantWork, grant: Grant, asked: Asked) -> None:
    """End what a code has started, for it came a second time.

    Source: RFC 6749 section 4.1.2; OAuth 2.1 section 7.5.2.
    """
    if work.sessions.end(grant.session_id, at=asked.now, reason=EndReason.REUSE_DETECTED):
        event = Event(
            AuditKind.CODE_REUSE,
            account_id=grant.account_id,
            session_id=grant.session_id,
            detail={"client": grant.client_id},
        )
        record(work.audit, event, asked.now)


def _grant(asked: Asked, client: Client, approved: Approved, *, code_digest: bytes) -> Grant:
    """Return what the session is started with. The refresh tokens of a public client are bound to its key."""
    longest = NATIVE_LIVES_FOR if client.type is ClientType.NATIVE else LIFETIMES[Kind.CLIENT].absolute
    return Grant(
        session_id=approved.session_id,
        client_id=client.id,
        account_id=approved.account_id,
        created_at=asked.now,
        expires_at=asked.now + longest,
        resources=approved.resources,
        is_offline=approved.is_offline,
        code_digest=code_digest,
        redirect_uri=approved.redirect_uri,
        challenge=approved.challenge,
        claims=approved.claims,
        details=approved.details,
        key_thumbprint=asked.key_thumbprint if client.is_public else approved.key_thumbprint,
        acr=approved.acr,
        amr=approved.amr,
    )
