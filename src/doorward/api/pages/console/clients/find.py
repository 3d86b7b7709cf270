"""The list of clients, and the search in it."""

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsVisit
from doorward.api.pages.console.frame import After, Step, Wanted, show
from doorward.api.pages.console.operator import NeedsOperator
from doorward.api.pages.forms import known

router = APIRouter(prefix="/console/clients", tags=[RouteClass.PAGE], include_in_schema=False)

_PATH: Final = "/console/clients"
_SIZE: Final = 50


@router.get("")
async def show_clients(
    visit: NeedsVisit, session: NeedsOperator, q: Wanted = "", after: After = None, notice: str | None = None
) -> Response:
    """Show the clients, or those with a text in their name, id or addresses."""
    flows, lanes = visit.doors.flows, visit.doors.lanes
    if q.strip():
        page = await lanes.main(flows.operators.find_clients, q, after=after, size=_SIZE)
    else:
        page = await lanes.main(flows.clients.list, after=after, size=_SIZE)
    steps: list[Step] = [
        ("First", _at(q) if after else None, "first"),
        ("More", _at(q, page.next_after) if page.next_after else None, "next"),
    ]
    return show(
        visit,
        "clients/list.html",
        session=session,
        here="clients",
        clients=page.items,
        q=q,
        steps=steps,
        is_cut=page.next_after is not None,
        notice=known(notice, ("removed",)),
    )


def _at(wanted: str, after: str | None = None) -> str:
    query = {name: value for name, value in (("q", wanted), ("after", after)) if value}
    return f"{_PATH}?{urlencode(query)}" if query else _PATH
