"""The first page of the console: a search, and the way to everything else."""

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsVisit
from doorward.api.pages.console.frame import show
from doorward.api.pages.console.operator import NeedsOperator

router = APIRouter(prefix="/console", tags=[RouteClass.PAGE], include_in_schema=False)


@router.get("")
async def show_console(visit: NeedsVisit, session: NeedsOperator) -> Response:
    """Show where to go."""
    return show(visit, "home.html", session=session, here=None)
