"""The feed of revocations: one stream that tells resource servers which tokens are worthless before their time.

Source: WHATWG HTML section 9.2 (server-sent events).
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.responses import StreamingResponse

from doorward.api.classes import RouteClass
from doorward.api.doors import Doors
from doorward.api.needs import NeedsVisit
from doorward.api.visit import Visit
from doorward.core.access.errors import AccessDenied
from doorward.core.kernel.errors import Unavailable
from doorward.core.keys.records import AccessToken
from doorward.core.keys.revocations import FEED_SCOPE, audience_of
from doorward.core.sessions.errors import NotSignedIn

router = APIRouter(prefix="/v1/feed", tags=[RouteClass.OPERATOR])

LOOKS_EVERY: Final = timedelta(milliseconds=200)
BEATS_EVERY: Final = timedelta(seconds=5)
_SCHEME: Final = "bearer "
_LONGEST_PLACE: Final = 18


async def require_listener(visit: NeedsVisit) -> AccessToken:
    """Return the token of whoever may listen: for this audience, with the scope `revocations.read`.

    Raises: NotSignedIn, TokenRefused, AccessDenied.
    """
    presented = visit.header(b"authorization") or ""
    if presented[: len(_SCHEME)].lower() != _SCHEME:
        raise NotSignedIn
    doors = visit.doors
    keyring = doors.flows.keyring
    token = await doors.lanes.main(keyring.read, presented[len(_SCHEME) :].strip(" "), audience_of(keyring.issuer))
    if token.key_thumbprint is not None or FEED_SCOPE not in token.scope.split(" "):
        raise AccessDenied
    return token


NeedsListener = Annotated[AccessToken, Depends(require_listener)]


@router.get("/revocations", response_class=StreamingResponse)
async def tell_revocations(listener: NeedsListener, visit: NeedsVisit) -> StreamingResponse:
    """Tell what is revoked, as it happens, until the token expires. Go on with `Last-Event-ID` and a new one."""
    doors = visit.doors
    since = await doors.lanes.main(doors.flows.tell_revoked.begin, _place(visit))
    events = _events(doors, since, until=listener.expires_at)
    return StreamingResponse(events, media_type="text/event-stream", headers={"cache-control": "no-store"})


async def _events(doors: Doors, since: int, *, until: datetime) -> AsyncIterator[str]:
    """Yield events; each is a signed statement, and its id the place that it tells up to."""
    beats_at, known, tell = doors.clock.now(), since, doors.flows.tell_revoked
    while (now := doors.clock.now()) < until:
        try:
            told = await doors.lanes.main(tell, since, known=known, even_nothing=now >= beats_at)
        except Unavailable:
            return  # whoever listens comes back, and goes on where this ends
        for place, statement in told.events():
            yield f"id: {place}\ndata: {statement}\n\n"
        if told.signed:
            beats_at, known = now + BEATS_EVERY, told.until
        since = told.until
        if not told.is_more:
            await asyncio.sleep(LOOKS_EVERY.total_seconds())


def _place(visit: Visit) -> int | None:
    presented = visit.header(b"last-event-id") or ""
    return int(presented) if presented.isdecimal() and len(presented) <= _LONGEST_PLACE else None
