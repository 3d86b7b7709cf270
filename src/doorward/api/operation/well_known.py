"""Documents at paths that specifications fix.

Source: RFC 7517 section 5 (key sets); RFC 8615; W3C A Well-Known URL for Changing Passwords.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from doorward.api.classes import RouteClass
from doorward.api.doors import Doors
from doorward.api.needs import NeedsDoors
from doorward.api.thin import PublicDocument, ThinRoute
from doorward.api.visit import Visit
from doorward.core.kernel.errors import Unavailable

_LOOK_AGAIN_AFTER: Final = timedelta(seconds=5)
_NO_TIME: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class _Written:
    at: datetime
    document: PublicDocument


@dataclass(slots=True)
class KeySet:
    """The published keys as they were a moment ago. While the store is away, those of before are still right."""

    _last: _Written | None = field(default=None, init=False)

    async def current(self, doors: Doors) -> PublicDocument:
        """Return the document."""
        last, now = self._last, doors.clock.now()
        if last is None or not _NO_TIME <= now - last.at < _LOOK_AGAIN_AFTER:
            last = await self._look(doors, last, now)
        return last.document

    async def _look(self, doors: Doors, last: _Written | None, now: datetime) -> _Written:
        try:
            body = (await doors.lanes.main(doors.flows.keyring.published)).encode()
        except Unavailable:
            if last is None:
                raise
            return last
        self._last = _Written(now, PublicDocument(body))
        return self._last


def key_set_router() -> APIRouter:
    """Return the route of the key set; each application remembers its own."""
    hot = APIRouter(prefix="/.well-known", tags=[RouteClass.PUBLIC], route_class=ThinRoute)
    key_set = KeySet()

    @hot.get("/jwks.json")
    async def show_keys(request: Request) -> Response:
        """Show the keys that verify what is signed here (RFC 7517). It may be cached for five minutes."""
        visit = Visit.of(request.scope)
        return (await key_set.current(visit.doors)).answer(visit)

    return hot


router = APIRouter(prefix="/.well-known", tags=[RouteClass.PUBLIC])


@router.get("/change-password", status_code=303, response_class=RedirectResponse)
async def change_password(doors: NeedsDoors) -> RedirectResponse:
    """Lead password managers to where a password is changed."""
    return RedirectResponse(f"{doors.issuer.rstrip('/')}/account", status_code=303)
