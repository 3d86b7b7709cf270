"""Where requests go: pools of servers, which of them is well, and when a request is sent again."""

import re
from collections.abc import Iterator
from typing import Final

from doorward.gateway.description import DOORWARD, FILES, PATIENCE_SECONDS, Gateway, Pool
from doorward.gateway.envoy.words import Message, address, extension, typed

ASKED: Final = "doorward_asked"
"""Doorward's own servers, as they are asked about requests to guarded applications."""

OWN_POOLS: Final = frozenset({DOORWARD, FILES})
"""Where Doorward itself answers."""

HARMLESS: Final = "GET|HEAD|OPTIONS"
"""Methods by which a request may be sent twice."""

_AT_ONCE: Final = 4096
_IP: Final = re.compile(r"[0-9.]+|\[.*\]")
_UNSEEN: Final = "connect-failure,refused-stream,reset-before-request"


def clusters(gateway: Gateway) -> Iterator[Message]:
    """Yield every pool; Doorward's a second time, where anybody is to be asked."""
    for pool in gateway.pools:
        yield _cluster(pool, pool.name)
    if any(site.is_guarded for site in gateway.sites):
        own = next(pool for pool in gateway.pools if pool.name == DOORWARD)
        yield _cluster(own, ASKED, as_get=True)


def sent_again(*, harmless: bool) -> Message:
    """Return when a request goes to another server: when the first never saw it, or where twice does no harm."""
    return {
        "retry_on": f"{_UNSEEN},reset" if harmless else _UNSEEN,
        "num_retries": 2,
        "retry_back_off": {"base_interval": "0.01s"},
        "host_selection_retry_max_attempts": 5,
        "retry_host_predicate": [
            extension(
                "envoy.retry_host_predicates.previous_hosts", "retry.host.previous_hosts.v3.PreviousHostsPredicate"
            )
        ],
    }


def _cluster(pool: Pool, name: str, *, as_get: bool = False) -> Message:
    return {
        "name": name,
        "type": "STATIC" if all(_IP.fullmatch(_parted(server)[0]) for server in pool.servers) else "STRICT_DNS",
        "connect_timeout": "2s",
        # When none seems to be well, all are tried, rather than none.
        "common_lb_config": {"healthy_panic_threshold": {"value": 1}},
        "circuit_breakers": {
            "thresholds": [
                dict.fromkeys(("max_connections", "max_pending_requests", "max_requests", "max_retries"), _AT_ONCE)
            ]
        },
        "outlier_detection": _OUT,
        **(
            {"health_checks": [_HEALTH], "close_connections_on_host_health_failure": True}
            if pool.name in OWN_POOLS
            else {}
        ),
        "load_assignment": {
            "cluster_name": name,
            "endpoints": [
                {
                    "lb_endpoints": [
                        {"endpoint": {"address": address(host.strip("[]"), port)}}
                        for host, port in map(_parted, pool.servers)
                    ]
                }
            ],
        },
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed(
                "upstreams.http.v3.HttpProtocolOptions",
                explicit_http_config={"http_protocol_options": {}},
                common_http_protocol_options={"idle_timeout": f"{PATIENCE_SECONDS}s"},
                **({"http_filters": _AS_GET} if as_get else {}),
            )
        },
    }


def _parted(server: str) -> tuple[str, int]:
    host, _, port = server.rpartition(":")
    return host, int(port)


_OUT: Final[Message] = {
    "split_external_local_origin_errors": True,
    "consecutive_local_origin_failure": 1,
    "enforcing_consecutive_5xx": 0,
    "enforcing_consecutive_gateway_failure": 0,
    "enforcing_success_rate": 0,
    "enforcing_local_origin_success_rate": 0,
    "interval": "1s",
    "base_ejection_time": f"{PATIENCE_SECONDS}s",
    "max_ejection_time": f"{PATIENCE_SECONDS}s",
    "max_ejection_percent": 100,
}
"""A server that cannot be reached is left out for a moment; what it answers is its own affair."""

_HEALTH: Final[Message] = {
    "timeout": "1s",
    "interval": "1s",
    "no_traffic_interval": "1s",
    "unhealthy_threshold": 2,
    "healthy_threshold": 1,
    "http_health_check": {"path": "/readyz"},
}

_AS_GET: Final = (
    extension(
        "envoy.filters.http.lua",
        "filters.http.lua.v3.Lua",
        default_source_code={
            "inline_string": 'function envoy_on_request(handle) handle:headers():replace(":method", "GET") end'
        },
    ),
    extension("envoy.filters.http.upstream_codec", "filters.http.upstream_codec.v3.UpstreamCodec"),
)
"""Doorward is asked by GET, whatever the request is that it is asked about."""
