"""The list of accounts, and the search in it."""

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsVisit
from doorward.api.pages.console.frame import After, Step, Wanted, show
from doorward.api.pages.console.operator import NeedsOperator
from doorward.api.visit import Visit
from doorward.core.access.records import OPERATOR
from doorward.core.accounts.records import CLAIM_LIVES_FOR
from doorward.core.sessions.records import Snapshot

router = APIRouter(prefix="/console/accounts", tags=[RouteClass.PAGE], include_in_schema=False)

_PATH: Final = "/console/accounts"
_SIZE: Final = 50


@router.get("")
async def show_accounts(
    visit: NeedsVisit,
    session: NeedsOperator,
    *,
    q: Wanted = "",
    after: After = None,
    older: After = None,
    newer: After = None,
) -> Response:
    """Show the newest accounts, or those whose name, address or id begins with what is looked for."""
    if q.strip():
        return await _search(visit, session, q, after)
    browse, lanes = visit.doors.flows.operators.browse_accounts, visit.doors.lanes
    is_oldest = newer == _OLDEST
    found = await lanes.main(browse, older_than=older, newer_than="" if is_oldest else newer, size=_SIZE)
    accounts = found.accounts
    steps: list[Step] = [
        ("Newest", _PATH if found.has_newer else None, "first"),
        ("Newer", _at(newer=accounts[0].id) if found.has_newer and accounts else None, "prev"),
        ("Older", _at(older=accounts[-1].id) if found.has_older and accounts else None, "next"),
        ("Oldest", _at(newer=_OLDEST) if found.has_older else None, "last"),
    ]
    return show(
        visit,
        "accounts/list.html",
        session=session,
        here="accounts",
        accounts=accounts,
        q="",
        claim=None,
        claim_until=None,
        steps=steps,
    )


@router.get("/operators")
async def show_operators(visit: NeedsVisit, session: NeedsOperator) -> Response:
    """Show who operates the deployment."""
    accounts = await visit.doors.lanes.main(visit.doors.flows.operators.list_holders, OPERATOR)
    return show(visit, "accounts/operators.html", session=session, here="accounts", accounts=accounts)


async def _search(visit: Visit, session: Snapshot, wanted: str, after: str | None) -> Response:
    find = visit.doors.flows.operators.find_accounts
    found = await visit.doors.lanes.main(find, wanted, after=after, size=_SIZE)
    steps: list[Step] = [
        ("First", _at(q=wanted) if after else None, "first"),
        ("More", _at(q=wanted, after=found.next_after) if found.next_after else None, "next"),
    ]
    return show(
        visit,
        "accounts/list.html",
        session=session,
        here="accounts",
        accounts=found.accounts,
        q=wanted,
        claim=found.claim,
        claim_until=found.claim and found.claim.created_at + CLAIM_LIVES_FOR,
        steps=steps,
    )


_OLDEST: Final = "oldest"


def _at(**query: str) -> str:
    return f"{_PATH}?{urlencode(query)}"
