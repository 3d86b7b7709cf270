"""Every part as a container: compose.yaml, the image of Doorward, and what is mounted into the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address
from pathlib import Path
from typing import Final

from doorward.gateway import nginx
from doorward.gateway.description import Gateway
from doorward.gateway.machines import settings as chosen
from doorward.gateway.machines.files import SECRET, File, Files, plain
from doorward.gateway.machines.inside import Inside, moved, nginx_conf
from doorward.gateway.machines.named import CACHE_PORT, ENDS_WITHIN_SECONDS, SERVES_AT, SHOWS_AT, host_of, port_of
from doorward.gateway.monitoring import files as monitoring
from doorward.gateway.monitoring import yaml
from doorward.gateway.topology import Address, StoreKind, Topology
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import Loaded

_NOTE: Final = "Written by `doorward compose`. Change topology.toml or doorward.toml, and write it anew."
_NETWORK: Final = IPv4Network("10.213.0.0/16")
_GATEWAY: Final = IPv4Network("10.213.0.2/32")
_GIVEN_OUT: Final = IPv4Network("10.213.128.0/17")
"""Where Docker takes addresses for whoever has none of its own: it would give the gateway's away otherwise."""

_FIRST_ADDRESS: Final = 256
"""Which address of the network the first server behind the gateway has: nginx asks for names at its start alone."""

_DATA: Final = "/var/lib/doorward"
_SECRETS: Final = "/run/secrets"
_NGINX_AT: Final = Path("/etc/nginx/doorward")
_PROMETHEUS_AT: Final = Path("/etc/prometheus")
_SENT_BY_NGINX: Final = "DOORWARD_FILES_ACCEL"
"""A setting for a gateway that reads the folder of files, as the one in its container does not."""

_READY: Final = "import sys, urllib.request as ask; sys.exit(ask.urlopen(sys.argv[1], timeout=3).status != 200)"
_USER: Final = "DOORWARD_USER"
_IPV4: Final = 4
_HERE: Final = "127.0.0.1:"
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_HEALTHY: Final = "service_healthy"
_STARTED: Final = "service_started"
_IMAGES: Final[Mapping[str, str]] = {
    "DOORWARD_IMAGE": "doorward",
    "GATEWAY_IMAGE": "nginx:1.28",
    "POSTGRESQL_IMAGE": "postgres:18",
    "MONGODB_IMAGE": "mongo:8",
    "CACHE_IMAGE": "redis:8",
    "PROMETHEUS_IMAGE": "prom/prometheus:v3.8.0",
    "ALERTMANAGER_IMAGE": "prom/alertmanager:v0.29.0",
}
_CLOSED: Final[Mapping[str, object]] = {
    "read_only": True,
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
    "restart": "unless-stopped",
    "pids_limit": 512,
    "logging": {"driver": "json-file", "options": {"max-size": "10m", "max-file": "5"}},
}
_OWN_USER: Final = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"]
"""What the images of databases need to become another user than root, once, at their start."""

_DOCKERFILE: Final = """# {note}
ARG PYTHON_IMAGE=python:3.13-slim
FROM ${{PYTHON_IMAGE}}
RUN pip install --no-cache-dir "doorward[server,postgres,mongodb,redis,s3,images,otel]=={version}" \\
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin doorward
USER 10001:10001
WORKDIR /tmp
ENTRYPOINT ["doorward"]
"""


