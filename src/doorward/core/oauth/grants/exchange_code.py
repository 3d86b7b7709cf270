"""Exchanging an authorization code for tokens.

Source: RFC 6749 section 4.1.3; RFC 7636 section 4.6; RFC 9700 sections 2.1.1 and 4.5; RFC 9449 section 10.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel import secrets
from doorward.core.kernel.work import OpensWork
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.codes import Codes, Granting, OpenedCode, granting_of
from doorward.core.oauth.grants.issue import Grounds, IssueTokens, Wanted, userinfo_audience
from doorward.core.oauth.grants.records import Asked, Issued, refused
from doorward.core.oauth.may_issue import Standing, StandingWork, may_issue
from doorward.core.oauth.ports import HasGrants
from doorward.core.oauth.records import Client, ClientType, Grant, GrantType
from doorward.core.oauth.rules import pkce, scopes
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import Purpose
from doorward.core.sessions.records import LIFETIMES, EndReason, Kind, Session
from doorward.core.sessions.tokens import RefreshTokens

NATIVE_LIVES_FOR: Final = timedelta(days=90)
"""How long an app on somebody's own device stays signed in at most."""


class ExchangeWork(StandingWork, HasGrants, HasOneTimes, HasAuditLog, Protocol):
    """What exchanging a code writes."""


@dataclass(frozen=True, slots=True)
class _Exchanged:
    grounds: Grounds
    granting: Granting
    audience: str


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
    tokens: RefreshTokens
    issue: IssueTokens

    def __call__(self, asked: Asked) -> Issued:
        """Return the tokens.

        Raises: OAuthError, Unavailable.
        """
        opened = self.codes.open(asked.parameter("code"))
        if opened is None:
            raise refused()
        secret = secrets.random_bytes(secrets.SECRET_BYTES)
        with self.work() as work:
            exchanged = self._exchange(work, asked, opened, digest=secrets.digest(secret))
        if exchanged is None:
            raise refused()
        wanted = Wanted(
            scopes=scopes.split(exchanged.granting.scope),
            audience=exchanged.audience,
            key_thumbprint=asked.key_thumbprint,
            refresh_token=self._refresh_token(exchanged.grounds, secret),
            nonce=exchanged.granting.nonce,
            amr=scopes.split(exchanged.granting.amr or ""),
        )
        return self.issue(exchanged.grounds, wanted, now=asked.now)

    def _refresh_token(self, grounds: Grounds, secret: bytes) -> str | None:
        """Return the refresh token of the session, if its client may use one."""
        if GrantType.REFRESH_TOKEN not in grounds.client.grants:
            return None
        return self.tokens.close(grounds.session.id, grounds.session.generation, secret)

    def _exchange(self, work: ExchangeWork, asked: Asked, opened: OpenedCode, *, digest: bytes) -> _Exchanged | None:
        found = work.onetimes.peek(Purpose.AUTHORIZATION_CODE, opened.digest, now=asked.now)
        if found is None:
            return self._second_use(work, asked, opened)
        granting = granting_of(found.payload)
        if granting.client_id != asked.client.id:
            return None
        audience = scopes.audience(
            asked.parameters.get("resource"),
            granted=granting.resources,
            default=userinfo_audience(self.issue.keyring.issuer),
        )
        if work.onetimes.consume(Purpose.AUTHORIZATION_CODE, opened.digest, now=asked.now) is None:
            return self._second_use(work, asked, opened)
        if not _is_proven(asked, granting.redirect_uri, granting.challenge, granting.key_thumbprint):
            return None
        grounds = self._start(work, asked, granting, opened, digest=digest)
        return None if grounds is None else _Exchanged(grounds, granting, audience)

    def _start(
        self, work: ExchangeWork, asked: Asked, granting: Granting, opened: OpenedCode, *, digest: bytes
    ) -> Grounds | None:
        now = asked.now
        if work.sessions.held(granting.parent_id, now=now) is None:
            return None
        standing = may_issue(
            work,
            self.find.within(work, granting.client_id),
            GrantType.AUTHORIZATION_CODE,
            session_id=granting.parent_id,
            scope=granting.scope,
            now=now,
        )
        if standing is None or standing.session.account_id != granting.account_id:
            return None
        session = _session(standing, granting, opened, digest=digest, now=now)
        grant = _grant(standing.client, session, granting, code_digest=opened.digest, thumbprint=asked.key_thumbprint)
        work.sessions.add(session)
        work.grants.add(grant)
        event = Event(
            AuditKind.GRANT_STARTED,
            account_id=session.account_id,
            session_id=session.id,
            detail={"client": standing.client.id},
        )
        record(work.audit, event, now)
        return Grounds(standing.client, session, grant, standing.profile)

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


def _session(standing: Standing, granting: Granting, opened: OpenedCode, *, digest: bytes, now: datetime) -> Session:
    client, parent, lifetimes = standing.client, standing.session, LIFETIMES[Kind.CLIENT]
    longest = NATIVE_LIVES_FOR if client.type is ClientType.NATIVE else lifetimes.absolute
    ends_at = now + longest if granting.is_offline else min(now + longest, parent.expires_at)
    return Session(
        id=opened.session_id,
        account_id=granting.account_id,
        kind=Kind.CLIENT,
        device_name=client.name,
        place=parent.place,
        scope=granting.scope,
        created_at=now,
        authenticated_at=granting.authenticated_at,
        last_seen_at=now,
        idle_expires_at=min(now + lifetimes.idle, ends_at),
        expires_at=ends_at,
        digest=digest,
        parent_id=None if granting.is_offline else granting.parent_id,
    )


def _grant(
    client: Client, session: Session, granting: Granting, *, code_digest: bytes, thumbprint: str | None
) -> Grant:
    """Return what the session was started with. The refresh tokens of a public client are bound to its key."""
    return Grant(
        session_id=session.id,
        client_id=client.id,
        account_id=session.account_id,
        created_at=session.created_at,
        expires_at=session.expires_at,
        resources=granting.resources,
        is_offline=granting.is_offline,
        code_digest=code_digest,
        redirect_uri=granting.redirect_uri,
        challenge=granting.challenge,
        claims=granting.claims,
        details=granting.details,
        key_thumbprint=thumbprint if client.is_public else granting.key_thumbprint,
        acr=granting.acr,
    )
