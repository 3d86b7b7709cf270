"""Confirming that it is still you: a sign-in in place of the session that asked."""

from contextlib import suppress
from dataclasses import dataclass

from doorward.core.kernel.errors import NotFound
from doorward.core.login.log_in import Attempt, LogIn
from doorward.core.sessions.end_sessions import EndSession
from doorward.core.sessions.records import Caller, EndReason, Remembered, Snapshot


@dataclass(frozen=True, slots=True)
class SignInAgain:
    """Check the password of whoever is signed in, and put a fresh session in place of theirs.

    Source: OWASP ASVS 5.0, 7.2.4 (a new session at re-authentication) and 7.5.1.
    """

    log_in: LogIn
    end: EndSession

    def __call__(self, snapshot: Snapshot, password: str, *, caller: Caller, device_name: str) -> Remembered:
        """Return what the fresh session carries away; the old one has ended.

        Raises: InvalidCredentials.
        """
        attempt = Attempt(snapshot.profile.username, password, snapshot.kind, caller, device_name)
        remembered = self.log_in(attempt)
        with suppress(NotFound):  # it has ended meanwhile, which is all that is wanted
            replaced, heir = snapshot.session_id, remembered.session_id
            self.end(snapshot.profile.id, replaced, reason=EndReason.REPLACED, heir=heir)
        return remembered
