"""What each request goes through: fields that nobody may bring along, limits, tokens, the question to Doorward."""

from collections.abc import Iterator
from typing import Final

from doorward.gateway.description import BROUGHT, DOORWARD, SIGN_IN, Gateway, Rate, Site, Tokens
from doorward.gateway.envoy import tokens
from doorward.gateway.envoy.clusters import ASKED, sent_again
from doorward.gateway.envoy.words import Message, exactly, extension, matching, overwritten, typed

CALLER: Final = "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"
FORWARDED_OF: Final = ("x-forwarded-uri", "x-forwarded-method")
"""The fields that Doorward alone hears, of a request that it is asked about."""

LONGEST_BODY: Final = 128 * 1024
"""How many bytes Doorward is sent at once, but for what is to be kept."""

MOST_CALLERS: Final = 65_536
"""How many callers are counted at once; past it the one that was counted longest ago is forgotten."""

_TRACE: Final = ("traceparent", "tracestate")
_SHOWN: Final = (
    "accept",
    "authorization",
    "cookie",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-purpose",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-request-id",
    "x-requested-with",
    *FORWARDED_OF,
    *_TRACE,
)
_TOLD: Final = (
    "cache-control",
    "content-security-policy",
    "content-type",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "location",
    "permissions-policy",
    "referrer-policy",
    "retry-after",
    "set-cookie",
    "strict-transport-security",
    "www-authenticate",
    "x-content-type-options",
    "x-frame-options",
    "x-request-id",
)
_HEADERS: Final = "envoy.filters.http.header_mutation"
_BUFFER: Final = "envoy.filters.http.buffer"
_ASK: Final = "envoy.filters.http.ext_authz"


def taken_away(gateway: Gateway) -> Message:
    """Return what takes away, before anything is looked at, what only this gateway or Doorward may say.

    Many applications take other signs in the name of a field for the dash, so each name goes with any of them. Which
    trace a request belongs to is believed of nobody: where proxies stand before this one, others may still reach it.
    """
    names = (*gateway.identity, "x-request-id", *BROUGHT, *_TRACE)
    spellings = (matching(name.replace("-", "[^a-z0-9]")) for name in names)
    own = {"prefix": "x-envoy-"}
    return extension(
        "envoy.http.early_header_mutation.header_mutation",
        "http.early_header_mutation.header_mutation.v3.HeaderMutation",
        mutations=[{"remove_on_match": {"key_matcher": each}} for each in (*spellings, own)],
    )


def filters(gateway: Gateway) -> Iterator[Message]:
    """Yield what every request goes through, in this order."""
    yield extension(_HEADERS, "filters.http.header_mutation.v3.HeaderMutation")
    yield from (_limit(rate) for rate in gateway.rates)
    yield from tokens.filters(gateway)
    if any(site.is_guarded for site in gateway.sites):
        yield _ask(gateway)
    yield {
        **extension(_BUFFER, "filters.http.buffer.v3.Buffer", max_request_bytes=LONGEST_BODY),
        "disabled": True,
    }
    yield extension("envoy.filters.http.router", "filters.http.router.v3.Router", suppress_envoy_headers=True)


def of_site(site: Site) -> Message:
    """Return what servers, and Doorward, hear of a request to a site: its origin as this gateway knows it."""
    said = {
        "x-forwarded-proto": "https" if site.is_tls else "http",
        "x-forwarded-host": site.authority,
        "x-forwarded-uri": "%REQ(:PATH)%",
        "x-forwarded-method": "%REQ(:METHOD)%",
    }
    mutations = [{"append": overwritten(*each)} for each in said.items()]
    return {
        _HEADERS: typed(
            "filters.http.header_mutation.v3.HeaderMutationPerRoute", mutations={"request_mutations": mutations}
        )
    }


def of_place(gateway: Gateway, *, guarded: bool, whole_bodies: bool, taken: Tokens | None = None) -> Message:
    """Return what differs for a route. A guard is there unless it is taken away."""
    chosen: dict[str, object] = {} if taken is None else dict(tokens.of_place(taken))
    if not guarded and any(site.is_guarded for site in gateway.sites):
        chosen[_ASK] = typed("filters.http.ext_authz.v3.ExtAuthzPerRoute", disabled=True)
    if whole_bodies:
        chosen[_BUFFER] = typed("filters.http.buffer.v3.BufferPerRoute", buffer={"max_request_bytes": LONGEST_BODY})
    return chosen


def _limit(rate: Rate) -> Message:
    """Return a limit of tier 1. Of IPv6 a whole /64 is one caller: whoever has one address of it has all of them."""
    caller = {"masked_remote_address": {"v4_prefix_mask_len": 32, "v6_prefix_mask_len": 64}}
    counted = [*([_attempts()] if rate.name == "sign_in_page" else []), caller]
    entries = [*([{"key": "attempt", "value": "yes"}] if rate.name == "sign_in_page" else []), _ANY_CALLER]
    bucket = {
        "max_tokens": rate.amount,
        "tokens_per_fill": rate.amount,
        "fill_interval": "60s" if rate.is_per_minute else "1s",
    }
    return extension(
        f"doorward.limits.{rate.name}",
        "filters.http.local_ratelimit.v3.LocalRateLimit",
        stat_prefix=rate.name,
        filter_enabled=_ALWAYS,
        filter_enforced=_ALWAYS,
        rate_limits=[{"actions": counted}],
        descriptors=[{"entries": entries, "token_bucket": bucket}],
        max_dynamic_descriptors=MOST_CALLERS,
        always_consume_default_token_bucket=False,
        response_headers_to_add=[overwritten("retry-after", str(rate.retry_after_seconds))],
    )


_ANY_CALLER: Final = {"key": "masked_remote_address"}
_ALWAYS: Final = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}


def _attempts() -> Message:
    """Return what counts attempts at the sign-in page: looking at it is none."""
    is_post = {"name": ":method", "string_match": {"exact": "POST"}}
    is_there = {"name": ":path", "string_match": matching(rf"{SIGN_IN}(?:\?.*)?")}
    return {
        "header_value_match": {
            "descriptor_key": "attempt",
            "descriptor_value": "yes",
            "headers": [is_post, is_there],
        }
    }


def _ask(gateway: Gateway) -> Message:
    """Return the question to Doorward. Without a yes nobody is let in, whatever the reason."""
    return extension(
        _ASK,
        "filters.http.ext_authz.v3.ExtAuthz",
        transport_api_version="V3",
        failure_mode_allow=False,
        status_on_error={"code": "ServiceUnavailable"},
        allowed_headers=exactly(_SHOWN),
        http_service={
            "server_uri": {"uri": f"http://{DOORWARD}", "cluster": ASKED, "timeout": "10s"},
            "path_override": "/forward-auth",
            "retry_policy": sent_again(harmless=True),
            "authorization_request": {"headers_to_add": [{"key": "x-forwarded-for", "value": CALLER}]},
            "authorization_response": {
                "allowed_upstream_headers": exactly(gateway.identity),
                "allowed_client_headers": exactly(_TOLD),
            },
        },
    )
