"""The part of a grant that one token is for.

Source: RFC 8707 section 2.2; RFC 9396 section 6.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from doorward.core.oauth.grants.records import Asked
from doorward.core.oauth.rules import details, scopes
from doorward.core.oauth.tokens.kinds import userinfo_audience

DETAILS: Final = "authorization_details"


@dataclass(frozen=True, slots=True)
class Part:
    """Whom one access token is for, and what it allows in detail: JSON, or None where nothing was granted so."""

    audience: str
    details: str | None


def part_of(asked: Asked, *, resources: Collection[str], granted: str | None, issuer: str) -> Part:
    """Return the part that a token request names of `resources`, and of the details that were `granted`.

    Raises: OAuthError, when it names more than was granted, or must name one of several resources.
    """
    default = userinfo_audience(issuer)
    audience = scopes.audience(asked.parameters.get("resource"), granted=resources, default=default)
    return Part(audience, details.narrow(asked.parameters.get(DETAILS), granted=granted))