def written(
    loaded: Loaded,
    topology: Topology,
    *,
    kept: Mapping[str, str],
    user: str,
    version: str,
    lines: Sequence[str] = (),
) -> Files:
    """Return every file. `kept` are secrets that are there already, by name; `user` is UID:GID of who may read them.

    `version` is the release that the image has; `lines` stand in .env already.

    Raises: SettingsInvalid, where topology and settings say different things, or a secret would be for all to read.
    """
    _refuse(topology.gateway.listen)
    inside = moved(loaded, topology, gateway=_GATEWAY, kept=kept)
    environment = {name: value for name, value in chosen.environment(loaded).items() if name != _SENT_BY_NGINX}
    composition = _Composition(inside, environment, topology.gateway.listen, tuple(map(str, chosen.files(loaded))))
    document = {
        "name": "doorward",
        "services": dict(composition.services()),
        "networks": {
            "inside": {"ipam": {"config": [{"subnet": str(_NETWORK), "ip_range": str(_GIVEN_OUT)}]}},
            "kept": {"internal": True},
        },
        "volumes": {name: {} for name in composition.volumes()},
        "secrets": {name: {"file": f"./secrets/{name}"} for name in inside.secrets},
    }
    return {
        "compose.yaml": File(yaml.written(document, note=_NOTE)),
        "Dockerfile": File(_DOCKERFILE.format(note=_NOTE, version=version)),
        ".env": File("".join(f"{line}\n" for line in _variables(lines, user))),
        "gateway/nginx.conf": File(nginx_conf(_NGINX_AT, note=_NOTE)),
        **plain(nginx.written(inside.gateway, _NGINX_AT), below="gateway/doorward"),
        **(
            plain(monitoring.written(inside.topology, _PROMETHEUS_AT), below="monitoring")
            if topology.monitoring
            else {}
        ),
        **{f"secrets/{name}": File(value, SECRET) for name, value in inside.secrets.items()},
    }


def _variables(lines: Sequence[str], user: str) -> Iterator[str]:
    """Yield the lines of .env: those that somebody may have changed, and what is not among them."""
    own = {**_IMAGES, _USER: user}
    there = [line for line in lines if line.partition("=")[0].strip() != _USER]
    yield from there
    names = {line.partition("=")[0].strip() for line in there}
    yield from (f"{name}={value}" for name, value in own.items() if name not in names)


def _refuse(listen: Sequence[IPv4Address | IPv6Address]) -> None:
    """Return when the gateway is to listen where its container hears who calls.

    Raises: SettingsInvalid.
    """
    if not any(address.version == _IPV4 for address in listen):
        why = "What comes by IPv6 reaches a container from one address, so that one caller uses up everybody's limits."
        remedy = "List an address of IPv4 as listen, or run the gateway on the machine itself."
        raise SettingsInvalid([Problem("The gateway is to listen on IPv6 alone.", why, remedy)])


