"""One account: all that somebody needs who is asked for help with it."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsVisit
from doorward.api.pages.account.profile import WayRow
from doorward.api.pages.account.sessions import SessionRow
from doorward.api.pages.consent.words import ShownApplication
from doorward.api.pages.console.frame import show
from doorward.api.pages.console.operator import NeedsOperator
from doorward.api.pages.console.overview.words import said
from doorward.api.pages.forms import Errors, known
from doorward.api.visit import Visit
from doorward.core.access.records import OPERATOR
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import is_id
from doorward.core.login.rules import CEILING
from doorward.core.operating.people.see_account import AccountSeen
from doorward.core.sessions.list_sessions import LISTED
from doorward.core.sessions.records import Snapshot

router = APIRouter(prefix="/console/accounts", tags=[RouteClass.PAGE], include_in_schema=False)

NOTICES: Final = (
    "disabled",
    "enabled",
    "unlocked",
    "session_ended",
    "sessions_ended",
    "role_granted",
    "role_revoked",
    "application_revoked",
)


@router.get("/{account_id}")
async def show_account(
    account_id: str, visit: NeedsVisit, session: NeedsOperator, notice: str | None = None
) -> Response:
    """Show an account."""
    seen = await see(visit, account_id)
    return show_seen(visit, session, seen, notice=known(notice, NOTICES))


async def see(visit: Visit, account_id: str) -> AccountSeen:
    """Return the account whose id stands in an address of the console; names and addresses do not stand there.

    Raises: NotFound.
    """
    if not is_id(account_id):
        raise NotFound
    return await visit.doors.lanes.main(visit.doors.flows.operators.see_account, account_id)


def show_seen(
    visit: Visit,
    session: Snapshot,
    seen: AccountSeen,
    *,
    status: int = 200,
    notice: str | None = None,
    errors: Errors | None = None,
    typed_role: str = "",
) -> Response:
    """Return the page of an account."""
    providers = visit.doors.flows.providers.begin.providers
    return show(
        visit,
        "accounts/account.html",
        session=session,
        here="accounts",
        status=status,
        account=seen.account,
        roles=seen.roles,
        is_operator=OPERATOR in seen.roles,
        is_self=seen.account.id == session.profile.id,
        lock=seen.lock,
        ceiling=CEILING,
        has_password=seen.ways_in.has_password,
        ways=[WayRow.of(identity, providers) for identity in seen.ways_in.identities],
        listed=LISTED,
        sessions=[SessionRow.of(each, session) for each in seen.sessions],
        applications=[(ShownApplication.of(each.client), each.scopes, each.since) for each in seen.applications],
        events=[(entry, said(entry.event.kind)) for entry in seen.events],
        operator_id=session.profile.id,
        notice=notice,
        errors=errors or {},
        typed_role=typed_role,
    )
