"""Looking again whether a session lives, where what it asks for is written."""

from datetime import datetime

from doorward.core.kernel.ids import SessionId
from doorward.core.sessions.errors import NotSignedIn
from doorward.core.sessions.ports import HasSessions


def require_live(work: HasSessions, session_id: SessionId | None, *, now: datetime) -> None:
    """Return when the session lives, and keep others from ending it meanwhile; without one there is nothing to look at.

    A door has looked a moment ago, from memory: somebody may have ended it since, with all that it may do. It comes
    after what is written of the account, as it does wherever sessions end with a change of that: so nobody waits for
    somebody who waits for them.
    Raises: NotSignedIn.
    """
    if session_id is not None and work.sessions.held(session_id, now=now) is None:
        raise NotSignedIn
