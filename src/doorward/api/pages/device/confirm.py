"""Asking somebody whether a device may act for them, and as whom.

Source: RFC 8628 sections 3.3 and 5.4.
"""

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.pages.consent import words
from doorward.api.pages.consent.browser import visitor_of
from doorward.api.pages.device.enter import ALLOWED, REFUSED
from doorward.api.pages.forms import typed
from doorward.api.pages.render import go, page
from doorward.api.pages.session import NeedsSession
from doorward.api.visit import Visit
from doorward.core.oauth.authorize.errors import RequestUnreadable
from doorward.core.oauth.device.find_waiting import Person
from doorward.core.oauth.device.rules import user_code
from doorward.core.sessions.records import Snapshot

router = APIRouter(prefix="/device", tags=[RouteClass.PAGE], include_in_schema=False)


@router.get("/confirm")
async def show_confirm_device(
    visit: NeedsVisit, session: NeedsSession, doors: NeedsDoors, request: str = ""
) -> Response:
    """Show what the device asks for, when and where it asked, and who would allow it."""
    person, devices = _person(visit, session), doors.flows.requests.devices
    seen = await doors.lanes.main(devices.see, request, person, address=visit.address)
    asked, code = seen.asked, user_code.normalise(seen.code)
    return page(
        visit,
        "device/confirm.html",
        session=session,
        application=words.ShownApplication.on_device(asked.client),
        request=request,
        code=seen.code,
        program=seen.program,
        asked_at=seen.asked_at,
        is_near=seen.is_near,
        other=devices.tickets.come_back(code, browser=person.browser, unwanted=session.profile.id),
        permissions=words.permissions(asked.scopes),
        resources=asked.resources,
        details=words.details(asked),
        policy_uri=asked.client.policy_uri,
        tos_uri=asked.client.tos_uri,
    )


@router.post("/confirm")
async def take_confirm_device(visit: NeedsVisit, session: NeedsSession, doors: NeedsDoors) -> Response:
    """Take the answer: the device is allowed what was shown, or told no."""
    ticket, person, answer = typed(visit, "request"), _person(visit, session), doors.flows.requests.devices.answer
    match typed(visit, "decision"):
        case "allow":
            await doors.lanes.main(answer.allow, ticket, person)
            return go(visit, "/device", notice=ALLOWED)
        case "deny":
            await doors.lanes.main(answer.refuse, ticket, person)
            return go(visit, "/device", notice=REFUSED)
        case _:
            raise RequestUnreadable


def _person(visit: Visit, session: Snapshot) -> Person:
    return Person(session, visitor_of(visit, session).visitor.browser)
