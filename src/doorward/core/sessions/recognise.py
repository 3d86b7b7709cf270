"""Recognising who stands behind what a request presents."""

from dataclasses import dataclass
from datetime import datetime

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import SessionId
from doorward.core.keys.keyring import Keyring
from doorward.core.sessions.errors import NotFresh, NotSignedIn
from doorward.core.sessions.issue import audience_of
from doorward.core.sessions.ports import HasSessions, Snapshots
from doorward.core.sessions.records import Kind, Remembered, Snapshot
from doorward.core.sessions.rules import is_fresh
from doorward.core.sessions.tokens import PageTokens


@dataclass(frozen=True, slots=True)
class Recognise:
    """Tell who a presented access token, or token of the hosted pages, belongs to, and that their session is live."""

    keyring: Keyring
    pages: PageTokens
    snapshots: Snapshots
    clock: Clock

    def at_once(self, presented: str, kind: Kind) -> Snapshot | None:
        """Return the snapshot if it is at hand without I/O; None means: ask `__call__`, from a lane.

        Raises: NotSignedIn, TokenRefused.
        """
        if not self.keyring.is_current():
            return None
        return self.live_at_once(self._session_of(presented, kind), kind)

    def __call__(self, presented: str, kind: Kind) -> Snapshot:
        """Return the session and its account.

        Raises: NotSignedIn, TokenRefused.
        """
        self.keyring.refresh()
        return self.live(self._session_of(presented, kind), kind)

    def page_at_once(self, presented: str) -> Snapshot | None:
        """Return the snapshot for a token of the hosted pages if it is at hand; None means: ask `page`, from a lane.

        Raises: NotSignedIn.
        """
        return self.live_at_once(self._page_session(presented), Kind.WEB)

    def page(self, presented: str) -> Snapshot:
        """Return the session and its account for a token of the hosted pages.

        Raises: NotSignedIn.
        """
        return self.live(self._page_session(presented), Kind.WEB)

    def live_at_once(self, session_id: SessionId, kind: Kind) -> Snapshot | None:
        """Return the session that a proven credential names, if it is at hand; None means: ask `live`, from a lane.

        Raises: NotSignedIn.
        """
        snapshot = self.snapshots.cached(session_id)
        return None if snapshot is None else self._check(snapshot, kind)

    def live(self, session_id: SessionId, kind: Kind) -> Snapshot:
        """Return the session that a proven credential names, and its account.

        Raises: NotSignedIn.
        """
        snapshot = self.snapshots.load(session_id)
        if snapshot is None:
            raise NotSignedIn
        return self._check(snapshot, kind)

    def page_token(self, remembered: Remembered) -> str:
        """Return the token by which the hosted pages know a session; it lasts as long as the refresh token."""
        return self.pages.close(remembered.session_id, expires_at=self.clock.now() + remembered.refresh_expires_in)

    def require_fresh(self, snapshot: Snapshot) -> None:
        """Return when the session's sign-in is recent enough for a sensitive change.

        Raises: NotFresh.
        """
        if not is_fresh(snapshot.authenticated_at, self.clock.now()):
            raise NotFresh

    def _session_of(self, presented: str, kind: Kind) -> SessionId:
        session_id = self.keyring.read(presented, audience_of(kind, self.keyring.issuer)).session_id
        if session_id is None:
            raise NotSignedIn
        return session_id

    def _page_session(self, presented: str) -> SessionId:
        session_id = self.pages.open(presented, now=self.clock.now())
        if session_id is None:
            raise NotSignedIn
        return session_id

    def _check(self, snapshot: Snapshot, kind: Kind) -> Snapshot:
        if snapshot.kind is not kind or not snapshot.is_live or self.clock.now() >= snapshot.expires_at:
            raise NotSignedIn
        return snapshot


def require_live(work: HasSessions, session_id: SessionId | None, *, now: datetime) -> None:
    """Return when the session lives, and keep others from ending it meanwhile; without one there is nothing to look at.

    A door has looked a moment ago, from memory: somebody may have ended it since, with all that it may do. It comes
    after what is written of the account, as it does wherever sessions end with a change of that: so nobody waits for
    somebody who waits for them.
    Raises: NotSignedIn.
    """
    if session_id is not None and work.sessions.held(session_id, now=now) is None:
        raise NotSignedIn
