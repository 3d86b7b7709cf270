"""Which application acts for whom: of one account, or of one client."""

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsVisit
from doorward.api.pages.console.frame import After, Question, Step, Wanted, ask, show
from doorward.api.pages.console.operator import NeedsFreshOperator, NeedsOperator
from doorward.api.pages.forms import Errors, known
from doorward.api.pages.render import go
from doorward.api.problems import status_of
from doorward.api.visit import Visit
from doorward.core.kernel.errors import NotFound
from doorward.core.sessions.records import Snapshot

router = APIRouter(prefix="/console/consents", tags=[RouteClass.PAGE], include_in_schema=False)

_PATH: Final = "/console/consents"
_SIZE: Final = 50


@router.get("")
async def show_consents(
    visit: NeedsVisit,
    session: NeedsOperator,
    *,
    account: Wanted = "",
    client: Wanted = "",
    after: After = None,
    notice: str | None = None,
) -> Response:
    """Show what acts for an account, or for whom a client acts; without either, ask which."""
    told = known(notice, ("revoked",))
    try:
        if client.strip():
            return await _of_client(visit, session, client.strip(), after, notice=told)
        if account.strip():
            return await _of_account(visit, session, account.strip(), notice=told)
    except NotFound:
        errors = {"client": "There is no client of this id."} if client.strip() else {"account": "Nobody is called so."}
        return _ask_which(visit, session, account, client, errors=errors)
    return _ask_which(visit, session, "", "")


@router.get("/revoke")
async def ask_revoke(
    visit: NeedsVisit, session: NeedsFreshOperator, account: Wanted = "", client: Wanted = "", by: Wanted = ""
) -> Response:
    """Say what taking a consent back does."""
    found, applications = await visit.doors.lanes.main(visit.doors.flows.operators.consents_of_account, account)
    application = next((each.client for each in applications if each.client.id == client), None)
    if application is None:
        raise NotFound
    question = Question(
        title=f"Take back what {found.username} allowed {application.name}?",
        subject=f"{found.username} · {found.email}",
        consequences=(
            f"{application.name} is signed out for this account, and whatever it holds is worthless.",
            "It belongs to this deployment, so it is let in again without a question."
            if application.is_first_party
            else "It has to ask them anew.",
        ),
        button="Take it back",
        action=f"{_PATH}/revoke?{urlencode({'account': found.id, 'client': client, 'by': by})}",
        back=_back(found.id, client, by),
    )
    return ask(visit, question, session=session, here="consents")


@router.post("/revoke")
async def take_revoke(
    visit: NeedsVisit, session: NeedsFreshOperator, account: Wanted = "", client: Wanted = "", by: Wanted = ""
) -> Response:
    """Take a consent back."""
    revoke, actor_id = visit.doors.flows.operators.revoke_consent, session.profile.id
    await visit.doors.lanes.main(revoke, account, client, actor_id=actor_id)
    return go(visit, f"{_back(account, client, by)}&notice=revoked")


async def _of_account(visit: Visit, session: Snapshot, wanted: str, *, notice: str | None) -> Response:
    account, applications = await visit.doors.lanes.main(visit.doors.flows.operators.consents_of_account, wanted)
    return show(
        visit,
        "consents/account.html",
        session=session,
        here="consents",
        account=account,
        applications=applications,
        notice=notice,
    )


async def _of_client(
    visit: Visit, session: Snapshot, wanted: str, after: str | None, *, notice: str | None
) -> Response:
    flow = visit.doors.flows.operators.consents_of_client
    client, page = await visit.doors.lanes.main(flow, wanted, after=after, size=_SIZE)
    here = {"client": client.id}
    steps: list[Step] = [
        ("First", f"{_PATH}?{urlencode(here)}" if after else None, "first"),
        ("More", f"{_PATH}?{urlencode({**here, 'after': page.next_after})}" if page.next_after else None, "next"),
    ]
    return show(
        visit,
        "consents/client.html",
        session=session,
        here="consents",
        client=client,
        is_registered=await _is_registered(visit, client.id),
        consents=page.items,
        steps=steps,
        notice=notice,
    )


async def _is_registered(visit: Visit, client_id: str) -> bool:
    """Tell whether a client stands in the store, and not in the code or at an address of its own."""
    try:
        await visit.doors.lanes.main(visit.doors.flows.clients.show, client_id)
    except NotFound:
        return False
    return True


def _ask_which(visit: Visit, session: Snapshot, account: str, client: str, *, errors: Errors | None = None) -> Response:
    return show(
        visit,
        "consents/find.html",
        session=session,
        here="consents",
        status=status_of(NotFound) if errors else 200,
        values={"account": account, "client": client},
        errors=errors or {},
    )


def _back(account: str, client: str, by: str) -> str:
    """Return the list that somebody came from: that of the client, or that of the account."""
    return f"{_PATH}?{urlencode({'client': client} if by == 'client' else {'account': account})}"
