"""The start page: what this is, and where to go."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from fastapi import APIRouter, Response

from doorward.api.classes import RouteClass
from doorward.api.doors import Doors
from doorward.api.needs import NeedsVisit
from doorward.api.pages.render import page
from doorward.api.pages.session import MaybeSession

_LOOK_AGAIN_AFTER: Final = timedelta(minutes=5)


@dataclass(slots=True)
class Operators:
    """Whether anybody looks after the deployment. Once somebody does, that is believed for a while."""

    _seen_at: datetime | None = field(default=None, init=False)

    async def are_lacking(self, doors: Doors) -> bool:
        """Tell whether there is no operator yet."""
        now = doors.clock.now()
        if self._seen_at is not None and timedelta(0) <= now - self._seen_at < _LOOK_AGAIN_AFTER:
            return False
        lacking = await doors.lanes.main(doors.flows.lacks_operator)
        self._seen_at = None if lacking else now
        return lacking


def home_router() -> APIRouter:
    """Return the route of the start page; each application remembers on its own whether it has an operator."""
    router = APIRouter(tags=[RouteClass.PAGE], include_in_schema=False)
    operators = Operators()

    @router.get("/")
    async def show_home(visit: NeedsVisit, session: MaybeSession) -> Response:
        """Show the start page."""
        doors = visit.doors
        needs_operator = await operators.are_lacking(doors)
        return page(
            visit, "home.html", session=session, development=doors.is_development, needs_operator=needs_operator
        )

    return router