@dataclass(frozen=True, slots=True)
class _Composition:
    """What containers are made of. `mounted` are files of this machine that settings name."""

    inside: Inside
    environment: Mapping[str, str]
    listen: tuple[IPv4Address | IPv6Address, ...]
    mounted: tuple[str, ...]

    def services(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Yield every container, what others stand on first."""
        topology = self.inside.topology
        yield from self._beneath()
        yield "migrate", {**self._doorward(["store", "migrate"]), "restart": "no", "depends_on": self._on_store()}
        files = topology.files.servers if topology.files else ()
        for address in (*topology.auth.servers, *files):
            yield host_of(address), {**self._serving(), **self._placed(address, "kept")}
        for address in topology.workers:
            yield host_of(address), self._working()
        yield from self._applications()
        yield "gateway", self._nginx(self.inside.gateway)
        yield from self._monitoring()

    def volumes(self) -> Iterator[str]:
        """Yield what is kept on disks of its own."""
        if self.inside.topology.store is not None and self.inside.topology.store.servers:
            yield "store"
        if self.inside.topology.monitoring is not None:
            yield "series"

    def _beneath(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        store, cache = self.inside.topology.store, self.inside.topology.cache
        if store is not None and store.kind is not StoreKind.SQLITE:
            yield "store", _STORES[store.kind]
        if cache is not None:
            yield "cache", _CACHE

    def _doorward(self, command: list[str]) -> dict[str, object]:
        secrets = [name for name in self.inside.secrets if name in self.inside.read]
        return {
            **_CLOSED,
            "image": "${DOORWARD_IMAGE}",
            "build": ".",
            "user": "${DOORWARD_USER}",
            "command": command,
            "environment": {
                **{name: value.replace("$", "$$") for name, value in self.environment.items()},
                **{f"DOORWARD_{name.upper()}_FILE": f"{_SECRETS}/{name}" for name in secrets},
                "DOORWARD_DATA_DIR": _DATA,
                "DOORWARD_TRUSTED_PROXIES": str(_GATEWAY),
            },
            "secrets": secrets,
            "volumes": [f"./data:{_DATA}", *(f"{path}:{path}:ro" for path in self.mounted)],
            "tmpfs": ["/tmp"],  # noqa: S108 (of the container)
            "networks": ["inside", "kept"],
        }

    def _serving(self) -> Mapping[str, object]:
        jobs = ["--no-worker"] if self.inside.topology.worker else []
        service = self._doorward(["serve", *jobs, "--host", "0.0.0.0", "--port", str(SERVES_AT)])  # noqa: S104 (inside)
        return self._after_migration(service, SERVES_AT)

    def _working(self) -> Mapping[str, object]:
        return self._after_migration(self._doorward(["worker"]), SHOWS_AT)

    def _after_migration(self, service: dict[str, object], port: int) -> Mapping[str, object]:
        """Return a process of Doorward that shows its figures, starts on a store that fits, and is asked at `port`."""
        shown = {"DOORWARD_METRICS_HOST": "0.0.0.0", "DOORWARD_METRICS_PORT": str(SHOWS_AT)}  # noqa: S104 (inside)
        on_cache = {"cache": {"condition": _HEALTHY}} if self.inside.topology.cache else {}
        environment = service["environment"]
        return {
            **service,
            "environment": {**(environment if isinstance(environment, dict) else {}), **shown},
            "depends_on": {"migrate": {"condition": "service_completed_successfully"}, **on_cache},
            "healthcheck": _asked(["CMD", "python", "-c", _READY, f"http://127.0.0.1:{port}/readyz"]),
            "stop_grace_period": f"{ENDS_WITHIN_SECONDS}s",
        }

    def _on_store(self) -> Mapping[str, object]:
        has_store = any(name == "store" for name, _ in self._beneath())
        return {"store": {"condition": _HEALTHY}} if has_store else {}

    def _applications(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        for number, each in enumerate(self.inside.topology.applications, 1):
            asks = f"${{APPLICATION_{number}_IMAGE:?is the image of what answers at {each.origin}{each.path}}}"
            for address in each.servers:
                yield host_of(address), {"image": asks, "expose": [str(port_of(address))], **self._placed(address)}

    def _nginx(self, gateway: Gateway) -> Mapping[str, object]:
        places = (place.root for site in gateway.sites for place in site.places if place.root)
        keys = (path for path in (gateway.edge.certificate, gateway.edge.key) if path)
        return {
            **_CLOSED,
            "image": "${GATEWAY_IMAGE}",
            "user": "${GATEWAY_USER:-101:101}",
            "command": ["nginx", "-c", "/etc/nginx/nginx.conf", "-e", "stderr", "-g", "daemon off;"],
            "ports": list(dict.fromkeys(self._opened(gateway))),
            "volumes": [
                "./gateway/nginx.conf:/etc/nginx/nginx.conf:ro",
                f"./gateway/doorward:{_NGINX_AT}:ro",
                *dict.fromkeys(f"{path}:{path}:ro" for path in (*keys, *places)),
            ],
            "tmpfs": ["/tmp", f"{gateway.edge.state}:mode=1777"],  # noqa: S108 (of the container)
            "networks": {"inside": {"ipv4_address": str(_GATEWAY.network_address)}},
            "depends_on": {
                host_of(address): {"condition": _STARTED if pool.name.startswith("application") else _HEALTHY}
                for pool in gateway.pools
                for address in pool.servers
            },
        }

    def _opened(self, gateway: Gateway) -> Iterator[str]:
        """Yield what is open on this machine, and on which of its addresses, each of which a caller is heard at."""
        addresses = [f"{address}:" for address in self.listen if address.version == _IPV4]
        for port, host in sorted({(site.port, site.host) for site in gateway.sites}):
            yield from (f"{each}{port}:{port}" for each in ([_HERE] if host in _LOOPBACK else addresses))
        if any(site.is_tls and site.port == 443 for site in gateway.sites):  # noqa: PLR2004 (of https)
            yield from (f"{each}80:80" for each in addresses)

    def _placed(self, address: Address, *also: str) -> Mapping[str, object]:
        """Return the networks of a server behind the gateway, in one of which it has an address that stays."""
        behind = [server for pool in self.inside.gateway.pools for server in pool.servers]
        here = {"ipv4_address": str(_NETWORK[_FIRST_ADDRESS + behind.index(address)])}
        return {"networks": {"inside": here, **{name: {} for name in also}}}

    def _monitoring(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        watching = self.inside.topology.monitoring
        if watching is None:
            return
        port = port_of(watching.server)
        yield (
            "prometheus",
            {
                **_watching("PROMETHEUS_IMAGE", watching.server),
                "command": [f"--config.file={_PROMETHEUS_AT}/prometheus.yml", "--storage.tsdb.path=/prometheus"],
                "ports": [f"{_HERE}{port}:{port}"],
                "volumes": [f"./monitoring:{_PROMETHEUS_AT}:ro", "series:/prometheus"],
            },
        )
        if watching.alertmanager is not None:
            yield (
                "alertmanager",
                {
                    **_watching("ALERTMANAGER_IMAGE", watching.alertmanager),
                    "command": [f"--config.file={_PROMETHEUS_AT}/alertmanager.yml", "--storage.path=/tmp"],
                    "volumes": [f"./monitoring:{_PROMETHEUS_AT}:ro"],
                    "tmpfs": ["/tmp"],  # noqa: S108 (of the container)
                },
            )


def _asked(words: list[str]) -> Mapping[str, object]:
    return {"test": words, "interval": "5s", "timeout": "4s", "retries": 24, "start_period": "20s"}


def _watching(image: str, address: Address) -> Mapping[str, object]:
    return {**_CLOSED, "image": f"${{{image}}}", "networks": ["inside"], "expose": [str(port_of(address))]}


_STORES: Final[Mapping[StoreKind, Mapping[str, object]]] = {
    StoreKind.POSTGRESQL: {
        **_CLOSED,
        "image": "${POSTGRESQL_IMAGE}",
        "cap_add": _OWN_USER,
        "environment": {
            "POSTGRES_USER": "doorward",
            "POSTGRES_DB": "doorward",
            "POSTGRES_PASSWORD_FILE": f"{_SECRETS}/store_password",
        },
        "secrets": ["store_password"],
        "volumes": ["store:/var/lib/postgresql"],
        "tmpfs": ["/tmp", "/run/postgresql"],  # noqa: S108 (of the container)
        "networks": ["kept"],
        "shm_size": "256m",
        "stop_signal": "SIGINT",
        "healthcheck": _asked(["CMD", "pg_isready", "--username", "doorward"]),
    },
    StoreKind.MONGODB: {
        **_CLOSED,
        "image": "${MONGODB_IMAGE}",
        "cap_add": _OWN_USER,
        "environment": {"MONGO_INITDB_ROOT_USERNAME": "doorward"},
        # The image reads its password only after it has become a user who may not.
        "entrypoint": [
            "sh",
            "-c",
            f'MONGO_INITDB_ROOT_PASSWORD="$$(cat {_SECRETS}/store_password)" exec docker-entrypoint.sh mongod',
        ],
        "secrets": ["store_password"],
        "volumes": ["store:/data/db"],
        "tmpfs": ["/tmp", "/data/configdb"],  # noqa: S108 (of the container)
        "networks": ["kept"],
        "healthcheck": _asked(["CMD", "mongosh", "--quiet", "--eval", "db.adminCommand('ping').ok"]),
    },
}
_CACHE: Final[Mapping[str, object]] = {
    **_CLOSED,
    "image": "${CACHE_IMAGE}",
    "user": "${DOORWARD_USER}",
    "command": ["redis-server", f"{_SECRETS}/cache_conf"],
    "secrets": ["cache_conf", "cache_password"],
    "tmpfs": ["/data"],
    "networks": ["kept"],
    "healthcheck": _asked(
        [
            "CMD-SHELL",
            f'REDISCLI_AUTH="$$(cat {_SECRETS}/cache_password)" redis-cli -p {CACHE_PORT} ping | grep -q PONG',
        ]
    ),
}
