"""Connecting other ways to sign in, and taking them away; confirming with one of them."""

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages import away
from doorward.api.pages.account.profile import show_profile
from doorward.api.pages.forms import typed
from doorward.api.pages.render import go
from doorward.api.pages.session import NeedsFreshSession, NeedsSession
from doorward.api.problems import status_of
from doorward.api.visit import Visit
from doorward.core.federation.errors import LastWayIn
from doorward.core.federation.records import Intent
from doorward.core.kernel.errors import Conflict, NotFound, Refusal
from doorward.core.kernel.outgoing import NotFetched
from doorward.core.sessions.records import Snapshot

router = APIRouter(prefix="/account", tags=[RouteClass.PAGE], include_in_schema=False)


@router.post("/ways/link")
async def take_link(visit: NeedsVisit, session: NeedsFreshSession) -> Response:
    """Go to a provider to connect it."""
    return await _go(visit, session, Intent.LINK)


@router.post("/confirm/with")
async def take_confirm_with(visit: NeedsVisit, session: NeedsSession) -> Response:
    """Go to a provider to confirm that it is still you."""
    return await _go(visit, session, Intent.CONFIRM)


@router.post("/ways/unlink")
async def take_unlink(visit: NeedsVisit, session: NeedsFreshSession, doors: NeedsDoors) -> Response:
    """Take a way to sign in away."""
    unlink = doors.flows.providers.unlink
    try:
        await doors.lanes.main(unlink, session, typed(visit, "issuer"), typed(visit, "subject"))
    except (LastWayIn, NotFound, Conflict) as refusal:
        return await _show(visit, session, refusal, refusal.detail)
    return go(visit, "/account", notice="identity_unlinked")


async def _go(visit: Visit, session: Snapshot, intent: Intent) -> Response:
    provider_id = typed(visit, "provider")
    try:
        return await away.go_to(visit, provider_id, intent, session=session, request=typed(visit, "request"))
    except NotFetched as failure:
        refusal = away.no_answer(visit, failure)
        return await _show(visit, session, refusal, away.in_words(visit, provider_id, refusal))


async def _show(visit: Visit, session: Snapshot, refusal: Refusal, words: str) -> Response:
    return await show_profile(visit, session, status=status_of(type(refusal)), errors={"form": words})
