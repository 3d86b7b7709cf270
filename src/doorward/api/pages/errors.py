"""Refusals as pages."""

from typing import Final

from starlette.responses import HTMLResponse, Response

from doorward.api.classes import RouteClass
from doorward.api.pages.render import go, html
from doorward.api.problems import Problem
from doorward.api.v1.web.cookies import cookies_of, held
from doorward.api.visit import Visit
from doorward.core.sessions.errors import NotFresh, NotSignedIn


def error_page(visit: Visit, problem: Problem) -> Response:
    """Return the page for a refusal; nothing of the request is repeated on it.

    On our own pages, whoever is not signed in is led to where one signs in, and whose sign-in is not recent enough to
    where one confirms it.
    """
    if visit.facts is not None and visit.facts.kind is RouteClass.PAGE:
        if problem.code == NotSignedIn.code:
            was_signed_in = held(visit.jar, cookies_of(visit.doors.issuer).sso) is not None
            return go(visit, "/sign-in", notice=_ENDED if was_signed_in else None)
        if problem.code == NotFresh.code:
            return go(visit, "/account/confirm")
    context = {
        "status": problem.status,
        "code": problem.code,
        "request_id": visit.request_id,
        "retry_after_seconds": _retry_after(problem),
    }
    return HTMLResponse(html(visit, "error.html", user=None, csrf_token="", **context), problem.status)


_ENDED: Final = "session_ended"


def _retry_after(problem: Problem) -> int | None:
    return next((int(value) for name, value in problem.headers if name == b"retry-after"), None)
