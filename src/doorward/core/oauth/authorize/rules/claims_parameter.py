"""The `claims` parameter: single claims that are asked for by name.

Source: OpenID Connect Core 1.0 section 5.5.
"""

from collections.abc import Collection, Mapping
from typing import Final

from doorward.core.keys.jose import JsonValue
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.rules import strict_json

PLACES: Final = ("userinfo", "id_token")


def read(presented: str) -> Mapping[str, Mapping[str, Mapping[str, JsonValue] | None]]:
    """Return what is asked for, by place and name; places that are not known are left out.

    Raises: OAuthError, when it is not what the specification describes.
    """
    try:
        value = strict_json.read(presented)
    except ValueError:
        raise _malformed() from None
    if not isinstance(value, dict):
        raise _malformed()
    return {place: _members(value[place]) for place in PLACES if value.get(place) is not None}


def write(asked: Mapping[str, Mapping[str, Mapping[str, JsonValue] | None]]) -> str:
    """Return the one spelling that is kept."""
    plain: dict[str, JsonValue] = {
        place: {name: None if wish is None else dict(wish) for name, wish in members.items()}
        for place, members in asked.items()
    }
    return strict_json.write(plain)


def only(
    asked: Mapping[str, Mapping[str, Mapping[str, JsonValue] | None]], names: Collection[str]
) -> Mapping[str, Mapping[str, Mapping[str, JsonValue] | None]]:
    """Return what is asked for, of these names alone."""
    return {place: {name: wish for name, wish in members.items() if name in names} for place, members in asked.items()}


def subject(asked: Mapping[str, Mapping[str, Mapping[str, JsonValue] | None]]) -> str | None:
    """Return the one subject that the ID token must be about, where one is asked for (section 5.5.1)."""
    wish = asked.get("id_token", {}).get("sub") or {}
    value = wish.get("value")
    return value if isinstance(value, str) else None


def acr(
    asked: Mapping[str, Mapping[str, Mapping[str, JsonValue] | None]], *, offered: Collection[str]
) -> tuple[tuple[str, ...], bool]:
    """Return the ways of signing in that are asked for, of those that are offered, and whether that is essential.

    Source: section 5.5.1.1.
    Raises: OAuthError, when what is essential is not offered.
    """
    wish = asked.get("id_token", {}).get("acr") or {}
    is_essential, values = wish.get("essential") is True, wish.get("values")
    wanted = values if isinstance(values, list) else [wish["value"]] if "value" in wish else None
    found = tuple(value for value in wanted or () if isinstance(value, str) and value in offered)
    if is_essential and wanted is not None and not found:
        raise OAuthError(
            OAuthCode.UNMET_AUTHENTICATION, "Nobody signs in here in a way that is asked for as essential."
        )
    return found, is_essential


def _members(value: JsonValue) -> dict[str, Mapping[str, JsonValue] | None]:
    if not isinstance(value, dict):
        raise _malformed()
    return {name: _wish(wish) for name, wish in value.items()}


def _wish(value: JsonValue) -> Mapping[str, JsonValue] | None:
    if value is None or isinstance(value, dict):
        return value
    raise _malformed()


def _malformed() -> OAuthError:
    return OAuthError(OAuthCode.INVALID_REQUEST, "The claims parameter is not what OpenID Connect describes.")
