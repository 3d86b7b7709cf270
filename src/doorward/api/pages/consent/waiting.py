"""What somebody came for that a page of ours leads back to: the request of an application, a device, or the console."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from starlette.responses import Response

from doorward.api.pages import place
from doorward.api.pages.consent.browser import forget_return, recall_return, visitor_of
from doorward.api.pages.consent.leave import path_on
from doorward.api.pages.consent.words import ShownApplication, form_targets
from doorward.api.pages.render import go
from doorward.api.visit import Visit
from doorward.core.oauth.authorize.answer_request import Waiting
from doorward.core.oauth.authorize.errors import RequestUnknown
from doorward.core.oauth.authorize.rules.next_step import BY_SIGNING_IN, Need
from doorward.core.oauth.device.rules import user_code
from doorward.core.sessions.records import Snapshot


@dataclass(frozen=True, slots=True)
class Came:
    """What somebody came for: the request by its token, and the application that they go back to."""

    token: str
    waiting: Waiting
    application: ShownApplication

    @property
    def needs_sign_in(self) -> bool:
        """Tell whether somebody must sign in before it goes on."""
        return self.waiting.need in BY_SIGNING_IN

    @property
    def is_again(self) -> bool:
        """Tell whether whoever is signed in must show that it is still them."""
        return self.waiting.need is Need.SIGN_IN_AGAIN

    @property
    def is_ready(self) -> bool:
        """Tell whether nothing is missing, but that the browser goes on."""
        return self.waiting.need is None

    @property
    def login_hint(self) -> str:
        """Who is expected to sign in, as far as the application said."""
        return self.waiting.asked.login_hint

    @property
    def onward(self) -> str:
        """Where it goes on when somebody has signed in."""
        return path_on(self.application.id, self.token)

    @property
    def as_before(self) -> str:
        """Where it goes on for somebody who is signed in already."""
        return f"/consent?{urlencode({'request': self.token})}"


@dataclass(frozen=True, slots=True)
class CameWithDevice:
    """What somebody came for: to let in a device that shows a code, which they may have brought along.

    `is_ready`: whoever is to let it in is signed in.
    """

    token: str
    code: str
    is_ready: bool
    needs_sign_in: bool
    application: ClassVar[None] = None
    is_again: ClassVar[bool] = False
    login_hint: ClassVar[str] = ""

    @property
    def onward(self) -> str:
        """Where it goes on when somebody has signed in."""
        return f"/device?{urlencode({'user_code': user_code.shown(self.code)})}" if self.code else "/device"

    @property
    def as_before(self) -> str:
        """Where it goes on for somebody who is signed in already."""
        return self.onward


@dataclass(frozen=True, slots=True)
class CameToConsole:
    """What somebody came for: a page of the console. Whether it is open to them, that page says."""

    token: str
    onward: str
    is_ready: bool
    application: ClassVar[None] = None
    is_again: ClassVar[bool] = False
    login_hint: ClassVar[str] = ""

    @property
    def needs_sign_in(self) -> bool:
        """Tell whether somebody must sign in before it goes on."""
        return not self.is_ready

    @property
    def as_before(self) -> str:
        """Where it goes on for somebody who is signed in already."""
        return self.onward


CameFor = Came | CameWithDevice | CameToConsole


async def came_for(visit: Visit, session: Snapshot | None, token: str) -> CameFor | None:
    """Return what a page was opened for besides itself; None when it was opened for itself.

    Raises: RequestUnknown, when it was finished, is too old, or waits in another browser.
    """
    if not token:
        return None
    if place.is_token(token):
        return _came_to_console(session, token)
    if visit.doors.flows.requests.devices.tickets.is_return(token):
        return _came_with_device(visit, session, token)
    return await came_from(visit, session, token)


async def came_from(visit: Visit, session: Snapshot | None, token: str) -> Came:
    """Return the request of an application that a page was opened with. The page's forms may lead back to it.

    Raises: RequestUnknown, when it was finished, is too old, or waits in another browser.
    """
    doors = visit.doors
    waiting = await doors.lanes.main(doors.flows.requests.see, token, visitor_of(visit, session).visitor)
    address = waiting.asked.to
    visit.form_targets = form_targets(address)
    return Came(token, waiting, ShownApplication.of(waiting.asked.client, address.redirect_uri))


def _came_with_device(visit: Visit, session: Snapshot | None, token: str) -> CameWithDevice:
    tickets = visit.doors.flows.requests.devices.tickets
    found = tickets.read_return(token, browser=visitor_of(visit, session).visitor.browser)
    if found is None:
        raise RequestUnknown
    is_ready = session is not None and session.profile.id != found.unwanted
    return CameWithDevice(token, found.code, is_ready, needs_sign_in=session is None)


def _came_to_console(session: Snapshot | None, token: str) -> CameToConsole | None:
    onward = place.read(token)
    return None if onward is None else CameToConsole(token, onward, is_ready=session is not None)


async def came_before(visit: Visit, session: Snapshot | None) -> CameFor | None:
    """Return what the browser came for before its owner went elsewhere; None when nothing waits any more."""
    try:
        return await came_for(visit, session, recall_return(visit))
    except RequestUnknown:
        return None


async def go_to_sign_in(visit: Visit, session: Snapshot | None, *, notice: str) -> Response:
    """Lead to where one signs in, for the request that the browser came for before its owner went to the mailbox."""
    came = await came_before(visit, session)
    answer = go(visit, "/sign-in", notice=notice, request=came.token if came is not None else None)
    forget_return(visit, answer)
    return answer
