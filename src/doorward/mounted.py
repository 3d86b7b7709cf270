"""Who asks a route of your own, in the application that the server is mounted in (`doorward.mount`).

A route says which way it is asked: by a browser, which is known by its cookies and guarded against forged requests, or
by an app, which is known by its bearer token. Neither ever looks at the credentials of the other. Both are answered
from the session itself, so that whoever is signed out is refused at once.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.openapi.models import APIKey, APIKeyIn, HTTPBearer
from fastapi.security.base import SecurityBase

from doorward.api.classes import RouteClass
from doorward.api.v1.mobile import bearer
from doorward.api.v1.web import needs
from doorward.api.visit import Visit
from doorward.assembly.mounting import mounted_in
from doorward.core.sessions.records import Profile, Snapshot

__all__ = ["AppUser", "BrowserUser", "FreshAppUser", "FreshBrowserUser", "Profile", "Snapshot"]


class _Scheme(SecurityBase):
    """What the OpenAPI document says of credentials. Whether a request has good ones is told by what depends on it."""

    def __init__(self, name: str, model: APIKey | HTTPBearer) -> None:
        self.scheme_name = name
        self.model = model

    async def __call__(self) -> None:
        """Ask for nothing."""


_COOKIE: Final = {"in": APIKeyIn.cookie, "name": "dw_access"}
_SCHEMES: Final[Mapping[RouteClass, _Scheme]] = MappingProxyType(
    {
        RouteClass.WEB: _Scheme(
            "Session", APIKey.model_validate({**_COOKIE, "description": "The session of a browser, as cookies."})
        ),
        RouteClass.MOBILE: _Scheme("App", HTTPBearer(description="The access token that signing in gives an app.")),
    }
)


async def require_browser(request: Request, _: Annotated[None, Depends(_SCHEMES[RouteClass.WEB])]) -> Snapshot:
    """Return the session behind the cookies of a request; a bearer token is never looked at.

    A request that changes something must come from the server's own origin, and carry the token against forgery in the
    field `X-CSRF-Token`.
    Raises: NotSignedIn, TokenRefused, CsrfFailed.
    """
    return await needs.session_of(_visit(request, RouteClass.WEB))


async def require_app(request: Request, _: Annotated[None, Depends(_SCHEMES[RouteClass.MOBILE])]) -> Snapshot:
    """Return the session behind the bearer token of a request; cookies are never looked at.

    Raises: NotSignedIn, TokenRefused.
    """
    return await bearer.session_of(_visit(request, RouteClass.MOBILE))


BrowserUser = Annotated[Snapshot, Depends(require_browser)]
"""Who asks from a browser: `user.profile` has id, username, address and roles."""

AppUser = Annotated[Snapshot, Depends(require_app)]
"""Who asks from an app of yours, which signed in by `/v1/auth/login_mobile`."""


async def require_fresh_browser(request: Request, user: BrowserUser) -> Snapshot:
    """Return the session of a browser if its sign-in is recent enough for a sensitive change.

    Raises: NotFresh, and what `require_browser` raises.
    """
    return _fresh(request, user)


async def require_fresh_app(request: Request, user: AppUser) -> Snapshot:
    """Return the session of an app if its sign-in is recent enough for a sensitive change.

    Raises: NotFresh, and what `require_app` raises.
    """
    return _fresh(request, user)


FreshBrowserUser = Annotated[Snapshot, Depends(require_fresh_browser)]
"""Who asks from a browser, and has signed in within the last five minutes."""

FreshAppUser = Annotated[Snapshot, Depends(require_fresh_app)]
"""Who asks from an app, and has signed in within the last five minutes."""


def _visit(request: Request, kind: RouteClass) -> Visit:
    mounted = mounted_in(request.app)
    if mounted is None:
        raise RuntimeError("Call doorward.mount(app) on the application that this route belongs to.")
    return mounted.server.front.visit_beside(request, kind)


def _fresh(request: Request, user: Snapshot) -> Snapshot:
    Visit.of(request.scope).doors.flows.recognise.require_fresh(user)
    return user
