"""What a route for browsers may ask for: the session behind the cookies, if it lives."""

from typing import Annotated

from fastapi import Depends

from doorward.api.needs import NeedsVisit, recognise
from doorward.api.v1.web.cookies import cookies_of, held
from doorward.api.visit import Visit
from doorward.core.sessions.errors import NotSignedIn
from doorward.core.sessions.records import Kind, Snapshot


async def session_of(visit: Visit) -> Snapshot:
    """Return the session behind the cookies of a request; a bearer token is never looked at.

    The guard reads the access token by the keys that are at hand, and keys may be read anew after it. Who is known by
    those alone has not been asked for a token against forgery, and comes again.
    Raises: NotSignedIn, TokenRefused.
    """
    access_token = held(visit.jar, cookies_of(visit.doors.issuer).access)
    if access_token is None:
        raise NotSignedIn
    snapshot = await recognise(visit.doors, access_token, Kind.WEB)
    if visit.is_unguarded:
        raise NotSignedIn
    return snapshot


async def require_session(visit: NeedsVisit) -> Snapshot:
    """Return the session behind the cookies, as a dependency of a route."""
    return await session_of(visit)


async def require_fresh_session(visit: NeedsVisit) -> Snapshot:
    """Return the session if its sign-in is recent enough for a sensitive change, as a dependency of a route."""
    snapshot = await session_of(visit)
    visit.doors.flows.recognise.require_fresh(snapshot)
    return snapshot


NeedsWebSession = Annotated[Snapshot, Depends(require_session)]
NeedsFreshWebSession = Annotated[Snapshot, Depends(require_fresh_session)]
