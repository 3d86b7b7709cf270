"""Asking somebody whether an application may act for them, and as whom."""

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages.consent import words
from doorward.api.pages.consent.browser import visitor_of
from doorward.api.pages.consent.leave import lead
from doorward.api.pages.consent.waiting import Came, came_from
from doorward.api.pages.forms import typed
from doorward.api.pages.render import go, page
from doorward.api.pages.session import MaybeSession
from doorward.api.visit import Visit
from doorward.core.oauth.authorize.errors import RequestUnreadable
from doorward.core.oauth.authorize.rules import consent
from doorward.core.sessions.records import Snapshot

router = APIRouter(tags=[RouteClass.PAGE], include_in_schema=False)


@router.get("/consent")
async def show_consent(visit: NeedsVisit, session: MaybeSession, request: str = "") -> Response:
    """Show what the application asks for, and who would allow it."""
    came = await came_from(visit, session, request)
    if session is None or came.needs_sign_in:
        return go(visit, "/sign-in", request=came.token)
    if came.is_ready:
        return go(visit, came.onward)
    return _show(visit, session, came)


@router.post("/consent")
async def take_consent(visit: NeedsVisit, session: MaybeSession, doors: NeedsDoors) -> Response:
    """Take the answer: the application is allowed what was shown, or sent away."""
    token, marked = typed(visit, "request"), visitor_of(visit, session)
    match typed(visit, "decision"):
        case "allow":
            outcome = await doors.lanes.main(doors.flows.requests.answer.allow, token, marked.visitor)
        case "deny":
            outcome = await doors.lanes.main(doors.flows.requests.answer.refuse, token, marked.visitor)
        case _:
            raise RequestUnreadable
    return lead(visit, outcome, marked)


def _show(visit: Visit, session: Snapshot, came: Came) -> Response:
    asked = came.waiting.asked
    return page(
        visit,
        "consent/ask.html",
        session=session,
        application=came.application,
        request=came.token,
        permissions=words.permissions(asked.permissions),
        resources=asked.resources,
        details=words.details(asked),
        is_asked_each_time=consent.is_never_silent(asked.client, asked.to.redirect_uri, asked.details),
        policy_uri=asked.client.policy_uri,
        tos_uri=asked.client.tos_uri,
    )
