"""Changing one's password."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.credentials.choose import ChoosePassword
from doorward.core.credentials.ports import HasPasswords, PasswordHasher
from doorward.core.credentials.records import PasswordRecord
from doorward.core.credentials.rules import is_hashable, normalise
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Conflict
from doorward.core.kernel.work import OpensWork
from doorward.core.login.errors import PasswordRefused
from doorward.core.login.guard import Guard, Slot
from doorward.core.login.ports import HasAttempts, NamesConnected
from doorward.core.login.rules import Admission
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import Post
from doorward.core.outbox.records import Letter, LetterKind
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.records import EndReason, Snapshot


class ChangeWork(HasPasswords, HasSessions, HasAttempts, HasOneTimes, HasOutbox, HasAuditLog, Protocol):
    """What changing a password writes."""


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """Take the current password and a new one; the other sessions and all pending links end.

    Other providers that let the owner in stay connected; the letter names them.

    A session has five tries at the current password, then it is signed out: who holds a stolen session cannot guess on.
    """

    work: OpensWork[ChangeWork]
    hasher: PasswordHasher
    choose: ChoosePassword
    guard: Guard
    connected: NamesConnected
    post: Post
    clock: Clock

    def __call__(self, snapshot: Snapshot, current_password: str, *, new_password: str) -> None:
        """Return when the new password is in force.

        Raises: PasswordRefused; PasswordUnsuitable; Conflict, when the password was changed elsewhere in the meantime.
        """
        profile = snapshot.profile
        with self.work() as work:
            slot = self.guard.take(work.attempts, profile.id, f"session:{snapshot.session_id}")
            kept = work.passwords.of(profile.id)
        stored = kept.hash if kept and slot.admission is Admission.ADMITTED else None
        presented = normalise(current_password) if is_hashable(current_password) else ""
        is_right = self.hasher.verify(stored, presented)
        self._settle(snapshot, slot, is_right=is_right)
        context = (profile.username, profile.email.partition("@")[0])
        password_hash = self.choose(new_password, pointer="/new_password", context=context)
        now, connected = self.clock.now(), self.connected(profile.id)
        with self.work() as work:
            kept = work.passwords.held(profile.id)
            if kept is None or kept.hash != stored:
                raise Conflict
            self._write(work, snapshot, password_hash, connected, now=now)

    def _settle(self, snapshot: Snapshot, slot: Slot, *, is_right: bool) -> None:
        now = self.clock.now()
        with self.work() as work:
            if self.guard.settle(work.attempts, slot, is_right=is_right, now=now):
                work.sessions.end(snapshot.session_id, at=now, reason=EndReason.SIGNED_OUT_ELSEWHERE)
                event = Event(
                    AuditKind.SIGN_IN_SUSPENDED,
                    account_id=snapshot.profile.id,
                    session_id=snapshot.session_id,
                )
                record(work.audit, event, now)
        if not is_right:
            raise PasswordRefused("/current_password", "This is not your current password.")

    def _write(
        self, work: ChangeWork, snapshot: Snapshot, password_hash: str, connected: str | None, *, now: datetime
    ) -> None:
        profile = snapshot.profile
        work.passwords.put(PasswordRecord(profile.id, password_hash, now))
        work.sessions.end_all(profile.id, at=now, reason=EndReason.PASSWORD_CHANGED, keep=snapshot.session_id)
        work.onetimes.discard(profile.id)
        letter = Letter(LetterKind.PASSWORD_CHANGED, profile.email, profile.username, happened_at=now, detail=connected)
        self.post.letter(work.outbox, letter, now=now)
        record(work.audit, Event(AuditKind.PASSWORD_CHANGED, account_id=profile.id), now)
