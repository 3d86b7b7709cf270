"""Why somebody did not get back to a host behind a gateway."""

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.core.oauth.gateways.errors import EntryRefused

router = APIRouter(tags=[RouteClass.PAGE], include_in_schema=False)


@router.get("/forward-auth/failed")
async def show_failed() -> Response:
    """Tell it, on a page of ours: at the other host there is none.

    Raises: EntryRefused.
    """
    raise EntryRefused
