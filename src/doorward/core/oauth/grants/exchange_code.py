"""Exchanging an authorization code for tokens.

Source: RFC 6749 section 4.1.3; RFC 7636 section 4.6; RFC 9700 sections 2.1.1 and 4.5; RFC 9449 section 10.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel import secrets
from doorward.core.kernel.work import OpensWork
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.codes import Approved, Codes, OpenedCode, approved_of
from doorward.core.oauth.grants.issue import Grounds, IssueTokens, Wanted
from doorward.core.oauth.grants.records import Asked, Issued, refused
from doorward.core.oauth.may_issue import StandingWork, may_issue
from doorward.core.oauth.ports import HasGrants
from doorward.core.oauth.records import Client, ClientType, Grant, GrantType
from doorward.core.oauth.rules import pkce, scopes
from doorward.core.oauth.start_session import StartClientSession
from doorward.core.oauth.tokens.kinds import userinfo_audience
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import Purpose
from doorward.core.sessions.records import LIFETIMES, EndReason, Kind

NATIVE_LIVES_FOR: Final = timedelta(days=90)
"""How long an app on somebody's own device stays signed in at most."""


class ExchangeWork(StandingWork, HasGrants, HasOneTimes, HasAuditLog, Protocol):
    """What exchanging a code writes."""


@dataclass(frozen=True, slots=True)
class _Exchanged:
    grounds: Grounds
    refresh_token: str
    audience: str
    nonce: str | None


@dataclass(frozen=True, slots=True)
class ExchangeCode:
    """Take a code, start the session that it names, and give its first tokens.

    However many present one code at the same time, one gets tokens. Another client learns nothing and uses nothing up;
    whoever fails the proof of the code uses it up. A second use that is right in everything ends the session of the
    first; one that is not ends nothing, or a code that leaked would be a way to sign people out.
    """

    work: OpensWork[ExchangeWork]
    find: FindClient
    codes: Codes
    start: StartClientSession
    issue: IssueTokens

    def __call__(self, asked: Asked) -> Issued:
        """Return the tokens; a refresh token is among them where the client may use one.

        Raises: OAuthError, Unavailable.
        """
        opened = self.codes.open(asked.parameter("code"))
        if opened is None:
            raise refused()
        with self.work() as work:
            exchanged = self._exchange(work, asked, opened)
        if exchanged is None:
            raise refused()
        grounds = exchanged.grounds
        may_refresh = GrantType.REFRESH_TOKEN in grounds.client.grants
        wanted = Wanted(
            scopes=scopes.split(grounds.session.scope),
            audience=exchanged.audience,
            key_thumbprint=asked.key_thumbprint,
            refresh_token=exchanged.refresh_token if may_refresh else None,
            nonce=exchanged.nonce,
        )
        return self.issue(grounds, wanted, now=asked.now)

    def _exchange(self, work: ExchangeWork, asked: Asked, opened: OpenedCode) -> _Exchanged | None:
        found = work.onetimes.peek(Purpose.AUTHORIZATION_CODE, opened.digest, now=asked.now)
        if found is None:
            return self._second_use(work, asked, opened)
        approved = approved_of(found)
        if approved.client_id != asked.client.id:
            return None
        audience = scopes.audience(
            asked.parameters.get("resource"),
            granted=approved.resources,
            default=userinfo_audience(self.issue.keyring.issuer),
        )
        if work.onetimes.consume(Purpose.AUTHORIZATION_CODE, opened.digest, now=asked.now) is None:
            return self._second_use(work, asked, opened)
        if not _is_proven(asked, approved.redirect_uri, approved.challenge, approved.key_thumbprint):
            return None
        return self._start(work, asked, approved, code_digest=opened.digest, audience=audience)

    def _start(
        self, work: ExchangeWork, asked: Asked, approved: Approved, *, code_digest: bytes, audience: str
    ) -> _Exchanged | None:
        now = asked.now
        client = self.find.within(work, approved.client_id)
        standing = may_issue(
            work,
            client,
            GrantType.AUTHORIZATION_CODE,
            session_id=approved.parent_id,
            scope=approved.scope,
            now=now,
        )
        if standing is None:
            return None
        grant = _grant(asked, standing.client, approved, code_digest=code_digest)
        started = self.start(
            work,
            grant,
            standing.client,
            scope=approved.scope,
            place=standing.session.place,
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
        return _Exchanged(grounds, refresh_token, audience, approved.nonce)

    @staticmethod
    def _second_use(work: ExchangeWork, asked: Asked, opened: OpenedCode) -> None:
        """End what the first use started, if this one is right in everything.

        Source: RFC 6749 section 4.1.2; OAuth 2.1 section 7.5.2.
        """
        grant = work.grants.of_session(opened.session_id)
        if grant is None or not secrets.same(grant.code_digest or b"", opened.digest):
            return
        if grant.client_id != asked.client.id:
            return
        if not _is_proven(asked, grant.redirect_uri, grant.challenge, grant.key_thumbprint):
            return
        if work.sessions.end(opened.session_id, at=asked.now, reason=EndReason.REUSE_DETECTED):
            event = Event(
                AuditKind.CODE_REUSE,
                account_id=grant.account_id,
                session_id=opened.session_id,
                detail={"client": grant.client_id},
            )
            record(work.audit, event, asked.now)


def _is_proven(asked: Asked, redirect_uri: str | None, challenge: str | None, thumbprint: str | None) -> bool:
    """Tell whether whoever asks is who asked for the code: same address, same verifier, same key if one was named."""
    if asked.parameters.get("redirect_uri") != redirect_uri:
        return False
    if thumbprint is not None and asked.key_thumbprint != thumbprint:
        return False
    return pkce.matches(challenge, asked.parameters.get("code_verifier"))


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
