"""Access tokens that Envoy reads itself, by Doorward's keys: for APIs to which people come with nothing else.

It knows nothing of sessions that ended: a token is good for as long as it says.
"""

from collections.abc import Iterator
from typing import Final

from doorward.gateway.description import DOORWARD, Gateway, Tokens
from doorward.gateway.envoy.clusters import sent_again
from doorward.gateway.envoy.words import Message, extension, typed

_READ: Final = "envoy.filters.http.jwt_authn"
_JUDGE: Final = "envoy.filters.http.rbac"
_HEAD, _CLAIMS = "head", "claims"
_KIND: Final = "at+jwt"
_FIELDS: Final = (
    ("x-auth-subject", "sub"),
    ("x-auth-session", "sid"),
    ("x-auth-scopes", "scope"),
    ("x-auth-client", "client_id"),
    ("x-auth-time", "auth_time"),
)
"""By which fields an application is told what a token says."""


def filters(gateway: Gateway) -> Iterator[Message]:
    """Yield what reads tokens and what judges them, where an application takes any; both are off but where told."""
    taken = {place.tokens for site in gateway.sites for place in site.places if place.tokens is not None}
    if not taken:
        return
    providers = {tokens.audience: _provider(tokens) for tokens in sorted(taken, key=lambda each: each.audience)}
    yield extension(
        _READ,
        "filters.http.jwt_authn.v3.JwtAuthentication",
        providers=providers,
        requirement_map={name: {"provider_name": name} for name in providers},
    )
    yield {**extension(_JUDGE, "filters.http.rbac.v3.RBAC"), "disabled": True}


def of_place(tokens: Tokens) -> Message:
    """Return which tokens a route takes."""
    judged = {
        "action": "ALLOW",
        "policies": {"tokens": {"permissions": [{"any": True}], "principals": [_good(tokens)]}},
    }
    return {
        _READ: typed("filters.http.jwt_authn.v3.PerRouteConfig", requirement_name=tokens.audience),
        _JUDGE: typed("filters.http.rbac.v3.RBACPerRoute", rbac={"rules": judged}),
    }


def _provider(tokens: Tokens) -> Message:
    return {
        "issuer": tokens.issuer,
        "audiences": [tokens.audience],
        "require_expiration": True,
        "clock_skew_seconds": 5,
        "from_headers": [{"name": "authorization", "value_prefix": "Bearer "}],
        "forward": True,
        "header_in_metadata": _HEAD,
        "payload_in_metadata": _CLAIMS,
        "normalize_payload_in_metadata": {"space_delimited_claims": ["scope"]},
        "claim_to_headers": [{"header_name": field, "claim_name": claim} for field, claim in _FIELDS],
        "remote_jwks": {
            "http_uri": {"uri": f"{tokens.issuer}/.well-known/jwks.json", "cluster": DOORWARD, "timeout": "5s"},
            "cache_duration": "300s",
            "async_fetch": {"failed_refetch_duration": "1s"},
            "retry_policy": sent_again(harmless=True),
        },
    }


def _good(tokens: Tokens) -> Message:
    """Return what a token must be: an access token, with every scope, and bound to no key.

    Whoever holds a bound token has to prove that they hold its key, and nobody asks for the proof here.
    Source: RFC 9068 section 4; RFC 9449 section 7.2.
    """
    is_access_token = _says(_HEAD, "typ", {"string_match": {"exact": _KIND}})
    is_bound = _says(_CLAIMS, "cnf", {"present_match": True})
    scopes = [
        _says(_CLAIMS, "scope", {"list_match": {"one_of": {"string_match": {"exact": each}}}}) for each in tokens.scopes
    ]
    return {"and_ids": {"ids": [is_access_token, {"not_id": is_bound}, *scopes]}}


def _says(part: str, member: str, value: Message) -> Message:
    path = [{"key": part}, {"key": member}]
    return {"sourced_metadata": {"metadata_matcher": {"filter": _READ, "path": path, "value": value}}}
