"""One client."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsVisit
from doorward.api.pages.console.frame import show
from doorward.api.pages.console.operator import NeedsOperator
from doorward.api.pages.forms import known
from doorward.core.oauth.clients.client_secrets import live_secrets
from doorward.core.oauth.clients.rules.registration import needs_secret
from doorward.core.operating.people.see_client import COUNTED

router = APIRouter(prefix="/console/clients", tags=[RouteClass.PAGE], include_in_schema=False)

NOTICES: Final = ("changed", "disabled", "enabled")


@router.get("/{client_id}")
async def show_client(
    client_id: str, visit: NeedsVisit, session: NeedsOperator, notice: str | None = None
) -> Response:
    """Show a client."""
    seen = await visit.doors.lanes.main(visit.doors.flows.operators.see_client, client_id)
    return show(
        visit,
        "clients/client.html",
        session=session,
        here="clients",
        client=seen.client,
        consents=seen.consents,
        sessions=seen.sessions,
        counted=COUNTED,
        secrets=live_secrets(seen.client, visit.doors.clock.now()),
        has_secret=needs_secret(seen.client.authentication),
        notice=known(notice, NOTICES),
    )
