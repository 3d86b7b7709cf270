"""What a route for apps may ask for: the session behind the bearer token, if it lives.

Source: RFC 6750 section 2.1. A token in the query or in a form is never looked at (RFC 9700 section 4.3.2).
"""

from typing import Annotated, Final

from fastapi import Depends

from doorward.api.needs import NeedsVisit, recognise
from doorward.api.visit import Visit
from doorward.core.sessions.errors import NotSignedIn
from doorward.core.sessions.records import Kind, Snapshot

_SCHEME: Final = "bearer "


async def session_of(visit: Visit) -> Snapshot:
    """Return the session behind the bearer token of a request; cookies are never looked at.

    Raises: NotSignedIn, TokenRefused.
    """
    presented = visit.header(b"authorization") or ""
    if presented[: len(_SCHEME)].lower() != _SCHEME:
        raise NotSignedIn
    return await recognise(visit.doors, presented[len(_SCHEME) :].strip(" "), Kind.MOBILE)


async def require_session(visit: NeedsVisit) -> Snapshot:
    """Return the session behind the bearer token, as a dependency of a route."""
    return await session_of(visit)


async def require_fresh_session(visit: NeedsVisit) -> Snapshot:
    """Return the session if its sign-in is recent enough for a sensitive change, as a dependency of a route."""
    snapshot = await session_of(visit)
    visit.doors.flows.recognise.require_fresh(snapshot)
    return snapshot


NeedsMobileSession = Annotated[Snapshot, Depends(require_session)]
NeedsFreshMobileSession = Annotated[Snapshot, Depends(require_fresh_session)]
