"""Turning refusals into answers, in the form that whoever asked can read."""

from collections.abc import Mapping
from typing import Final

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException  # noqa: TID251 (caught here, never raised)
from starlette.requests import Request
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.oauth import answers as oauth
from doorward.api.problems import MEDIA_TYPE, Problem, problem_of, problem_of_fields, problem_of_status
from doorward.api.refusals import Unforeseen
from doorward.api.visit import Visit
from doorward.core.access.errors import AccessDenied
from doorward.core.access.records import Scope
from doorward.core.kernel.errors import Refusal
from doorward.core.login.errors import InvalidCredentials
from doorward.core.oauth.errors import OAuthError
from doorward.core.sessions.errors import NotFresh
from doorward.core.sessions.rules import FRESH_FOR

_UNAUTHENTICATED: Final = 401
_BEARER: Final = b"bearer "


def respond(visit: Visit, problem: Problem) -> Response:
    """Return the answer to a refused request: a page where people read it, else the problem document.

    Applications that speak OAuth are answered as its specifications say.
    """
    if visit.error_page is not None and visit.wants_page:
        answer = visit.error_page(visit, problem)
    elif visit.facts is not None and visit.facts.kind is RouteClass.OAUTH:
        answer = oauth.respond(problem)
    else:
        answer = Response(problem.body(visit.request_id), problem.status, media_type=MEDIA_TYPE)
    answer.raw_headers.extend(problem.headers)
    return answer


def refuse(visit: Visit, refusal: Refusal) -> Response:
    """Return the answer to a request that was refused for a known reason."""
    problem = problem_of(refusal)
    if isinstance(refusal, OAuthError):
        visit.doors.watch.refused(problem.code, reason=refusal.error, route=visit.route, request_id=visit.request_id)
        return oauth.refuse(visit, refusal)
    visit.doors.watch.refused(problem.code, reason=problem.reason or "", route=visit.route, request_id=visit.request_id)
    answer = respond(visit, problem)
    challenge = _challenge(visit, refusal, answer.status_code)
    if challenge:
        answer.headers["www-authenticate"] = challenge
    return answer


async def on_refusal(request: Request, error: Exception) -> Response:
    """Answer a refusal that a flow or a route raised."""
    refusal = error if isinstance(error, Refusal) else Unforeseen()
    return refuse(Visit.of(request.scope), refusal)


async def on_invalid(request: Request, error: Exception) -> Response:
    """Answer a body or parameter that does not fit its description."""
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    return respond(Visit.of(request.scope), problem_of_fields(found))


async def on_status(request: Request, error: Exception) -> Response:
    """Answer what the framework refused by itself: no such path, no such method."""
    visit = Visit.of(request.scope)
    if not isinstance(error, HTTPException):
        return refuse(visit, Unforeseen())
    answer = respond(visit, problem_of_status(error.status_code))
    kept: Mapping[str, str] = error.headers or {}
    answer.headers.update({name: value for name, value in kept.items() if name.lower() == "allow"})
    return answer


async def on_unforeseen(request: Request, _error: Exception) -> Response:
    """Answer an exception that nobody foresaw; the front logs it."""
    return refuse(Visit.of(request.scope), Unforeseen())


def _challenge(visit: Visit, refusal: Refusal, status: int) -> str | None:
    """Return what WWW-Authenticate says where a bearer token is read.

    Source: RFC 6750 section 3 (no error code when no credentials came); RFC 9470 section 3.
    """
    if visit.facts is None or not visit.facts.kind.reads_bearer or isinstance(refusal, InvalidCredentials):
        return None
    if isinstance(refusal, AccessDenied):
        return f'Bearer error="insufficient_scope", scope="{Scope.OPERATE}"'
    if status != _UNAUTHENTICATED:
        return None
    if isinstance(refusal, NotFresh):
        max_age = int(FRESH_FOR.total_seconds())
        return f'Bearer error="insufficient_user_authentication", max_age="{max_age}"'
    came = visit.headers.get(b"authorization", b"").lower().startswith(_BEARER)
    return 'Bearer error="invalid_token"' if came else "Bearer"
