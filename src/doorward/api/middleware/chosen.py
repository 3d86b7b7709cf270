"""The framework's router, spared its search: the front has found the path before, and guarded it.

So what is answered is what was guarded, whichever order routes were declared in.
"""

from typing import Final

from fastapi import APIRouter
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

ROUTES: Final = "doorward.routes"
"""Where the routes of a path stand in an ASGI scope."""


class Chosen:
    """Hands a request to the route of its path that takes its method; what has no path goes the router's way."""

    def __init__(self, router: APIRouter) -> None:
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or whatever else a server asks of an application."""
        for route in scope.get(ROUTES, ()):
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.setdefault("router", self._router)
                scope.update(found)
                await route.handle(scope, receive, send)
                return
        await self._router.app(scope, receive, send)
