"""What a client may be: one table of types, one ordered table of checks, for whoever registers or changes it.

Source: RFC 6749 sections 2.1, 4.4 and 10.6; RFC 7591 section 2; RFC 8252 section 8.4; RFC 9700 sections 2.1 and 4.15.1.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from doorward.core.kernel.errors import Invalid
from doorward.core.kernel.ids import is_id
from doorward.core.keys.records import SIGNS
from doorward.core.oauth.records import Client, ClientAuthentication, ClientType, GrantType
from doorward.core.oauth.clients.rules import key_sets
from doorward.core.oauth.rules import redirect_uri, scopes, uri

ID_PREFIX: Final = "dwc"
RESERVED_PREFIX: Final = "doorward"
LONGEST_NAME: Final = 100
MOST_URIS: Final = 20
MOST_SCOPES: Final = scopes.MOST_SCOPES
MOST_CONTACTS: Final = 10
LONGEST_CONTACT: Final = 254
_CHOSEN_ID: Final = re.compile(r"[A-Za-z0-9._~-]{3,64}")
_SCOPE: Final = re.compile(rf"[\x21\x23-\x5b\x5d-\x7e]{{1,{scopes.LONGEST_SCOPE}}}")
_CODE: Final = GrantType.AUTHORIZATION_CODE
_REFRESH: Final = GrantType.REFRESH_TOKEN
_BY_SECRET: Final = (ClientAuthentication.SECRET_BASIC, ClientAuthentication.SECRET_POST)
_PROVABLE: Final = (*_BY_SECRET, ClientAuthentication.PRIVATE_KEY)
_FOR_PEOPLE: Final = (scopes.OPENID, scopes.PROFILE, scopes.EMAIL, scopes.OFFLINE)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a type of client may have. The first way to prove itself, `defaults` and `scopes` are those of a new one."""

    authentications: tuple[ClientAuthentication, ...]
    grants: frozenset[GrantType]
    defaults: tuple[GrantType, ...]
    scopes: tuple[str, ...] = _FOR_PEOPLE


PROFILES: Final[Mapping[ClientType, Profile]] = MappingProxyType(
    {
        ClientType.WEB: Profile(_PROVABLE, frozenset(GrantType), (_CODE, _REFRESH)),
        # A secret that is sent to every browser or installed on every device proves nothing.
        ClientType.SPA: Profile((ClientAuthentication.NONE,), frozenset({_CODE, _REFRESH}), (_CODE, _REFRESH)),
        ClientType.NATIVE: Profile(
            (ClientAuthentication.NONE,), frozenset({_CODE, _REFRESH, GrantType.DEVICE_CODE}), (_CODE, _REFRESH)
        ),
        ClientType.SERVICE: Profile(
            _PROVABLE,
            frozenset({GrantType.CLIENT_CREDENTIALS, GrantType.TOKEN_EXCHANGE}),
            (GrantType.CLIENT_CREDENTIALS,),
            (),
        ),
    }
)


def check_client(client: Client) -> Client:
    """Return the client if every field holds what a client of its type may have.

    Raises: Invalid, which points at the first field that does not.
    """
    for check in CHECKS:
        check(client)
    return client


def check_id(presented: str) -> str:
    """Return an id that an operator chose: never of the shape of an account's, nor one of our own.

    Source: RFC 9700 section 4.15.1 (a client must not pass for a person).
    Raises: Invalid.
    """
    if not _CHOSEN_ID.fullmatch(presented):
        raise Invalid("/id", "Use 3 to 64 letters, digits and . _ ~ -")
    bare = presented.lower()
    if is_id(bare) or bare.startswith(RESERVED_PREFIX) or is_id(bare.removeprefix(ID_PREFIX)):
        raise Invalid("/id", f"An id that looks like ours is reserved: 26 letters, {ID_PREFIX}…, {RESERVED_PREFIX}…")
    return presented


def needs_secret(authentication: ClientAuthentication) -> bool:
    """Tell whether a client proves itself by a secret that is made here."""
    return authentication in _BY_SECRET


def _check_name(client: Client) -> None:
    name = client.name
    is_plain = all(unicodedata.category(letter)[0] != "C" and letter not in "\u2028\u2029" for letter in name)
    if not 0 < len(name) <= LONGEST_NAME or name != name.strip() or not is_plain:
        raise Invalid("/name", f"Use 1 to {LONGEST_NAME} visible characters; people see them when they are asked.")


def _check_authentication(client: Client) -> None:
    allowed = PROFILES[client.type].authentications
    if client.authentication not in allowed:
        raise Invalid("/authentication", f"A {client.type} client proves itself by {_listed(allowed)}.")
    if client.secrets and not needs_secret(client.authentication):
        raise Invalid("/authentication", "A client that has secrets proves itself by them.")


def _check_grants(client: Client) -> None:
    allowed = PROFILES[client.type].grants
    if not client.grants or not set(client.grants) <= allowed or _repeats(client.grants):
        raise Invalid("/grants", f"A {client.type} client may use {_listed(sorted(allowed))}, each once.")
    starts = {_CODE, GrantType.DEVICE_CODE}
    if _REFRESH in client.grants and starts.isdisjoint(client.grants):
        raise Invalid(
            "/grants", "Refreshing needs a grant that starts with a person: authorization_code or device_code."
        )


def _check_refresh_cookie(client: Client) -> None:
    """OAuth 2.0 for Browser-Based Applications: a cookie is for what runs in a browser, and can be refreshed."""
    if client.uses_refresh_cookie and (client.type is not ClientType.SPA or _REFRESH not in client.grants):
        raise Invalid("/uses_refresh_cookie", "Only an spa client that may use refresh_token keeps it in a cookie.")


