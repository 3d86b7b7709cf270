"""Sessions."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from doorward.adapters.memory.access import MemoryRoles
from doorward.adapters.memory.tables import Access
from doorward.core.accounts.records import Status
from doorward.core.kernel.ids import AccountId, SessionId
from doorward.core.sessions.ports import Sessions
from doorward.core.sessions.records import FIRST_PARTY, EndReason, Profile, Rotation, Session, Snapshot
from doorward.core.sessions.rules import is_live, rotated_at_once


@dataclass(frozen=True, slots=True)
class MemorySessions(Sessions):
    """Keeps sessions."""

    access: Access

    def by_id(self, session_id: SessionId) -> Session | None:
        return self.access.tables.sessions.get(session_id)

    def held(self, session_id: SessionId, *, now: datetime) -> Session | None:
        session = self.access.writable().sessions.get(session_id)
        return session if session is not None and is_live(session, now) else None

    def add(self, session: Session) -> None:
        self.access.writable().sessions[session.id] = session

    def replace(self, session: Session, *, expected: Session) -> bool:
        self.access.notes.accounts.add(session.account_id)
        return self._put(session, expected)

    def _put(self, session: Session, expected: Session) -> bool:
        kept = self.by_id(session.id)
        if kept is None or kept.ended_at is not None:
            return False
        if (kept.generation, kept.replays) != (expected.generation, expected.replays):
            return False
        self.access.writable().sessions[session.id] = _changed(kept, session)
        return True

    def rotate(self, rotation: Rotation) -> tuple[Session, Profile] | None:
        """Do what `rotated_at_once` decides."""
        found = self.with_snapshot(rotation.session_id)
        after = found and rotated_at_once(*found, rotation)
        if not found or not after or not self._put(after, found[0]):
            return None
        return after, found[1].profile

    def end(self, session_id: SessionId, *, at: datetime, reason: EndReason) -> bool:
        session = self.access.writable().sessions.get(session_id)
        if session is None or session.ended_at is not None:
            return False
        children = [child for child in self._children_of(session_id) if child.ended_at is None]
        self._end([session, *children], at, reason)
        return True

    def end_all(self, account_id: AccountId, *, at: datetime, reason: EndReason, keep: SessionId | None = None) -> int:
        self.access.notes.accounts.add(account_id)
        live = [session for session in self.live_of(account_id, now=at) if session.id != keep]
        self._end(live, at, reason)
        return len(live)

    def adopt(self, session_id: SessionId, *, by: SessionId) -> None:
        for child in self._children_of(session_id):
            if child.ended_at is None:
                self.access.notes.accounts.add(child.account_id)
                self.access.writable().sessions[child.id] = replace(child, parent_id=by)

    def live_of(self, account_id: AccountId, *, now: datetime) -> tuple[Session, ...]:
        live = [session for session in self._of(account_id) if is_live(session, now)]
        return tuple(sorted(live, key=lambda session: (session.last_seen_at, session.id), reverse=True))

    def signed_in(self, account_id: AccountId, *, now: datetime, limit: int) -> tuple[Session, ...]:
        live = self.live_of(account_id, now=now)
        return tuple(session for session in live if session.kind in FIRST_PARTY)[:limit]

    def ended_at(self, account_id: AccountId, at: datetime) -> tuple[SessionId, ...]:
        return tuple(session.id for session in self._of(account_id) if session.ended_at == at)

    def snapshot(self, session_id: SessionId) -> Snapshot | None:
        session = self.by_id(session_id)
        account = self.access.tables.accounts.get(session.account_id) if session else None
        if session is None or account is None:
            return None
        return Snapshot(
            session_id=session.id,
            kind=session.kind,
            profile=account.profile(MemoryRoles(self.access).of(account.id)),
            granted=session.scope,
            created_at=session.created_at,
            authenticated_at=session.authenticated_at,
            expires_at=session.expires_at,
            is_live=session.ended_at is None and account.status is Status.ACTIVE,
            authentication=session.authentication,
        )

    def with_snapshot(self, session_id: SessionId) -> tuple[Session, Snapshot] | None:
        session, snapshot = self.by_id(session_id), self.snapshot(session_id)
        return None if session is None or snapshot is None else (session, snapshot)

    def remove_all(self, account_id: AccountId) -> None:
        self.access.notes.accounts.add(account_id)
        for session in self._of(account_id):
            del self.access.writable().sessions[session.id]

    def purge(self, before: datetime) -> int:
        over = {session.id for session in self.access.tables.sessions.values() if _is_over(session, before)}
        children = [child for session_id in over for child in self._children_of(session_id)]
        self.access.notes.accounts.update(child.account_id for child in children)
        gone = over.union(child.id for child in children)
        for session_id in gone:
            del self.access.writable().sessions[session_id]
        return len(gone)

    def _end(self, sessions: Iterable[Session], at: datetime, reason: EndReason) -> None:
        for session in sessions:
            self.access.notes.accounts.add(session.account_id)
            self.access.writable().sessions[session.id] = replace(session, ended_at=at, end_reason=reason)

    def _children_of(self, session_id: SessionId) -> list[Session]:
        return [session for session in self.access.tables.sessions.values() if session.parent_id == session_id]

    def _of(self, account_id: AccountId) -> list[Session]:
        return [session for session in self.access.tables.sessions.values() if session.account_id == account_id]


def _changed(kept: Session, session: Session) -> Session:
    """Return the kept session with what may change of it."""
    return replace(
        kept,
        device_name=session.device_name,
        place=session.place,
        scope=session.scope,
        authenticated_at=session.authenticated_at,
        last_seen_at=session.last_seen_at,
        idle_expires_at=session.idle_expires_at,
        digest=session.digest,
        generation=session.generation,
        superseded_digest=session.superseded_digest,
        superseded_at=session.superseded_at,
        sealed_successor=session.sealed_successor,
        replays=session.replays,
    )


def _is_over(session: Session, before: datetime) -> bool:
    has_ended = session.ended_at is not None and session.ended_at < before
    return has_ended or session.expires_at < before or session.idle_expires_at < before
