"""Making the first operator, from the link that the server prints while it has none."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages.entry import links
from doorward.api.pages.forms import Errors, check_newcomer, errors_of, typed
from doorward.api.pages.render import go, page
from doorward.api.pages.session import MaybeSession
from doorward.api.problems import status_of
from doorward.api.visit import Visit
from doorward.core.accounts.errors import UserExists
from doorward.core.kernel.errors import Invalid
from doorward.core.onetime.errors import LinkRefused
from doorward.core.onetime.records import Purpose
from doorward.core.sessions.records import Snapshot

router = APIRouter(tags=[RouteClass.PAGE], include_in_schema=False)

_PURPOSES: Final = (Purpose.FIRST_OPERATOR,)


@router.get("/setup")
async def show_setup(visit: NeedsVisit, session: MaybeSession, token: str = "") -> Response:
    """Ask who the first operator is."""
    if await links.is_dead(visit, token, _PURPOSES):
        return _show(visit, session, status=links.DEAD_STATUS, errors=links.DEAD)
    return _show(visit, session, token=token)


@router.post("/setup")
async def take_setup(visit: NeedsVisit, session: MaybeSession, doors: NeedsDoors) -> Response:
    """Make the first operator."""
    token, username, email, password = (typed(visit, name) for name in ("token", "username", "email", "password"))
    errors = check_newcomer(visit)
    if errors:
        return _show(visit, session, status=status_of(Invalid), token=token, errors=errors)
    create = doors.flows.create_first_operator
    try:
        await doors.lanes.hash(create, token, username=username, email=email, password=password)
    except (Invalid, UserExists) as refusal:
        return _show(visit, session, status=status_of(type(refusal)), token=token, errors=errors_of(refusal))
    except LinkRefused:
        return _show(visit, session, status=links.DEAD_STATUS, errors=links.DEAD)
    return go(visit, "/sign-in", notice="account_created")


def _show(
    visit: Visit, session: Snapshot | None, *, status: int = 200, token: str = "", errors: Errors | None = None
) -> Response:
    return page(
        visit,
        "entry/setup.html",
        session=session,
        status=status,
        token=token or None,
        values={"username": typed(visit, "username"), "email": typed(visit, "email")},
        errors=errors or {},
        password_minimum=visit.doors.flows.create_first_operator.choose.minimum,
    )
