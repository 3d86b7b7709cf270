"""What an application says of itself when it registers itself: RFC 7591 as records of ours, and back.

Source: RFC 7591 sections 2 and 3; OpenID Connect Dynamic Client Registration 1.0 section 2.
"""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from doorward.core.kernel.errors import Invalid
from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.clients.records import Wanted
from doorward.core.oauth.clients.rules import registration
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.records import Client, ClientAuthentication, ClientType, GrantType
from doorward.core.oauth.rules import scopes

Metadata = Mapping[str, JsonValue]
ValueT = TypeVar("ValueT")

SELF_GRANTS: Final = (GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN, GrantType.DEVICE_CODE)
"""What an application that nobody vouches for may use: never anything without a person."""

SELF_SCOPES: Final = (scopes.OPENID, scopes.PROFILE, scopes.EMAIL, scopes.OFFLINE)
"""What it may ask for: what people can be told of in words of the specifications."""

UNNAMED: Final = "An application without a name"
_CODE: Final[list[JsonValue]] = ["code"]
_TEXTS: Final = ("backchannel_logout_uri", "jwks_uri", "client_uri", "logo_uri", "policy_uri", "tos_uri")
_LISTS: Final = ("redirect_uris", "post_logout_redirect_uris", "contacts")
_DEFAULT_GRANTS: Final[tuple[JsonValue, ...]] = (GrantType.AUTHORIZATION_CODE.value,)
_ON_DEVICES: Final = ("http://127.0.0.1", "http://[::1]", "http://localhost")


def wanted_of(metadata: Metadata) -> Wanted:
    """Return what an application asks to be. What is not known is left out (RFC 7591 section 2).

    It is never first-party, has no resources, answers for no API, keeps nothing in a cookie, and never acts without a
    person: an operator grants that.
    Raises: Invalid, which points at the member.
    """
    if "software_statement" in metadata:
        raise Invalid("/software_statement", "Software statements are not taken.")
    grants = _grants(metadata)
    if metadata.get("response_types", _CODE) not in (_CODE, _response_types(grants)):
        raise Invalid("/response_types", "The one response type is code.")
    if metadata.get("sector_identifier_uri") is not None:
        raise Invalid("/sector_identifier_uri", "Pairwise subjects are made for the one host of the redirect URIs.")
    way = _one(metadata, "token_endpoint_auth_method", ClientAuthentication) or ClientAuthentication.SECRET_BASIC
    texts = {name: _text(metadata, name) for name in _TEXTS}
    lists = {name: _texts(metadata, name) for name in _LISTS}
    keys = metadata.get("jwks")
    return Wanted(
        name=_text(metadata, "client_name") or UNNAMED,
        type=_type(metadata, way, lists["redirect_uris"], grants=grants),
        authentication=way,
        grants=grants,
        scopes=_scopes(metadata),
        jwks=None if keys is None else json.dumps(keys),
        is_pairwise=_choice(metadata, "subject_type", {"public": False, "pairwise": True}, False),
        requires_pushed_request=_flag(metadata, "require_pushed_authorization_requests"),
        requires_dpop=_flag(metadata, "dpop_bound_access_tokens"),
        id_token_algorithm=_one(metadata, "id_token_signed_response_alg", Algorithm) or Algorithm.RS256,
        userinfo_algorithm=_one(metadata, "userinfo_signed_response_alg", Algorithm),
        redirect_uris=lists["redirect_uris"],
        post_logout_redirect_uris=lists["post_logout_redirect_uris"],
        contacts=lists["contacts"],
        backchannel_logout_uri=texts["backchannel_logout_uri"],
        jwks_uri=texts["jwks_uri"],
        client_uri=texts["client_uri"],
        logo_uri=texts["logo_uri"],
        policy_uri=texts["policy_uri"],
        tos_uri=texts["tos_uri"],
    )


