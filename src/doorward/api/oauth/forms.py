"""The parameters that an application sends in a form: each once, and nothing beside them in the address.

Source: RFC 6749 sections 2.3.1, 3.1 and 3.2.
"""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

from doorward.api.middleware.body_size import read_pairs
from doorward.api.visit import Visit
from doorward.core.oauth.errors import OAuthCode, OAuthError

LONGEST: Final = 16 * 1024
"""How many characters one parameter may have; a token has at most half of that."""


def sent(request: Request, visit: Visit) -> Mapping[str, str]:
    """Return the parameters of a form. One that was sent empty was not sent.

    What stands in the address would be written into logs, and could say another thing than the body does, so nothing
    is ever read from there.
    Raises: OAuthError.
    """
    if request.scope["query_string"]:
        raise _invalid("Parameters belong into the body.")
    try:
        pairs = read_pairs(visit.body)
    except ValueError:
        raise _invalid("The form cannot be read in one way only.") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _invalid("A parameter was sent more than once.")
    if len(visit.body) > LONGEST and any(len(value) > LONGEST for value in found.values()):
        raise _invalid("A parameter is too long.")
    return found if all(found.values()) else {name: value for name, value in found.items() if value}


def needed(parameters: Mapping[str, str], name: str) -> str:
    """Return a parameter that must be there.

    Raises: OAuthError.
    """
    value = parameters.get(name)
    if value is None:
        raise _invalid(f"The parameter {name} is missing.")
    return value


def _invalid(description: str) -> OAuthError:
    return OAuthError(OAuthCode.INVALID_REQUEST, description)
