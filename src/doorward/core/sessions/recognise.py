"""Recognising who stands behind an access token."""

from dataclasses import dataclass

from doorward.core.kernel.clock import Clock
from doorward.core.keys.keyring import Keyring
from doorward.core.sessions.errors import NotFresh, NotSignedIn
from doorward.core.sessions.issue import audience_of
from doorward.core.sessions.ports import Snapshots
from doorward.core.sessions.records import Kind, Snapshot
from doorward.core.sessions.rules import is_fresh


@dataclass(frozen=True, slots=True)
class Recognise:
    """Tell who a presented access token belongs to, and that their session is live."""

    keyring: Keyring
    snapshots: Snapshots
    clock: Clock

    def at_once(self, presented: str, kind: Kind) -> Snapshot | None:
        """Return the snapshot if it is at hand without I/O; None means: ask `__call__`, from a lane.

        Raises: NotSignedIn, TokenRefused.
        """
        token = self.keyring.read(presented, audience_of(kind, self.keyring.issuer))
        snapshot = self.snapshots.cached(token.session_id)
        return None if snapshot is None else self._check(snapshot, kind)

    def __call__(self, presented: str, kind: Kind) -> Snapshot:
        """Return the session and its account.

        Raises: NotSignedIn, TokenRefused.
        """
        token = self.keyring.read(presented, audience_of(kind, self.keyring.issuer))
        snapshot = self.snapshots.load(token.session_id)
        if snapshot is None:
            raise NotSignedIn
        return self._check(snapshot, kind)

    def require_fresh(self, snapshot: Snapshot) -> None:
        """Return when the session's sign-in is recent enough for a sensitive change.

        Raises: NotFresh.
        """
        if not is_fresh(snapshot.authenticated_at, self.clock.now()):
            raise NotFresh

    def _check(self, snapshot: Snapshot, kind: Kind) -> Snapshot:
        if snapshot.kind is not kind or not snapshot.is_live or self.clock.now() >= snapshot.expires_at:
            raise NotSignedIn
        return snapshot
