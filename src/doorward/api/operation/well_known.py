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
from doorward.api.thin import JSON, ThinRoute
from doorward.api.visit import Visit
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.secrets import digest

CACHEABLE: Final = "public, max-age=300"
_LOOK_AGAIN_AFTER: Final = timedelta(seconds=5)
_ETAG_CHARACTERS: Final = 32


@dataclass(frozen=True, slots=True)
class _Written:
    at: datetime
    body: bytes
    etag: str


@dataclass(slots=True)
class KeySet:
    """The published keys as they were a moment ago. While the store is away, those of before are still right."""

    _last: _Written | None = field(default=None, init=False)

    async def current(self, doors: Doors) -> tuple[bytes, str]:
        """Return the document and its tag."""
        last, now = self._last, doors.clock.now()
        if last is None or not timedelta(0) <= now - last.at < _LOOK_AGAIN_AFTER:
            last = await self._look(doors, last, now)
        return last.body, last.etag

    async def _look(self, doors: Doors, last: _Written | None, now: datetime) -> _Written:
        try:
            body = (await doors.lanes.main(doors.flows.keyring.published)).encode()
        except Unavailable:
            if last is None:
                raise
            return last
        etag = f'"{digest(body).hex()[:_ETAG_CHARACTERS]}"'
        self._last = _Written(now, body, etag)
        return self._last


def key_set_router() -> APIRouter:
    """Return the route of the key set; each application remembers its own."""
    hot = APIRouter(prefix="/.well-known", tags=[RouteClass.PUBLIC], route_class=ThinRoute)
    key_set = KeySet()

    @hot.get("/jwks.json")
    async def show_keys(request: Request) -> Response:
        """Show the keys that verify what is signed here (RFC 7517). It may be cached for five minutes."""
        visit = Visit.of(request.scope)
        body, etag = await key_set.current(visit.doors)
        headers = {"cache-control": CACHEABLE, "etag": etag}
        if etag in (visit.header(b"if-none-match") or ""):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=JSON, headers=headers)

    return hot


router = APIRouter(prefix="/.well-known", tags=[RouteClass.PUBLIC])


@router.get("/change-password", status_code=303, response_class=RedirectResponse)
async def change_password(doors: NeedsDoors) -> RedirectResponse:
    """Lead password managers to where a password is changed."""
    return RedirectResponse(f"{doors.issuer.rstrip('/')}/account", status_code=303)
