"""Where Envoy listens, and how it reads what comes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Final

from doorward.gateway.description import Gateway, Site
from doorward.gateway.envoy.filters import filters, taken_away
from doorward.gateway.envoy.refusals import refusals
from doorward.gateway.envoy.routes import SOCKETS, elsewhere, hosts
from doorward.gateway.envoy.words import Message, address, extension, network

CERTIFICATE: Final = "certificate.json"
"""The file that says where the certificate is."""

_NOBODY: Final = IPv4Network("255.255.255.255/32")
_CLEAR, _ENCRYPTED = 80, 443
_CIPHERS: Final = tuple(
    f"ECDHE-{key}-{cipher}"
    for cipher in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305")
    for key in ("ECDSA", "RSA")
)


@dataclass(frozen=True, slots=True)
class Door:
    """A port, and what is asked for there; `sent_on` are sites that answer elsewhere, encrypted."""

    port: int
    is_tls: bool
    sites: tuple[Site, ...]
    sent_on: tuple[Site, ...] = ()


def listeners(gateway: Gateway, folder: Path) -> Iterator[Message]:
    """Yield a listener for each port."""
    for door in _doors(gateway.sites):
        yield {
            "name": f"port_{door.port}",
            **_addresses(gateway.edge.listen, door.port),
            "per_connection_buffer_limit_bytes": 65_536,
            **({"listener_filters": [_READS_NAMES]} if door.is_tls else {}),
            "filter_chains": [
                {
                    **(_encrypted(door, folder) if door.is_tls else {}),
                    "filters": [_manager(gateway, door)],
                }
            ],
        }


def _doors(sites: Sequence[Site]) -> Iterator[Door]:
    sent_on = tuple(site for site in sites if site.is_tls and site.port == _ENCRYPTED)
    found = dict.fromkeys((site.port, site.is_tls) for site in sites)
    if sent_on:
        found.setdefault((_CLEAR, False))
    for port, is_tls in found:
        here = tuple(site for site in sites if (site.port, site.is_tls) == (port, is_tls))
        yield Door(port, is_tls, here, sent_on if port == _CLEAR else ())


def _addresses(listen: Sequence[IPv4Address | IPv6Address], port: int) -> Message:
    first, *others = (address(each, port) for each in listen)
    return {"address": first, "additional_addresses": [{"address": each} for each in others]}


_READS_NAMES: Final = extension(
    "envoy.filters.listener.tls_inspector", "filters.listener.tls_inspector.v3.TlsInspector"
)


def _encrypted(door: Door, folder: Path) -> Message:
    """Return how a port is encrypted. Whoever asks for a name that is none of ours is not answered."""
    secret = {
        "name": "doorward",
        "sds_config": {
            "resource_api_version": "V3",
            "path_config_source": {"path": str(folder / CERTIFICATE)},
        },
    }
    return {
        "filter_chain_match": {"server_names": [site.host for site in door.sites]},
        "transport_socket_connect_timeout": "10s",
        "transport_socket": extension(
            "envoy.transport_sockets.tls",
            "transport_sockets.tls.v3.DownstreamTlsContext",
            common_tls_context={
                "alpn_protocols": ["h2", "http/1.1"],
                "tls_params": {
                    "tls_minimum_protocol_version": "TLSv1_2",
                    "tls_maximum_protocol_version": "TLSv1_3",
                    "cipher_suites": list(_CIPHERS),
                },
                "tls_certificate_sds_secret_configs": [secret],
            },
        ),
    }


def _manager(gateway: Gateway, door: Door) -> Message:
    edge = gateway.edge
    return extension(
        "envoy.filters.network.http_connection_manager",
        "filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix=f"port_{door.port}",
        # In clear text nothing but HTTP/1.1 is spoken.
        codec_type="AUTO" if door.is_tls else "HTTP1",
        server_header_transformation="PASS_THROUGH",
        **_READ_STRICTLY,
        **_known_callers(edge.behind),
        access_log=[_log(edge.log)],
        early_header_mutation_extensions=[taken_away(gateway)],
        local_reply_config=refusals(),
        route_config={
            "virtual_hosts": [*(elsewhere(site) for site in door.sent_on), *hosts(gateway, door.sites)],
        },
        http_filters=list(filters(gateway)),
    )


def _log(place: Path) -> Message:
    """Return what is written of a request: never its query, in which codes and links travel."""
    return extension(
        "envoy.access_loggers.file",
        "access_loggers.file.v3.FileAccessLog",
        path=str(place),
        log_format={"json_format": _LINE},
    )


_LINE: Final[Message] = {
    "event": "gateway.answered",
    "timestamp": "%START_TIME%",
    "request_id": "%REQ(X-REQUEST-ID)%",
    "method": "%REQ(:METHOD)%",
    "host": "%REQ(:AUTHORITY)%",
    "path": "%PATH(NQ)%",
    "status": "%RESPONSE_CODE%",
    "bytes": "%BYTES_SENT%",
    "milliseconds": "%DURATION%",
    "upstream": "%UPSTREAM_HOST%",
    "why": "%RESPONSE_CODE_DETAILS%",
}

_READ_STRICTLY: Final[Message] = {
    "common_http_protocol_options": {
        "idle_timeout": "75s",
        "headers_with_underscores_action": "REJECT_REQUEST",
        "max_headers_count": 100,
    },
    "http2_protocol_options": {
        "max_concurrent_streams": 100,
        "initial_stream_window_size": 65_536,
        "initial_connection_window_size": 1_048_576,
    },
    "max_request_headers_kb": 64,
    "request_headers_timeout": "10s",
    "stream_idle_timeout": "60s",
    "normalize_path": True,
    "merge_slashes": True,
    "path_with_escaped_slashes_action": "REJECT_REQUEST",
    # Sockets alone may leave HTTP, and where routes let them: on a line that speaks h2c one could ask past the guard.
    "upgrade_configs": [{"upgrade_type": SOCKETS, "enabled": False}],
    "generate_request_id": True,
    "preserve_external_request_id": False,
}


def _known_callers(behind: Sequence[IPv4Network | IPv6Network]) -> Message:
    """Return how it is known who calls: by their own address, past proxies that are named, and by nobody's word.

    No address is taken for one of the network inside, whose requests may say how they are to be handled.
    """
    nobody = {"internal_address_config": {"cidr_ranges": [network(_NOBODY)]}}
    if not behind:
        return {"use_remote_address": True, "skip_xff_append": True, **nobody}
    proxies = {"cidrs": [network(each) for each in behind]}
    read = extension(
        "envoy.http.original_ip_detection.xff", "http.original_ip_detection.xff.v3.XffConfig", xff_trusted_cidrs=proxies
    )
    return {"use_remote_address": False, "original_ip_detection_extensions": [read], **nobody}
