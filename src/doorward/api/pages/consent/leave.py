"""Where a browser goes from the authorization endpoint: to a page of ours, or back to the application.

Source: RFC 9700 section 4.12 (303 and nothing else, so that no form is ever sent on).
"""

from typing import Final
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, RedirectResponse, Response

from doorward.api.pages.consent.browser import Marked, forget_return, mark
from doorward.api.pages.consent.words import form_targets
from doorward.api.pages.render import html, root_of
from doorward.api.visit import Visit
from doorward.core.oauth.authorize.keep_requests import URN
from doorward.core.oauth.authorize.records import Interaction, Outcome, Place, Reply, ResponseMode
from doorward.core.oauth.authorize.reply import location_of

_SEE_OTHER: Final = 303


def lead(visit: Visit, outcome: Outcome, marked: Marked | None = None) -> Response:
    """Return the answer that takes the browser where it is to go."""
    if isinstance(outcome, Reply):
        answer = _back(visit, outcome)
        forget_return(visit, answer)
        return answer
    answer = RedirectResponse(f"{root_of(visit)}{_path(outcome)}", _SEE_OTHER)
    if marked is not None:
        mark(visit, answer, marked)
    return answer


def path_on(client_id: str, token: str) -> str:
    """Return where a request that waits goes on."""
    return f"/oauth/authorize?{urlencode({'client_id': client_id, 'request_uri': URN + token})}"


def _path(outcome: Interaction) -> str:
    match outcome.place:
        case Place.AUTHORIZE:
            return path_on(outcome.client_id, outcome.token)
        case Place.SIGN_IN:
            return f"/sign-in?{urlencode({'request': outcome.token})}"
        case Place.CONSENT:
            return f"/consent?{urlencode({'request': outcome.token})}"


def _back(visit: Visit, reply: Reply) -> Response:
    targets = form_targets(reply.address)
    if reply.address.mode is ResponseMode.FORM_POST:
        visit.form_targets = targets
        return _page(visit, "consent/post.html", action=reply.address.redirect_uri, fields=dict(reply.parameters))
    if targets:
        return RedirectResponse(location_of(reply), _SEE_OTHER)
    return _page(visit, "consent/leave.html", location=location_of(reply))


def _page(visit: Visit, template: str, **context: object) -> Response:
    return HTMLResponse(html(visit, template, user=None, csrf_token="", **context))
