"""Refusals as pages."""

from typing import Final

from starlette.responses import HTMLResponse, Response

from doorward.api.classes import RouteClass
from doorward.api.pages import place
from doorward.api.pages.render import go, html
from doorward.api.problems import Problem
from doorward.api.refusals import CsrfFailed
from doorward.api.v1.web.cookies import cookies_of, held
from doorward.api.visit import Visit
from doorward.core.sessions.errors import NotFresh, NotSignedIn


def error_page(visit: Visit, problem: Problem) -> Response:
    """Return the page for a refusal; nothing of the request is repeated on it.

    On our own pages, whoever is not signed in is led to where one signs in, and whose sign-in is not recent enough to
    where one confirms it; from the console, they come back to where they were.
    """
    if visit.facts is not None and visit.facts.kind is RouteClass.PAGE:
        if problem.code == NotSignedIn.code:
            was_signed_in = held(visit.jar, cookies_of(visit.doors.issuer).sso) is not None
            notice = _ENDED if was_signed_in else None
            return go(visit, "/sign-in", notice=notice, request=place.token_of(visit.place))
        if problem.code == NotFresh.code:
            return go(visit, "/account/confirm", request=place.token_of(visit.place))
    context = {
        "status": problem.status,
        "code": problem.code,
        "request_id": visit.request_id,
        "retry_after_seconds": _retry_after(problem),
        "step": _step(visit, problem),
    }
    return HTMLResponse(html(visit, "error.html", user=None, csrf_token="", **context), problem.status)


_ENDED: Final = "session_ended"
_MISSING: Final = 404
_PASSING: Final = frozenset({405, 408, 409, 413, 415, 422, 429, 500, 503})
"""Statuses of what may go well when the page is loaded again, which sends nothing twice."""


def _step(visit: Visit, problem: Problem) -> str:
    """Return where it goes on when the refusal does not say: to the same page, or a first one that is open to them."""
    facts = visit.facts
    if facts is None or facts.kind is not RouteClass.PAGE:
        return "home"
    if "GET" in facts.methods and (problem.status in _PASSING or problem.code == CsrfFailed.code):
        return "again"
    if facts.path.startswith(place.CONSOLE):
        return "console" if problem.status == _MISSING else "account"
    return "account" if facts.path.startswith("/account/") else "home"


def _retry_after(problem: Problem) -> int | None:
    return next((int(value) for name, value in problem.headers if name == b"retry-after"), None)
