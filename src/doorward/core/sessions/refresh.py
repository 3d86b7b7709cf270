"""Refreshing: one token in, the next one out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, Never, Protocol

from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel import secrets
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensWork
from doorward.core.keys.errors import NoKeySigns
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import Post
from doorward.core.outbox.records import Letter, LetterKind
from doorward.core.sessions.errors import RefreshRefused
from doorward.core.sessions.issue import Issue
from doorward.core.sessions.outages import Outages
from doorward.core.sessions.ports import HasSessions, Rotates
from doorward.core.sessions.records import (
    Caller,
    EndReason,
    Kind,
    Profile,
    Remembered,
    Rotation,
    Session,
    Snapshot,
)
from doorward.core.sessions.rules import Presented, Verdict, judge, replayed, rotated
from doorward.core.sessions.tokens import DeviceTokens, OpenedRefreshToken, RefreshTokens

_TRIES: Final = 8
_GIVES_TOKENS: Final = frozenset({Verdict.ROTATE, Verdict.REPLAY})


class RefreshWork(HasSessions, HasOutbox, HasAuditLog, Protocol):
    """What refreshing writes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody asks for the next tokens of a session with a refresh token as it was presented, and not yet believed."""

    presented: str
    kind: Kind
    caller: Caller

    def __repr__(self) -> str:
        return f"Asked(kind={self.kind!r})"


@dataclass(frozen=True, slots=True)
class _Begun:
    rotation: Rotation
    successor: bytes

    def __repr__(self) -> str:
        return f"_Begun(session_id={self.rotation.session_id!r})"


@dataclass(frozen=True, slots=True)
class Continued:
    """A session that goes on: as it is now, whose it is, and its next refresh token."""

    session: Session
    profile: Profile
    refresh_token: str

    def __repr__(self) -> str:
        return f"Continued(session_id={self.session.id!r})"


@dataclass(frozen=True, slots=True)
class RefreshTogether:
    """Take the refresh tokens of several callers, and give back the next ones, where that takes one step alone.

    It does nearly always. Each caller is answered as if no other had been there.
    """

    rotate: Rotates
    tokens: RefreshTokens
    devices: DeviceTokens
    issue: Issue
    clock: Clock
    outages: Outages

    def __call__(self, asked: Sequence[Asked]) -> list[Callable[[], Remembered | None]]:
        """Rotate the sessions, durably, and return in order what gives each caller its next tokens.

        That raises RefreshRefused where the token is none of ours, and returns None where it takes a closer look.
        Raises: Unavailable, when nobody can be told whether a session was rotated.
        """
        now = self.clock.now()
        begun = [self._begin(one, now) for one in asked]
        found = iter(self._rotate([one.rotation for one in begun if one is not None], now))
        return [_refuse if one is None else partial(self._end, one, next(found)) for one in begun]

    def alone(self, opened: OpenedRefreshToken, kind: Kind, *, caller: Caller, now: datetime) -> Continued | None:
        """Return how one session goes on, for a flow that issues tokens of its own; None where it takes a closer look.

        Raises: Unavailable.
        """
        begun = self._rotation(opened, kind, caller=caller, now=now)
        (found,) = self._rotate([begun.rotation], now)
        return self._continued(begun, found)

    def _begin(self, asked: Asked, now: datetime) -> _Begun | None:
        opened = self.tokens.open(asked.presented)
        return None if opened is None else self._rotation(opened, asked.kind, caller=asked.caller, now=now)

    def _rotation(self, opened: OpenedRefreshToken, kind: Kind, *, caller: Caller, now: datetime) -> _Begun:
        successor = secrets.random_bytes(secrets.SECRET_BYTES)
        rotation = Rotation(
            session_id=opened.session_id,
            kind=kind,
            generation=opened.generation,
            digest=secrets.digest(opened.secret),
            successor_digest=secrets.digest(successor),
            sealed_successor=self.tokens.seal_successor(opened, successor),
            known_device=self.devices.proven(caller.device_token, now=now),
            now=now,
        )
        return _Begun(rotation, successor)

    def _rotate(self, rotations: Sequence[Rotation], now: datetime) -> Sequence[tuple[Session, Profile] | None]:
        if not rotations:
            return ()
        try:
            with self.outages.noticed(now):
                self.issue.keyring.require_ready()
                return self.rotate(rotations)
        except NoKeySigns:  # what is dead is refused all the same, and that takes a closer look
            return [None] * len(rotations)

    def _end(self, begun: _Begun, found: tuple[Session, Profile] | None) -> Remembered | None:
        continued, now = self._continued(begun, found), begun.rotation.now
        if continued is None:
            return None
        with self.outages.noticed(now):
            return self.issue(continued.session, continued.profile, refresh_token=continued.refresh_token, now=now)

    def _continued(self, begun: _Begun, found: tuple[Session, Profile] | None) -> Continued | None:
        if found is None:
            return None
        session, profile = found
        return Continued(session, profile, self.tokens.close(session.id, session.generation, begun.successor))


@dataclass(frozen=True, slots=True)
class Refresh:
    """Take a refresh token, and give back the next one.

    However often one token is presented at the same time, one successor comes of it. What was answered is durable.
    """

    together: RefreshTogether
    work: OpensWork[RefreshWork]
    tokens: RefreshTokens
    devices: DeviceTokens
    issue: Issue
    post: Post
    clock: Clock
    outages: Outages

    def __call__(self, presented: str, kind: Kind, *, caller: Caller) -> Remembered:
        """Return the next tokens of the session.

        Raises: RefreshRefused. When the token was used before outside the overlap, its session has ended by then.
        """
        asked = Asked(presented, kind, caller)
        (answer,) = self.together([asked])
        return answer() or self.look_closer(asked)

    def look_closer(self, asked: Asked) -> Remembered:
        """Return the next tokens of the session, whatever it takes to tell: for a token that took more than one step.

        Raises: RefreshRefused, as above.
        """
        opened = self.tokens.open(asked.presented)
        if opened is None:
            raise RefreshRefused
        now = self.clock.now()
        with self.outages.noticed(now):
            continued = self._look(opened, asked.kind, caller=asked.caller, now=now)
            return self.issue(continued.session, continued.profile, refresh_token=continued.refresh_token, now=now)

    def continued(self, opened: OpenedRefreshToken, kind: Kind, *, caller: Caller, now: datetime) -> Continued:
        """Return the session and its next refresh token, for a flow that issues tokens of its own.

        Raises: the same.
        """
        with self.outages.noticed(now):
            continued = self.together.alone(opened, kind, caller=caller, now=now)
            return continued or self._look(opened, kind, caller=caller, now=now)

    def _look(self, opened: OpenedRefreshToken, kind: Kind, *, caller: Caller, now: datetime) -> Continued:
        is_ready = self.issue.keyring.is_ready()
        with self.work() as work:
            continued = self._continue(work, opened, kind, caller=caller, now=now, is_ready=is_ready)
        if continued is None:
            raise RefreshRefused
        return continued

    def _continue(
        self,
        work: RefreshWork,
        opened: OpenedRefreshToken,
        kind: Kind,
        *,
        caller: Caller,
        now: datetime,
        is_ready: bool,
    ) -> Continued | None:
        for _ in range(_TRIES):
            found = work.sessions.with_snapshot(opened.session_id)
            if found is None:
                return None
            session, snapshot = found
            if session.kind is not kind or not snapshot.is_live:
                return None
            presented = self._presented(session, opened, caller=caller, now=now)
            away = self.outages.within(session.superseded_at or now, now)
            verdict = judge(session, presented, now, away=away)
            if verdict in _GIVES_TOKENS and not is_ready:
                raise NoKeySigns
            match verdict:
                case Verdict.ROTATE:
                    continued = self._rotate(work, session, opened, presented=presented, snapshot=snapshot, now=now)
                case Verdict.REPLAY:
                    continued = self._replay(work, session, opened, presented=presented, snapshot=snapshot)
                case Verdict.REUSE:
                    self._end(work, session, snapshot.profile, now=now)
                    return None
                case _:
                    return None
            if continued is not None:
                return continued
        return None

    def _presented(self, session: Session, opened: OpenedRefreshToken, *, caller: Caller, now: datetime) -> Presented:
        device = self.devices.open(caller.device_token, session.account_id, now=now)
        return Presented(
            generation=opened.generation,
            digest=secrets.digest(opened.secret),
            is_same_device=device is not None and device == session.device_id,
        )

    def _rotate(
        self,
        work: RefreshWork,
        session: Session,
        opened: OpenedRefreshToken,
        *,
        presented: Presented,
        snapshot: Snapshot,
        now: datetime,
    ) -> Continued | None:
        successor = secrets.random_bytes(secrets.SECRET_BYTES)
        sealed = self.tokens.seal_successor(opened, successor)
        after = rotated(
            session,
            digest=secrets.digest(successor),
            sealed_successor=sealed,
            is_same_device=presented.is_same_device,
            now=now,
        )
        if not work.sessions.replace(after, expected=session):
            return None
        token = self.tokens.close(after.id, after.generation, successor)
        return Continued(after, snapshot.profile, token)

    def _replay(
        self,
        work: RefreshWork,
        session: Session,
        opened: OpenedRefreshToken,
        *,
        presented: Presented,
        snapshot: Snapshot,
    ) -> Continued | None:
        after = replayed(session, presented)
        if after != session and not work.sessions.replace(after, expected=session):
            return None
        successor = self.tokens.open_successor(opened, session.sealed_successor or b"")
        if successor is None:
            return None
        token = self.tokens.close(session.id, session.generation, successor)
        return Continued(after, snapshot.profile, token)

    def _end(self, work: RefreshWork, session: Session, profile: Profile, *, now: datetime) -> None:
        if not work.sessions.end(session.id, at=now, reason=EndReason.REUSE_DETECTED):
            return
        letter = Letter(
            LetterKind.SESSION_REUSE,
            profile.email,
            profile.username,
            happened_at=now,
            detail=session.device_name,
        )
        self.post.letter(work.outbox, letter, now=now, dedupe_key=f"reuse:{session.id}")
        event = Event(AuditKind.SESSION_REUSE, account_id=session.account_id, session_id=session.id)
        record(work.audit, event, now)


def _refuse() -> Never:
    raise RefreshRefused
