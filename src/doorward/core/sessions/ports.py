"""What sessions ask of the outside."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from doorward.core.kernel.ids import AccountId, SessionId
from doorward.core.sessions.records import EndReason, Profile, Rotation, Session, Snapshot


class Sessions(Protocol):
    """Keeps sessions.

    Programs of two releases may work on one store. A session of a kind that only the newer one knows is none to the
    older: it is neither found nor listed; but it ends with the others, and goes when it is over.
    """

    @abstractmethod
    def by_id(self, session_id: SessionId) -> Session | None:
        """Return a session, ended or not."""

    @abstractmethod
    def held(self, session_id: SessionId, *, now: datetime) -> Session | None:
        """Return a session that has neither ended nor expired, and keep others from ending it until the unit's end.

        What is granted in a session is written while it is held, so that whoever ends it, or all of an account, ends
        what was granted in it too: either they wait, or they were first and None is returned.
        """

    @abstractmethod
    def add(self, session: Session) -> None:
        """Keep a new session. One with a parent is added while the parent is `held`."""

    @abstractmethod
    def replace(self, session: Session, *, expected: Session) -> bool:
        """Write the changeable fields of `session` if the row is still as `expected`, and return True.

        One atomic compare-and-set: it succeeds only while generation and replays are those of `expected` and the
        session has not ended. False: somebody else was faster; nothing was written.
        """

    @abstractmethod
    def end(self, session_id: SessionId, *, at: datetime, reason: EndReason) -> bool:
        """End a session, and return True; False when there is none or it has ended before. It never comes back.

        Every session whose parent it is ends with it, for the same reason.
        """

    @abstractmethod
    def end_all(self, account_id: AccountId, *, at: datetime, reason: EndReason, keep: SessionId | None = None) -> int:
        """End every live session of an account, but `keep`, and return how many; those of clients are among them."""

    @abstractmethod
    def adopt(self, session_id: SessionId, *, by: SessionId) -> None:
        """Let the live sessions whose parent is one session have another as their parent, of the same account.

        Both are `held` meanwhile, and the other lives.
        """

    @abstractmethod
    def live_of(self, account_id: AccountId, *, now: datetime) -> tuple[Session, ...]:
        """Return the sessions of an account that have neither ended nor expired, the one seen last first.

        Those of clients are among them, and there may be any number; `signed_in` lists where a person is signed in.
        """

    @abstractmethod
    def signed_in(self, account_id: AccountId, *, now: datetime, limit: int) -> tuple[Session, ...]:
        """Return at most `limit` of an account's live sessions in browsers and apps, the one seen last first.

        An account may have any number of them: nothing but the limits of signing in bounds it.
        """

    @abstractmethod
    def ended_at(self, account_id: AccountId, at: datetime) -> tuple[SessionId, ...]:
        """Return the sessions of an account that ended at exactly that moment, in no particular order.

        They are those that one change ended, the ones of clients among them.
        """

    @abstractmethod
    def snapshot(self, session_id: SessionId) -> Snapshot | None:
        """Return a session with its account and roles, in one read."""

    @abstractmethod
    def with_snapshot(self, session_id: SessionId) -> tuple[Session, Snapshot] | None:
        """Return a session and its snapshot, in one read; None when there is no such session, or no account of it."""

    @abstractmethod
    def remove_all(self, account_id: AccountId) -> None:
        """Remove every session of an account that is being deleted."""

    @abstractmethod
    def purge(self, before: datetime) -> int:
        """Remove sessions that ended or expired before `before`, with those whose parents they are; return how many."""


class HasSessions(Protocol):
    """A unit of work that reaches the sessions."""

    @property
    @abstractmethod
    def sessions(self) -> Sessions:
        """The sessions."""


class Rotates(Protocol):
    """Rotates sessions in one step that is a unit of work by itself."""

    @abstractmethod
    def __call__(self, rotations: Sequence[Rotation]) -> Sequence[tuple[Session, Profile] | None]:
        """Do what `rules.rotated_at_once` decides, each atomically, and return in order each session with its owner.

        When it returns, the rotations are durable. None: the rule says no, somebody else was faster, or the store
        cannot tell in one step; nothing was written, and a unit of work finds out which it was. So one never waits for
        another, nor for what somebody else does to the same session: of several that fit one session, one is done.
        Raises: Unavailable, when none was done, or nobody can tell.
        """


class Snapshots(Protocol):
    """Answers who is behind a session, from memory where it can.

    A change made through this process is seen at once; one made by another process within the cache's stated bound.
    """

    @abstractmethod
    def cached(self, session_id: SessionId) -> Snapshot | None:
        """Return the snapshot if it is at hand, without any I/O."""

    @abstractmethod
    def load(self, session_id: SessionId) -> Snapshot | None:
        """Return the snapshot, reading the store if need be. None: no such session."""
