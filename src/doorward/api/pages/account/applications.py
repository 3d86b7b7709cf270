"""Which applications act for somebody, and taking that back."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages.consent.words import Permission, ShownApplication, permissions
from doorward.api.pages.forms import Errors, known, typed
from doorward.api.pages.render import go, page
from doorward.api.pages.session import NeedsSession
from doorward.api.problems import status_of
from doorward.api.visit import Visit
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import ClientId
from doorward.core.oauth.authorize.applications import Application
from doorward.core.sessions.records import Snapshot

router = APIRouter(prefix="/account/applications", tags=[RouteClass.PAGE], include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application as the page lists it."""

    shown: ShownApplication
    permissions: tuple[Permission, ...]
    since: datetime

    @classmethod
    def of(cls, application: Application) -> "ApplicationRow":
        """Return the row of an application."""
        shown = ShownApplication.of(application.client)
        return cls(shown, permissions(application.scopes), application.since)


@router.get("")
async def show_applications(visit: NeedsVisit, session: NeedsSession, notice: str | None = None) -> Response:
    """List the applications, the newest first."""
    return await _show(visit, session, notice=known(notice, ("application_revoked",)))


@router.post("/revoke")
async def take_revoke(visit: NeedsVisit, session: NeedsSession, doors: NeedsDoors) -> Response:
    """Take back what an application may do. It is signed out wherever it is."""
    client_id = ClientId(typed(visit, "client_id"))
    try:
        await doors.lanes.main(doors.flows.requests.revoke_application, session.profile.id, client_id)
    except NotFound:
        errors = {"form": "This application has no access any more."}
        return await _show(visit, session, status=status_of(NotFound), errors=errors)
    return go(visit, "/account/applications", notice="application_revoked")


async def _show(
    visit: Visit, session: Snapshot, *, status: int = 200, notice: str | None = None, errors: Errors | None = None
) -> Response:
    found = await visit.doors.lanes.main(visit.doors.flows.requests.list_applications, session.profile.id)
    return page(
        visit,
        "account/applications.html",
        session=session,
        status=status,
        applications=[ApplicationRow.of(each) for each in found],
        notice=notice,
        errors=errors or {},
    )
