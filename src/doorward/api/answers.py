"""Turning refusals into answers, in the form that whoever asked can read."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException  # noqa: TID251 (caught here, never raised)
from starlette.requests import Request
from starlette.responses import Response

from doorward.api.problems import MEDIA_TYPE, Problem, problem_of, problem_of_fields, problem_of_status
from doorward.api.refusals import Unforeseen
from doorward.api.thin import json_answer
from doorward.api.visit import VISIT, Visit
from doorward.core.access.errors import AccessDenied
from doorward.core.access.records import Scope
from doorward.core.kernel.errors import Refusal
from doorward.core.kernel.json_value import JsonValue, compact_json
from doorward.core.keys.records import NAMES
from doorward.core.login.errors import InvalidCredentials
from doorward.core.oauth.errors import OAuthCode, OAuthError, UseNonce
from doorward.core.oauth.gateways.errors import ScopeMissing
from doorward.core.sessions.errors import NotFresh
from doorward.core.sessions.rules import FRESH_FOR

_BAD_REQUEST: Final = 400
_UNAUTHENTICATED: Final = 401
_BEARER: Final = b"bearer "

OAUTH_STATUSES: Final[Mapping[OAuthCode, int]] = MappingProxyType(
    {
        OAuthCode.INVALID_CLIENT: 401,
        OAuthCode.INVALID_TOKEN: 401,
        OAuthCode.INSUFFICIENT_SCOPE: 403,
        OAuthCode.SERVER_ERROR: 500,
        OAuthCode.TEMPORARILY_UNAVAILABLE: 503,
    }
)
"""The status of each error; 400 for all others."""

SHOWN_TOKENS: Final = frozenset({"/oauth/userinfo", "/oauth/register", "/oauth/register/{client_id}"})
"""Where an access token is shown, so that a refusal says how it should be (RFC 6750 section 3)."""

NONCE: Final = "dpop-nonce"

_BY_STATUS: Final[Mapping[int, OAuthCode]] = MappingProxyType(
    {429: OAuthCode.TEMPORARILY_UNAVAILABLE, 500: OAuthCode.SERVER_ERROR, 503: OAuthCode.TEMPORARILY_UNAVAILABLE}
)
_PRAGMA: Final = (b"pragma", b"no-cache")
_PROOFS: Final = " ".join(NAMES)
_ABOUT_TOKENS: Final = frozenset({OAuthCode.INVALID_TOKEN, OAuthCode.INSUFFICIENT_SCOPE})
_ABOUT_PROOFS: Final = frozenset({OAuthCode.INVALID_DPOP_PROOF, OAuthCode.USE_DPOP_NONCE})


def respond(visit: Visit, problem: Problem) -> Response:
    """Return the answer to a refused request: a page where people read it, else the problem document.

    Applications that speak OAuth are answered as its specifications say.
    """
    if visit.error_page is not None and visit.wants_page:
        answer = visit.error_page(visit, problem)
    elif visit.facts is not None and visit.facts.kind.speaks_oauth:
        answer = _respond_as_oauth(problem)
    else:
        answer = Response(problem.body(visit.request_id), problem.status, media_type=MEDIA_TYPE)
    answer.raw_headers.extend(problem.headers)
    return answer


def refuse(visit: Visit, refusal: Refusal) -> Response:
    """Return the answer to a request that was refused for a known reason."""
    problem = problem_of(refusal)
    if isinstance(refusal, OAuthError):
        visit.doors.watch.refused(problem.code, reason=refusal.error, route=visit.route, request_id=visit.request_id)
        return _refuse_as_oauth(visit, refusal)
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


async def on_refusal_beside(request: Request, error: Exception) -> Response:
    """Answer a refusal in a route of the application that we are mounted in; one that did not ask us is not ours."""
    if not isinstance(error, Refusal) or VISIT not in request.scope:
        raise error
    return refuse(Visit.of(request.scope), error)


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
    if isinstance(refusal, ScopeMissing):
        return f'Bearer error="insufficient_scope", scope="{refusal.scope}"'
    if status != _UNAUTHENTICATED:
        return None
    if isinstance(refusal, NotFresh):
        max_age = int(FRESH_FOR.total_seconds())
        return f'Bearer error="insufficient_user_authentication", max_age="{max_age}"'
    came = visit.headers.get(b"authorization", b"").lower().startswith(_BEARER)
    return 'Bearer error="invalid_token"' if came else "Bearer"


def told(members: Mapping[str, JsonValue], status: int = 200) -> Response:
    """Return JSON that nobody keeps (RFC 6749 section 5.1). A member that is None is left out."""
    return unkept(compact_json({name: value for name, value in members.items() if value is not None}), status)


def unkept(body: bytes, status: int = 200) -> Response:
    """Return JSON that nobody keeps, as it is."""
    answer = json_answer(body, status)
    answer.raw_headers.append(_PRAGMA)
    return answer


def _respond_as_oauth(problem: Problem) -> Response:
    """Return the answer to a request that was refused before any specification was asked."""
    error = _BY_STATUS.get(problem.status, OAuthCode.INVALID_REQUEST)
    return told({"error": error, "error_description": problem.detail}, problem.status)


def _refuse_as_oauth(visit: Visit, refusal: OAuthError) -> Response:
    """Return the answer to a request that was refused in the words of a specification."""
    shows_token = visit.facts is not None and visit.facts.path in SHOWN_TOKENS
    status = OAUTH_STATUSES.get(refusal.error, _BAD_REQUEST)
    if shows_token and refusal.error in _ABOUT_PROOFS:
        status = _UNAUTHENTICATED
    answer = told({"error": refusal.error, "error_description": refusal.description}, status)
    if shows_token:
        answer.headers.append("www-authenticate", token_challenge(visit, refusal.error))
    elif refusal.error is OAuthCode.INVALID_CLIENT:
        answer.headers.append("www-authenticate", 'Basic realm="doorward", charset="UTF-8"')
    if isinstance(refusal, UseNonce):
        give_nonce(visit, answer)
    return answer


def token_challenge(visit: Visit, error: OAuthCode | None = None) -> str:
    """Return how an access token is to be shown; no error where none was shown (RFC 6750 section 3.1)."""
    presented = (visit.header(b"authorization") or "").lower()
    is_bound = presented.startswith("dpop ") or error in _ABOUT_PROOFS
    said = [f'error="{error}"'] if error else []
    if is_bound:
        return ", ".join([f'DPoP algs="{_PROOFS}"', *said])
    return f"Bearer {', '.join(said)}" if said else f'Bearer, DPoP algs="{_PROOFS}"'


def give_nonce(visit: Visit, answer: Response) -> None:
    """Let the answer carry the nonce that the next proof should carry (RFC 9449 section 8.2)."""
    answer.headers[NONCE] = visit.doors.flows.tokens.give.check_proof.fresh_nonce()
