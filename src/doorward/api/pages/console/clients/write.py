"""Adding and changing a client. A secret is shown on the answer alone, and never again."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsVisit
from doorward.api.pages.console.clients.form import (
    AUTHENTICATIONS,
    GRANTS,
    TYPES,
    Sheet,
    errors_in,
    grant_name,
)
from doorward.api.pages.console.frame import show
from doorward.api.pages.console.operator import NeedsFreshOperator
from doorward.api.pages.forms import Errors
from doorward.api.pages.render import go
from doorward.api.problems import status_of
from doorward.api.visit import Visit
from doorward.core.kernel.errors import Invalid
from doorward.core.oauth.clients.records import Registered
from doorward.core.sessions.records import Snapshot

router = APIRouter(prefix="/console", tags=[RouteClass.PAGE], include_in_schema=False)

_GRANT_BOXES: Final = tuple((grant_name(grant), grant.value, words) for grant, words in GRANTS)


@router.get("/new-client")
async def show_new(visit: NeedsVisit, session: NeedsFreshOperator) -> Response:
    """Show the form of a new client."""
    return _form(visit, session, Sheet.blank())


@router.post("/new-client")
async def take_new(visit: NeedsVisit, session: NeedsFreshOperator) -> Response:
    """Add a client, and show its secret, once."""
    sheet, add = Sheet.typed(visit.form or {}), visit.doors.flows.clients.add
    try:
        wanted = sheet.to_add().wanted()
        registered = await visit.doors.lanes.main(add, wanted, actor_id=session.profile.id)
    except Invalid as refusal:
        return _form(visit, session, sheet, errors=errors_in(refusal))
    return show_registered(visit, session, registered, what="added")


@router.get("/clients/{client_id}/change")
async def show_change(client_id: str, visit: NeedsVisit, session: NeedsFreshOperator) -> Response:
    """Show the form of a client."""
    client = await visit.doors.lanes.main(visit.doors.flows.clients.show, client_id)
    return _form(visit, session, Sheet.of(client), client_id=client.id)


@router.post("/clients/{client_id}/change")
async def take_change(client_id: str, visit: NeedsVisit, session: NeedsFreshOperator) -> Response:
    """Change a client."""
    flows, lanes = visit.doors.flows, visit.doors.lanes
    client, sheet = await lanes.main(flows.clients.show, client_id), Sheet.typed(visit.form or {})
    try:
        edit = sheet.to_change().edit()
        registered = await lanes.main(flows.clients.change, client.id, edit, actor_id=session.profile.id)
    except Invalid as refusal:
        sheet = Sheet({**sheet.texts, "id": client.id, "type": client.type.value}, sheet.ticked)
        return _form(visit, session, sheet, errors=errors_in(refusal), client_id=client.id)
    if registered.secret is not None:
        return show_registered(visit, session, registered, what="changed")
    return go(visit, f"/console/clients/{client.id}", notice="changed")


def show_registered(visit: Visit, session: Snapshot, registered: Registered, *, what: str) -> Response:
    """Return the page that shows what was made of a client, and its secret if it was just given one."""
    return show(
        visit,
        "clients/registered.html",
        session=session,
        here="clients",
        client=registered.client,
        secret=registered.secret,
        what=what,
    )


def _form(
    visit: Visit, session: Snapshot, sheet: Sheet, *, errors: Errors | None = None, client_id: str | None = None
) -> Response:
    return show(
        visit,
        "clients/form.html",
        session=session,
        here="clients",
        status=status_of(Invalid) if errors else 200,
        texts=sheet.texts,
        ticked=sheet.ticked,
        client_id=client_id,
        types=TYPES,
        authentications=AUTHENTICATIONS if client_id is None else AUTHENTICATIONS[1:],
        grants=_GRANT_BOXES,
        errors=errors or {},
    )
