"""Telling who operates the deployment, by the store and not by memory."""

from dataclasses import dataclass

from doorward.core.access.decide import require_scope
from doorward.core.access.records import Scope
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensView
from doorward.core.sessions.errors import NotSignedIn
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.records import Kind, Snapshot
from doorward.core.sessions.tokens import PageTokens


@dataclass(frozen=True, slots=True)
class AdmitOperator:
    """Return the session behind a token of the hosted pages if it operates.

    What other instances changed counts at once: nothing here is remembered from one request to the next.
    """

    pages: PageTokens
    view: OpensView[HasSessions]
    clock: Clock

    def __call__(self, presented: str) -> Snapshot:
        """Read it.

        Raises: NotSignedIn, AccessDenied.
        """
        now = self.clock.now()
        session_id = self.pages.open(presented, now=now)
        if session_id is None:
            raise NotSignedIn
        with self.view() as view:
            snapshot = view.sessions.snapshot(session_id)
        if snapshot is None or snapshot.kind is not Kind.WEB or not snapshot.is_live or now >= snapshot.expires_at:
            raise NotSignedIn
        require_scope(Scope.OPERATE, granted=snapshot.scope)
        return snapshot
