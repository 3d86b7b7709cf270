"""The parameters that an application sends: each once, in the body and nowhere else.

Source: RFC 6749 sections 2.3.1, 3.1 and 3.2.
"""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

from doorward.api.visit import Visit
from doorward.core.oauth.errors import OAuthCode, OAuthError

LONGEST: Final = 16 * 1024
"""How long one parameter may be, in characters; a token has at most half of that."""


def sent(request: Request, visit: Visit) -> Mapping[str, str]:
    """Return the parameters of a form. One that is empty counts as not sent.

    The front has refused a form that names one twice. What stands in the address would be written into logs, and could
    say another thing than the body does, so nothing is read from there.
    Raises: OAuthError.
    """
    if request.url.query:
        raise OAuthError(OAuthCode.INVALID_REQUEST, "Parameters belong into the body, and each is sent once.")
    form = visit.form or {}
    if any(len(value) > LONGEST for value in form.values()):
        raise OAuthError(OAuthCode.INVALID_REQUEST, "A parameter is too long.")
    return {name: value for name, value in form.items() if value}


def needed(parameters: Mapping[str, str], name: str) -> str:
    """Return a parameter that must be there.

    Raises: OAuthError.
    """
    value = parameters.get(name)
    if value is None:
        raise OAuthError(OAuthCode.INVALID_REQUEST, f"The parameter {name} is missing.")
    return value
