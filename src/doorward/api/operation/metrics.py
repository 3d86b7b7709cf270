"""Figures for Prometheus."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.v1.mobile.bearer import session_of
from doorward.core.access.decide import require_scope
from doorward.core.access.records import Scope

router = APIRouter(tags=[RouteClass.OPERATOR])

_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"


async def require_operator(visit: NeedsVisit) -> None:
    """Return when an operator asks; in development, whoever asks.

    Raises: NotSignedIn, TokenRefused, AccessDenied.
    """
    if visit.doors.is_development:
        return
    snapshot = await session_of(visit)
    require_scope(Scope.OPERATE, granted=snapshot.scope)


NeedsOperator = Annotated[None, Depends(require_operator)]


@router.get("/metrics", response_class=Response)
async def show_metrics(_: NeedsOperator, doors: NeedsDoors) -> Response:
    """Show the figures in the text format of Prometheus. Outside development this needs the scope `operate`."""
    return Response(await doors.lanes.main(doors.metrics), media_type=_TEXT)
