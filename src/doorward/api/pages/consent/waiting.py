"""The request of an application that a page of ours leads back to."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from doorward.api.pages.consent.browser import forget_return, recall_return, visitor_of
from doorward.api.pages.consent.words import ShownApplication, form_targets
from doorward.api.pages.render import go
from doorward.api.visit import Visit
from doorward.core.oauth.authorize.answer_request import Waiting
from doorward.core.oauth.authorize.errors import RequestUnknown
from doorward.core.oauth.authorize.rules.next_step import BY_SIGNING_IN, Need
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


async def came_for(visit: Visit, session: Snapshot | None, token: str) -> Came | None:
    """Return the request that a page was opened with; None when it was opened for itself.

    The page's forms may lead back to the application.
    Raises: RequestUnknown, when it was finished, is too old, or waits in another browser.
    """
    if not token:
        return None
    doors = visit.doors
    waiting = await doors.lanes.main(doors.flows.requests.see, token, visitor_of(visit, session).visitor)
    address = waiting.asked.to
    visit.form_targets = form_targets(address)
    return Came(token, waiting, ShownApplication.of(waiting.asked.client, address.redirect_uri))


def query_of(came: Came | None) -> str:
    """Return what a link to another page of ours carries along, so that it leads back as well."""
    return f"?{urlencode({'request': came.token})}" if came is not None else ""


async def go_to_sign_in(visit: Visit, session: Snapshot | None, *, notice: str) -> Response:
    """Lead to where one signs in, for the request that the browser came for before its owner went to the mailbox."""
    token = recall_return(visit)
    try:
        came = await came_for(visit, session, token)
    except RequestUnknown:
        came = None
    answer = go(visit, "/sign-in", notice=notice, request=came.token if came is not None else None)
    forget_return(visit, answer)
    return answer
