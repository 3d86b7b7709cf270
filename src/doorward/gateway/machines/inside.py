"""A deployment in a network in which parts have names: where each is there, its gateway, and its secrets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from doorward.gateway.description import Gateway, described
from doorward.gateway.machines import settings as chosen
from doorward.gateway.machines.named import CACHE_PORT, named
from doorward.gateway.topology import Store, StoreKind, Topology
from doorward.settings.generate import generate_secret
from doorward.settings.record import Loaded, Settings

_STORE_URLS: Final[Mapping[StoreKind, str]] = {
    StoreKind.POSTGRESQL: "postgresql://doorward:{password}@{server}/doorward",
    StoreKind.MONGODB: "mongodb://doorward:{password}@{server}/doorward?authSource=admin",
}
_CACHE: Final = """bind * -::*
port {port}
requirepass {password}
save ""
appendonly no
maxmemory-policy noeviction
dir /data
"""
_NGINX: Final = """# {note}
pid /tmp/nginx.pid;
worker_processes auto;
error_log stderr warn;
events {{ worker_connections 4096; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path /tmp/body; proxy_temp_path /tmp/proxy; fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi; scgi_temp_path /tmp/scgi;
    include {folder}/doorward.conf;
}}
"""


@dataclass(frozen=True, slots=True)
class Inside:
    """Where everything stands inside. Of `secrets` (name to value) Doorward's processes read those named in `read`."""

    topology: Topology
    gateway: Gateway
    secrets: Mapping[str, str]
    read: frozenset[str]


def nginx_conf(folder: Path, *, note: str) -> str:
    """Return what stands around the gateway's files in a `folder` of a container that can write below /tmp alone."""
    return _NGINX.format(folder=folder, note=note)


def moved(loaded: Loaded, topology: Topology, *, gateway: IPv4Network, kept: Mapping[str, str]) -> Inside:
    """Return a deployment as it is inside a network, with the secrets that are `kept` there already.

    Raises: SettingsInvalid, where topology and settings say different things.
    """
    described(loaded.settings, topology)
    inside = named(topology, gateway=gateway)
    secrets = {**chosen.known(loaded, kept), **dict(_passwords(inside, kept))}
    secrets |= dict(_addresses(loaded, inside, secrets))
    settings = _with(loaded.settings, gateway, secrets)
    read = frozenset(secrets) - {"store_password", "cache_password", "cache_conf"}
    return Inside(inside, described(settings, inside), dict(sorted(secrets.items())), read)


def _passwords(inside: Topology, kept: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the passwords of store and cache, which are made once."""
    wanted = ["store_password"] if inside.store is not None and inside.store.kind is not StoreKind.SQLITE else []
    wanted += ["cache_password"] if inside.cache is not None else []
    for name in wanted:
        yield name, kept.get(name) or generate_secret()


def _addresses(loaded: Loaded, inside: Topology, secrets: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the URLs of store, cache and files: of those inside, or those that are elsewhere and were given."""
    given = chosen.places(loaded)
    if inside.store is not None and inside.store.kind is not StoreKind.SQLITE:
        given["store_url"] = _url(inside.store, secrets["store_password"])
    if inside.cache is not None:
        password = secrets["cache_password"]
        given["cache_url"] = f"redis://:{password}@{inside.cache.servers[0]}/0"
        yield "cache_conf", _CACHE.format(port=CACHE_PORT, password=password)
    # A file or a folder of this machine is not there; inside, both lie where they lie by default.
    yield from ((name, url) for name, url in given.items() if not url.startswith(("sqlite:", "file:")))


def _url(store: Store, password: str) -> str:
    return _STORE_URLS[store.kind].format(password=password, server=store.servers[0])


def _with(settings: Settings, gateway: IPv4Network, secrets: Mapping[str, str]) -> Settings:
    """Return the settings as they are inside."""
    urls = {name: SecretStr(secrets[name]) for name in ("store_url", "cache_url") if name in secrets}
    return settings.model_copy(
        update={
            "server": settings.server.model_copy(update={"trusted_proxies": (gateway,)}),
            "store": settings.store.model_copy(update=urls),
            # Files lie where the gateway there reads nothing, so Doorward sends them itself.
            "files": settings.files.model_copy(update={"files_accel": None}),
        }
    )
