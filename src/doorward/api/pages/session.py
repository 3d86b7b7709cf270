"""Who looks at a page: the session behind the pages' own cookie, if it lives."""

from typing import Annotated

from fastapi import Depends
from starlette.responses import Response

from doorward.api.needs import NeedsVisit
from doorward.api.v1.web.cookies import cookies_of, held
from doorward.api.visit import Visit
from doorward.core.sessions.errors import NotSignedIn
from doorward.core.sessions.records import Snapshot
from doorward.core.sessions.tokens import DEVICE_LIVES_FOR


async def session_of(visit: Visit) -> Snapshot:
    """Return the session that a page belongs to: inline when it is at hand, else from a lane.

    Raises: NotSignedIn, Unavailable.
    """
    presented = held(visit.jar, cookies_of(visit.doors.issuer).sso)
    if presented is None:
        raise NotSignedIn
    recognise = visit.doors.flows.recognise
    at_hand = recognise.page_at_once(presented)
    return at_hand if at_hand is not None else await visit.doors.lanes.main(recognise.page, presented)


async def find_session(visit: NeedsVisit) -> Snapshot | None:
    """Return the session, or None when nobody is signed in, as a dependency of a page for everybody."""
    try:
        return await session_of(visit)
    except NotSignedIn:
        return None


async def require_session(visit: NeedsVisit) -> Snapshot:
    """Return the session, as a dependency of a page for those who are signed in."""
    return await session_of(visit)


async def require_fresh_session(visit: NeedsVisit) -> Snapshot:
    """Return the session if its sign-in is recent enough for a sensitive change, as a dependency."""
    snapshot = await session_of(visit)
    visit.doors.flows.recognise.require_fresh(snapshot)
    return snapshot


MaybeSession = Annotated[Snapshot | None, Depends(find_session)]
NeedsSession = Annotated[Snapshot, Depends(require_session)]
NeedsFreshSession = Annotated[Snapshot, Depends(require_fresh_session)]


def know_device(visit: Visit, answer: Response, device_token: str) -> None:
    """Let the browser keep the proof that it is a known device."""
    cookies = cookies_of(visit.doors.issuer)
    cookies.set(answer, cookies.device, device_token, lives_for=DEVICE_LIVES_FOR)


def forget_session(visit: Visit, answer: Response) -> None:
    """Let the browser forget the session."""
    cookies_of(visit.doors.issuer).delete_session(answer)
