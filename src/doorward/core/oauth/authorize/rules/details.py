"""Rich authorization requests: what is asked for in more than scopes.

Source: RFC 9396.
"""

from collections.abc import Collection
from typing import Final

from doorward.core.keys.jose import JsonValue
from doorward.core.oauth.authorize.rules import strict_json
from doorward.core.oauth.errors import OAuthCode, OAuthError

MOST: Final = 16


def read(presented: str, *, types: Collection[str]) -> str:
    """Return the details as they are kept: as they were asked for, every one of a type that is known here.

    Source: RFC 9396 section 5 (unknown types are refused).
    Raises: OAuthError.
    """
    try:
        value = strict_json.read(presented)
    except ValueError:
        raise _refused("The authorization details are no JSON that can be read in one way only.") from None
    if not isinstance(value, list) or not value or len(value) > MOST:
        raise _refused("The authorization details are no list, or an empty or a long one.")
    if not all(_is_known(detail, types) for detail in value):
        raise _refused("The authorization details hold a type that is not known here.")
    return strict_json.write(value)


def _is_known(detail: JsonValue, types: Collection[str]) -> bool:
    kind = detail.get("type") if isinstance(detail, dict) else None
    return isinstance(kind, str) and kind in types


def _refused(description: str) -> OAuthError:
    return OAuthError(OAuthCode.INVALID_DETAILS, description)
