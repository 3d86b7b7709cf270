"""Telling applications that a session of theirs has ended: what is written with the end itself.

Source: OpenID Connect Back-Channel Logout 1.0 section 2.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from doorward.core.kernel.ids import AccountId, ClientId, SessionId
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.ports import HasClients, HasGrants
from doorward.core.oauth.subjects import Subjects
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import Post
from doorward.core.sessions.ports import HasSessions, Sessions
from doorward.core.sessions.records import EndReason, Kind, Session, Snapshot

TELL_CLIENT: Final = "tell_client.v1"


class AnnounceWork(HasClients, HasGrants, HasOutbox, HasSessions, Protocol):
    """What is read and written to tell applications."""


@dataclass(frozen=True, slots=True)
class Announce:
    """Queues one message for each application that wants to hear of an end."""

    find: FindClient
    post: Post
    subjects: Subjects

    def __call__(self, work: AnnounceWork, sessions: Iterable[Session], *, now: datetime) -> None:
        """Queue it in the unit of work that ended the sessions, so that neither happens without the other.

        Nothing is fetched for it, or a client could keep its sessions from ending by taking its document away: whether
        one that describes itself wants to hear of it, and how it calls the account, is found out by who tells it.
        """
        for session in sessions:
            grant = work.grants.of_session(session.id)
            told = None if grant is None else self._told(work, grant.client_id, session)
            if told is not None:
                self.post.job(work.outbox, TELL_CLIENT, told, now=now, dedupe_key=f"logout:{session.id}")

    def _told(self, work: AnnounceWork, client_id: ClientId, session: Session) -> dict[str, str | None] | None:
        client, told = self.find.known(work, client_id), {"client_id": client_id, "session_id": session.id}
        if client is None:
            return {**told, "account_id": session.account_id} if self.find.may_describe_itself(client_id) else None
        if client.backchannel_logout_uri is None:
            return None
        return {**told, "subject": self.subjects.of(client, session.account_id)}


@dataclass(frozen=True, slots=True)
class AnnouncedSessions(Sessions):
    """Sessions whose ends applications are told of, whoever ends them and why.

    It stands before the store's own in every unit of work, so that no way of ending a session can forget it.
    """

    inner: Sessions
    work: AnnounceWork
    announce: Announce

    def end(self, session_id: SessionId, *, at: datetime, reason: EndReason) -> bool:
        """End a session with those that were granted in it, and let their clients know."""
        session = self.inner.by_id(session_id)
        if session is None or not self.inner.end(session_id, at=at, reason=reason):
            return False
        lost = self._of_clients(session.account_id, at)
        self.announce(self.work, [each for each in lost if session_id in (each.id, each.parent_id)], now=at)
        return True

    def end_all(self, account_id: AccountId, *, at: datetime, reason: EndReason, keep: SessionId | None = None) -> int:
        """End the sessions of an account, and let the clients among their holders know."""
        ended = self.inner.end_all(account_id, at=at, reason=reason, keep=keep)
        if ended:
            self.announce(self.work, self._of_clients(account_id, at), now=at)
        return ended

    def by_id(self, session_id: SessionId) -> Session | None:
        """Return a session."""
        return self.inner.by_id(session_id)

    def held(self, session_id: SessionId, *, now: datetime) -> Session | None:
        """Return a live session, and keep others from ending it."""
        return self.inner.held(session_id, now=now)

    def add(self, session: Session) -> None:
        """Keep a new session."""
        self.inner.add(session)

    def replace(self, session: Session, *, expected: Session) -> bool:
        """Write a session if it is still as expected."""
        return self.inner.replace(session, expected=expected)

    def adopt(self, session_id: SessionId, *, by: SessionId) -> None:
        """Let the children of a session have another parent."""
        self.inner.adopt(session_id, by=by)

    def live_of(self, account_id: AccountId, *, now: datetime) -> tuple[Session, ...]:
        """Return the live sessions of an account."""
        return self.inner.live_of(account_id, now=now)

    def signed_in(self, account_id: AccountId, *, now: datetime, limit: int) -> tuple[Session, ...]:
        """Return the live sessions of a person."""
        return self.inner.signed_in(account_id, now=now, limit=limit)

    def ended_at(self, account_id: AccountId, at: datetime) -> tuple[SessionId, ...]:
        """Return the sessions of an account that ended at a moment."""
        return self.inner.ended_at(account_id, at)

    def snapshot(self, session_id: SessionId) -> Snapshot | None:
        """Return a session with its account."""
        return self.inner.snapshot(session_id)

    def with_snapshot(self, session_id: SessionId) -> tuple[Session, Snapshot] | None:
        """Return a session and its snapshot."""
        return self.inner.with_snapshot(session_id)

    def remove_all(self, account_id: AccountId) -> None:
        """Remove every session of an account."""
        self.inner.remove_all(account_id)

    def purge(self, before: datetime) -> int:
        """Remove sessions that are over."""
        return self.inner.purge(before)

    def _of_clients(self, account_id: AccountId, at: datetime) -> list[Session]:
        """Return the clients' sessions that have ended at a moment.

        They are looked for when they have ended: before, those are not there yet that somebody starts meanwhile, and
        whose end waits for that.
        """
        ended = map(self.inner.by_id, self.inner.ended_at(account_id, at))
        return [session for session in ended if session is not None and session.kind is Kind.CLIENT]
