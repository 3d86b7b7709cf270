"""What applications are answered: JSON that is never kept, and errors in the words of the specifications.

Source: RFC 6749 sections 5.1 and 5.2; RFC 6750 section 3; RFC 9449 sections 5, 7.1 and 8.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from starlette.responses import Response

from doorward.api.problems import Problem
from doorward.api.thin import json_answer
from doorward.api.visit import Visit
from doorward.core.keys.jose import JsonValue
from doorward.core.oauth.errors import OAuthCode, OAuthError, UseNonce
from doorward.core.oauth.rules.dpop import ALGORITHMS

STATUSES: Final[Mapping[OAuthCode, int]] = MappingProxyType(
    {
        OAuthCode.INVALID_CLIENT: 401,
        OAuthCode.INVALID_TOKEN: 401,
        OAuthCode.INSUFFICIENT_SCOPE: 403,
        OAuthCode.SERVER_ERROR: 500,
        OAuthCode.TEMPORARILY_UNAVAILABLE: 503,
    }
)
"""The status of each error; 400 for all others."""

SHOWN_TOKENS: Final = frozenset({"/oauth/userinfo"})
"""Where an access token is shown, so that a refusal says how it should be (RFC 6750 section 3)."""

NONCE: Final = "dpop-nonce"

_BAD_REQUEST: Final = 400
_UNAUTHORIZED: Final = 401
_BY_STATUS: Final[Mapping[int, OAuthCode]] = MappingProxyType(
    {429: OAuthCode.TEMPORARILY_UNAVAILABLE, 500: OAuthCode.SERVER_ERROR, 503: OAuthCode.TEMPORARILY_UNAVAILABLE}
)
_PRAGMA: Final = (b"pragma", b"no-cache")
_PROOFS: Final = " ".join(ALGORITHMS)
_ABOUT_TOKENS: Final = frozenset({OAuthCode.INVALID_TOKEN, OAuthCode.INSUFFICIENT_SCOPE})
_ABOUT_PROOFS: Final = frozenset({OAuthCode.INVALID_DPOP_PROOF, OAuthCode.USE_DPOP_NONCE})


def answer(members: Mapping[str, JsonValue], status: int = 200) -> Response:
    """Return JSON that nobody keeps (RFC 6749 section 5.1). A member that is None is left out."""
    present = {name: value for name, value in members.items() if value is not None}
    told = json_answer(json.dumps(present, separators=(",", ":")).encode(), status)
    told.raw_headers.append(_PRAGMA)
    return told


def respond(problem: Problem) -> Response:
    """Return the answer to a request that was refused before any specification was asked."""
    error = _BY_STATUS.get(problem.status, OAuthCode.INVALID_REQUEST)
    return answer({"error": error, "error_description": problem.detail}, problem.status)


def refuse(visit: Visit, refusal: OAuthError) -> Response:
    """Return the answer to a request that was refused in the words of a specification."""
    shows_token = visit.facts is not None and visit.facts.path in SHOWN_TOKENS
    status = STATUSES.get(refusal.error, _BAD_REQUEST)
    if shows_token and refusal.error in _ABOUT_PROOFS:
        status = _UNAUTHORIZED
    told = answer({"error": refusal.error, "error_description": refusal.description}, status)
    if shows_token:
        told.headers.append("www-authenticate", challenge(visit, refusal.error))
    elif refusal.error is OAuthCode.INVALID_CLIENT:
        told.headers.append("www-authenticate", 'Basic realm="doorward", charset="UTF-8"')
    if isinstance(refusal, UseNonce):
        give_nonce(visit, told)
    return told


def challenge(visit: Visit, error: OAuthCode | None = None) -> str:
    """Return how an access token is to be shown; no error where none was shown (RFC 6750 section 3.1)."""
    presented = (visit.header(b"authorization") or "").lower()
    is_bound = presented.startswith("dpop ") or error in _ABOUT_PROOFS
    said = [f'error="{error}"'] if error else []
    if is_bound:
        return ", ".join([f'DPoP algs="{_PROOFS}"', *said])
    return f"Bearer {', '.join(said)}" if said else f'Bearer, DPoP algs="{_PROOFS}"'


def give_nonce(visit: Visit, told: Response) -> None:
    """Let the answer carry the nonce that the next proof should carry (RFC 9449 section 8.2)."""
    told.headers[NONCE] = visit.doors.flows.token.check_proof.fresh_nonce()
