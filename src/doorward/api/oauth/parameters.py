"""Reading parameters as they came: each by its name, in its order, as often as it was sent.

Source: RFC 6749 sections 3.1 and 3.2 (what was sent empty was not sent; nothing may come twice).
"""

from collections.abc import Iterable
from urllib.parse import parse_qsl

from starlette.requests import Request

from doorward.api.middleware.body_size import MAX_FORM_FIELDS
from doorward.api.visit import Visit
from doorward.core.oauth.authorize.checks import REPEATABLE
from doorward.core.oauth.authorize.errors import RequestUnreadable
from doorward.core.oauth.authorize.records import Values
from doorward.core.oauth.errors import OAuthCode, OAuthError


def sent_with(request: Request, visit: Visit) -> Values:
    """Return the parameters of the query and of a form together: one that is in both came twice.

    Raises: RequestUnreadable, when they cannot be read in one way only.
    """
    query: bytes = request.scope["query_string"]
    return _together([*_pairs(query), *_pairs(visit.body)])


def sent_in_body(request: Request, visit: Visit) -> Values:
    """Return the parameters of a form, beside which nothing stands in the address.

    Raises: OAuthError, when they cannot be read in one way only, or one comes twice that may not.
    """
    if request.scope["query_string"]:
        raise OAuthError(OAuthCode.INVALID_REQUEST, "Parameters belong into the body.")
    try:
        found = _together(_pairs(visit.body))
    except RequestUnreadable as refusal:
        raise OAuthError(OAuthCode.INVALID_REQUEST, refusal.detail) from None
    if any(len(values) > 1 for name, values in found.items() if name not in REPEATABLE):
        raise OAuthError(OAuthCode.INVALID_REQUEST, "A parameter was sent more than once.")
    return found


def _pairs(text: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text.decode("ascii"), errors="strict", max_num_fields=MAX_FORM_FIELDS)
    except ValueError:
        raise RequestUnreadable from None


def _together(pairs: Iterable[tuple[str, str]]) -> Values:
    found: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        found[name] = (*found.get(name, ()), value)
    return found
