"""The settings in the console: every one with its source. They are read at start, so nothing is changed here."""

from itertools import groupby
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages.console.frame import Wanted, show
from doorward.api.pages.console.operator import NeedsOperator

router = APIRouter(prefix="/console/settings", tags=[RouteClass.PAGE], include_in_schema=False)

_PATH: Final = "/console/settings"


@router.get("")
async def show_settings(
    visit: NeedsVisit, session: NeedsOperator, doors: NeedsDoors, *, q: Wanted = "", chosen: str = ""
) -> Response:
    """Show the settings whose name or description holds what is looked for; with `chosen`, those that somebody set."""
    wanted = q.strip().lower()
    found = [
        setting
        for setting in doors.inside.settings()
        if wanted in f"{setting.name} {setting.description}".lower() and (setting.is_chosen or not chosen)
    ]
    return show(
        visit,
        "overview/settings.html",
        session=session,
        here="settings",
        groups=[(name, list(rows)) for name, rows in groupby(found, key=lambda setting: setting.section)],
        count=len(found),
        q=q,
        chosen=chosen,
    )