def metadata_of(client: Client) -> dict[str, JsonValue]:
    """Return what is registered of a client, in the words of RFC 7591; what it has none of is left out."""
    members: dict[str, JsonValue] = {
        "client_id": client.id,
        "client_id_issued_at": int(client.created_at.timestamp()),
        "client_name": client.name,
        "application_type": "native" if client.type is ClientType.NATIVE else "web",
        "token_endpoint_auth_method": client.authentication.value,
        "grant_types": [grant.value for grant in client.grants],
        "scope": scopes.join(client.scopes),
        "redirect_uris": list(client.redirect_uris),
        "post_logout_redirect_uris": list(client.post_logout_redirect_uris),
        "contacts": list(client.contacts),
        "jwks": None if client.jwks is None else json.loads(client.jwks),
        "subject_type": "pairwise" if client.is_pairwise else "public",
        "require_pushed_authorization_requests": client.requires_pushed_request,
        "dpop_bound_access_tokens": client.requires_dpop,
        "id_token_signed_response_alg": client.id_token_algorithm.value,
        "userinfo_signed_response_alg": client.userinfo_algorithm.value if client.userinfo_algorithm else None,
        **{name: getattr(client, name) for name in _TEXTS},
    }
    told = {name: value for name, value in members.items() if value not in (None, [])}
    return {**told, "response_types": _response_types(client.grants)}


def refusal_of(refused: Invalid) -> OAuthError:
    """Return how a registration is refused (RFC 7591 section 3.2.2)."""
    is_address = refused.pointer.startswith("/redirect_uris")
    code = OAuthCode.INVALID_REDIRECT_URI if is_address else OAuthCode.INVALID_CLIENT_METADATA
    said = f"{refused.pointer.strip('/')}: {refused.reason}"
    return OAuthError(code, "".join(letter for letter in said if " " <= letter <= "~" and letter not in '"\\'))


def _response_types(grants: tuple[GrantType, ...]) -> list[JsonValue]:
    """Return what comes out of the authorization endpoint for a client; nothing where it never goes there."""
    return _CODE if GrantType.AUTHORIZATION_CODE in grants else []


def _type(
    metadata: Metadata, way: ClientAuthentication, addresses: tuple[str, ...], *, grants: tuple[GrantType, ...]
) -> ClientType:
    kind = _choice(metadata, "application_type", {"web": "web", "native": "native"}, "web")
    if way is not ClientAuthentication.NONE:
        return ClientType.WEB
    has_own_address = any(each.startswith(_ON_DEVICES) or not each.startswith("http") for each in addresses)
    is_on_device = has_own_address or GrantType.DEVICE_CODE in grants
    return ClientType.NATIVE if kind == "native" or is_on_device else ClientType.SPA


def _grants(metadata: Metadata) -> tuple[GrantType, ...]:
    named = metadata.get("grant_types", list(_DEFAULT_GRANTS))
    known = {grant.value: grant for grant in SELF_GRANTS}
    if not isinstance(named, list) or not all(isinstance(each, str) and each in known for each in named):
        raise Invalid("/grant_types", f"An application that registers itself may use {', '.join(known)}.")
    return tuple(known[f"{each}"] for each in named)


def _scopes(metadata: Metadata) -> tuple[str, ...]:
    """Return the scopes: those asked for that it may have; all that it may have where it asks for none."""
    asked = _text(metadata, "scope")
    return SELF_SCOPES if asked is None else tuple(each for each in scopes.split(asked) if each in SELF_SCOPES)


def _text(metadata: Metadata, name: str) -> str | None:
    value = metadata.get(name)
    if value is not None and not isinstance(value, str):
        raise Invalid(f"/{name}", "This is a text.")
    return value or None


def _texts(metadata: Metadata, name: str) -> tuple[str, ...]:
    value = metadata.get(name)
    items = [] if value is None else value
    if not isinstance(items, list) or not all(isinstance(each, str) for each in items):
        raise Invalid(f"/{name}", "This is a list of texts.")
    return tuple(f"{each}" for each in items)


def _flag(metadata: Metadata, name: str) -> bool:
    value = metadata.get(name, False)
    if not isinstance(value, bool):
        raise Invalid(f"/{name}", "This is true or false.")
    return value


def _choice(metadata: Metadata, name: str, known: Mapping[str, ValueT], default: ValueT) -> ValueT:
    value = metadata.get(name)
    if value is None:
        return default
    if not isinstance(value, str) or value not in known:
        raise Invalid(f"/{name}", f"This is one of {', '.join(known)}.")
    return known[value]


def _one(metadata: Metadata, name: str, kind: Callable[[str], ValueT]) -> ValueT | None:
    value = metadata.get(name)
    try:
        return None if value is None else kind(f"{value}")
    except ValueError:
        raise Invalid(f"/{name}", "This value is not known here.") from None


