"""Why a host behind a gateway is not open to somebody: they did not get back to it, or may not come in."""

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.gateways.told import FAILED, FORBIDDEN
from doorward.api.needs import NeedsVisit
from doorward.api.pages.render import page
from doorward.api.pages.session import MaybeSession
from doorward.api.problems import status_of
from doorward.api.visit import Visit
from doorward.core.kernel.errors import Refusal
from doorward.core.oauth.gateways.errors import EntryRefused, HostForbidden
from doorward.core.sessions.records import Snapshot

router = APIRouter(tags=[RouteClass.PAGE], include_in_schema=False)


@router.get(FAILED)
async def show_failed(visit: NeedsVisit, session: MaybeSession, host: str = "") -> Response:
    """Tell somebody that they could not be taken back."""
    visit.doors.watch.refused(EntryRefused.code, reason="", route=visit.route, request_id=visit.request_id)
    return _show(visit, session, EntryRefused, origin=host)


@router.get(FORBIDDEN)
async def show_forbidden(visit: NeedsVisit, session: MaybeSession, host: str = "") -> Response:
    """Tell somebody that a host is not open to their account."""
    return _show(visit, session, HostForbidden, origin=host)


def _show(visit: Visit, session: Snapshot | None, refusal: type[Refusal], *, origin: str) -> Response:
    """Return the page. Only a host that is guarded here is named on it, and led to."""
    return page(
        visit,
        "entry/host.html",
        session=session,
        status=status_of(refusal),
        host=visit.doors.flows.gateways.hosts.get(origin),
        is_forbidden=refusal is HostForbidden,
        code=refusal.code,
        request_id=visit.request_id,
    )
