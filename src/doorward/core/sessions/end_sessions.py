"""Ending sessions: signing out here, there or everywhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import AccountId, SessionId
from doorward.core.kernel.work import OpensWork
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.records import EndReason, Session
from doorward.core.sessions.tokens import RefreshTokens


class EndWork(HasSessions, HasAuditLog, Protocol):
    """What ending sessions writes."""


def hand_on(work: HasSessions, session: Session, heir: SessionId | None, *, now: datetime) -> None:
    """Let what was granted in a session that is about to end go on in `heir`, if that is of the same account."""
    if heir is None or work.sessions.held(session.id, now=now) is None:
        return
    taken = work.sessions.held(heir, now=now)
    if taken is not None and taken.account_id == session.account_id and taken.kind is session.kind:
        work.sessions.adopt(session.id, by=heir)


@dataclass(frozen=True, slots=True)
class EndSession:
    """End one session of an account; its refresh and access tokens are worthless from then on."""

    work: OpensWork[EndWork]
    clock: Clock

    def __call__(
        self,
        account_id: AccountId,
        session_id: SessionId,
        *,
        reason: EndReason,
        heir: SessionId | None = None,
        actor_id: AccountId | None = None,
    ) -> None:
        """Return when the end is durable.

        `heir` is the session that takes its place in the same browser: what was granted to applications in the one goes
        on in the other, where both are of one account. `actor_id` is who ends it, where that is not its owner.
        Raises: NotFound, when the account has no such live session; other people's are not told apart.
        """
        now = self.clock.now()
        with self.work() as work:
            session = work.sessions.by_id(session_id)
            if session is None or session.account_id != account_id:
                raise NotFound
            hand_on(work, session, heir, now=now)
            if not work.sessions.end(session_id, at=now, reason=reason):
                raise NotFound
            event = Event(
                AuditKind.SESSION_ENDED,
                account_id=account_id,
                actor_id=actor_id,
                session_id=session_id,
                detail={"reason": reason},
            )
            record(work.audit, event, now)


@dataclass(frozen=True, slots=True)
class EndAllSessions:
    """End every session of an account, or all but one."""

    work: OpensWork[EndWork]
    clock: Clock

    def __call__(
        self,
        account_id: AccountId,
        *,
        reason: EndReason,
        keep: SessionId | None = None,
        actor_id: AccountId | None = None,
    ) -> int:
        """Return how many ended."""
        now = self.clock.now()
        with self.work() as work:
            ended = work.sessions.end_all(account_id, at=now, reason=reason, keep=keep)
            detail = {"reason": reason.value, "count": str(ended)}
            event = Event(AuditKind.SESSIONS_ENDED, account_id=account_id, actor_id=actor_id, detail=detail)
            record(work.audit, event, now)
        return ended


@dataclass(frozen=True, slots=True)
class EndByRefreshToken:
    """Sign out with nothing but a refresh token, as a browser does whose access token has expired."""

    work: OpensWork[EndWork]
    tokens: RefreshTokens
    clock: Clock

    def __call__(self, presented: str, *, heir: SessionId | None = None) -> None:
        """Return when the session, if any, has ended. An unknown token changes nothing (RFC 7009 section 2.2).

        `heir` is the session that takes its place, as for `EndSession`.
        """
        opened = self.tokens.open(presented)
        if opened is None:
            return
        now = self.clock.now()
        with self.work() as work:
            session = work.sessions.by_id(opened.session_id)
            if session:
                hand_on(work, session, heir, now=now)
            if session and work.sessions.end(session.id, at=now, reason=EndReason.SIGNED_OUT):
                event = Event(
                    AuditKind.SESSION_ENDED,
                    account_id=session.account_id,
                    session_id=session.id,
                    detail={"reason": EndReason.SIGNED_OUT},
                )
                record(work.audit, event, now)