def _check_scopes(client: Client) -> None:
    if len(client.scopes) > MOST_SCOPES or _repeats(client.scopes):
        raise Invalid("/scopes", f"Name at most {MOST_SCOPES} scopes, each once.")
    for place, scope in enumerate(client.scopes):
        if not _SCOPE.fullmatch(scope):
            raise Invalid(f"/scopes/{place}", "A scope is 1 to 128 visible ASCII characters without quotes and spaces.")
        if scope in scopes.FIRST_PARTY:
            raise Invalid(f"/scopes/{place}", "Our own scopes are never an application's.")


def _check_redirect_uris(client: Client) -> None:
    for name, addresses in _returning(client).items():
        if len(addresses) > MOST_URIS or _repeats(addresses):
            raise Invalid(f"/{name}", f"Name at most {MOST_URIS} addresses, each once.")
        for place, address in enumerate(addresses):
            pointer = f"/{name}/{place}"
            redirect_uri.check(address, kind=client.type, is_first_party=client.is_first_party, pointer=pointer)
    if (_CODE in client.grants) != bool(client.redirect_uris):
        raise Invalid("/redirect_uris", "authorization_code needs at least one address to return to, others have none.")


def _check_resources(client: Client) -> None:
    _check_identifiers(client.resources, "resources")


def _check_audiences(client: Client) -> None:
    """RFC 7662 section 2.1: whoever has tokens looked at must prove who it is."""
    if client.audiences and client.is_public:
        raise Invalid("/audiences", "A client that cannot prove who it is answers for no API.")
    _check_identifiers(client.audiences or (), "audiences")


def _check_identifiers(named: tuple[str, ...], field: str) -> None:
    if len(named) > MOST_URIS or _repeats(named):
        raise Invalid(f"/{field}", f"Name at most {MOST_URIS} {field}, each once.")
    for place, identifier in enumerate(named):
        uri.check_resource(identifier, pointer=f"/{field}/{place}")


def _check_links(client: Client) -> None:
    for name in ("client_uri", "logo_uri", "policy_uri", "tos_uri"):
        link: str | None = getattr(client, name)
        if link is not None:
            uri.check_link(link, pointer=f"/{name}", is_first_party=client.is_first_party)


def _check_backchannel(client: Client) -> None:
    address = client.backchannel_logout_uri
    if address is None:
        return
    if client.type is not ClientType.WEB:
        raise Invalid("/backchannel_logout_uri", "Only a web client has a server that can be told.")
    uri.check_link(address, pointer="/backchannel_logout_uri", is_first_party=client.is_first_party)


def _check_keys(client: Client) -> None:
    has_keys = client.jwks is not None or client.jwks_uri is not None
    if client.jwks is not None and client.jwks_uri is not None:
        raise Invalid("/jwks", "Register keys or the address of keys, not both.")
    if client.authentication is ClientAuthentication.PRIVATE_KEY and not has_keys:
        raise Invalid("/jwks", "private_key_jwt needs the public keys, or the https address of them.")
    if has_keys and client.is_public:
        raise Invalid("/jwks", "A public client has no keys.")
    if client.jwks is not None:
        key_sets.check(client.jwks, pointer="/jwks")
    if client.jwks_uri is not None and uri.read(client.jwks_uri, pointer="/jwks_uri").is_loopback:
        raise Invalid("/jwks_uri", "Use https.")


def _check_algorithms(client: Client) -> None:
    for name, algorithm in (("id_token", client.id_token_algorithm), ("userinfo", client.userinfo_algorithm)):
        if algorithm is not None and algorithm not in SIGNS:
            raise Invalid(f"/{name}_algorithm", f"The server signs with {_listed(SIGNS)}.")


def _check_sector(client: Client) -> None:
    """OpenID Connect Core 1.0 section 8.1: addresses of several hosts need a sector."""
    if client.sector is not None and not uri.is_host(client.sector):
        raise Invalid("/sector", "A sector is a host name in lower case.")
    if not client.is_pairwise:
        return
    hosts = {uri.read(each, pointer="/redirect_uris").host for each in client.redirect_uris if _is_web(each)}
    if client.sector is None and len(hosts) != 1:
        raise Invalid("/sector", "Pairwise subjects need a sector, or redirect URIs that all have one host.")


def _check_contacts(client: Client) -> None:
    if len(client.contacts) > MOST_CONTACTS:
        raise Invalid("/contacts", f"Name at most {MOST_CONTACTS} contacts.")
    for place, contact in enumerate(client.contacts):
        if not 0 < len(contact) <= LONGEST_CONTACT or not contact.isprintable():
            raise Invalid(f"/contacts/{place}", f"Use 1 to {LONGEST_CONTACT} visible characters.")


CHECKS: Final[tuple[Callable[[Client], None], ...]] = (
    _check_name,
    _check_authentication,
    _check_grants,
    _check_refresh_cookie,
    _check_scopes,
    _check_redirect_uris,
    _check_resources,
    _check_audiences,
    _check_links,
    _check_backchannel,
    _check_keys,
    _check_algorithms,
    _check_sector,
    _check_contacts,
)
"""Everything that is checked, in this order."""


def _returning(client: Client) -> Mapping[str, tuple[str, ...]]:
    return {
        "redirect_uris": client.redirect_uris,
        "post_logout_redirect_uris": client.post_logout_redirect_uris,
    }


def _is_web(address: str) -> bool:
    return address.startswith(("https://", "http://"))


def _repeats(items: Collection[str]) -> bool:
    return len(set(items)) != len(items)


def _listed(items: Collection[str]) -> str:
    return ", ".join(items)
