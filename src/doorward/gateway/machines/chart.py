"""A chart for Helm: servers, workers, gateway and monitoring, from the topology. Store and cache are elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv4Network
from pathlib import Path
from typing import Final

from doorward.gateway import nginx
from doorward.gateway.description import described
from doorward.gateway.machines import settings as chosen
from doorward.gateway.machines.files import SECRET, File, Files, plain
from doorward.gateway.machines.inside import nginx_conf
from doorward.gateway.machines.named import LOG, SERVES_AT, SHOWS_AT, STATE, port_of
from doorward.gateway.machines.objects import Object, container, network_policy, pods, probe, service
from doorward.gateway.monitoring import files as monitoring
from doorward.gateway.monitoring import yaml
from doorward.gateway.topology import StoreKind, Topology
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import Loaded, Settings

CHART: Final = "doorward"

_NOTE: Final = "Written by `doorward helm`. Change topology.toml or doorward.toml, and write it anew."
_SECRETS: Final = "/etc/doorward/secrets"
_TLS: Final = "/etc/doorward/tls"
_NGINX_AT: Final = Path("/etc/nginx/doorward")
_PROMETHEUS_AT: Final = Path("/etc/prometheus")
_DATA: Final = "/var/lib/doorward"
_PROMETHEUS: Final = "prometheus:9090"
_ALERTMANAGER: Final = "alertmanager:9093"
_VALUES: Final[Mapping[str, object]] = {
    "images": {
        "doorward": "registry.example.org/doorward",
        "nginx": "nginx:1.28",
        "prometheus": "prom/prometheus:v3.8.0",
        "alertmanager": "prom/alertmanager:v0.29.0",
    },
    "secretName": "doorward",
    "tlsSecretName": "doorward-tls",
    "gatewayServiceType": "LoadBalancer",
}
_CONFIG: Final = """# {note}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
data:
{{{{ (.Files.Glob "{files}/*").AsConfig | indent 2 }}}}
"""


def written(
    loaded: Loaded, topology: Topology, *, kept: Mapping[str, str], pods_in: IPv4Network, version: str
) -> Files:
    """Return every file: the chart, and beside it the secrets that a Secret is made of.

    `kept` are secrets that are there already, by name; `pods_in` is the network of all pods, whose gateway is trusted
    because nobody else reaches the servers.
    Raises: SettingsInvalid, where topology and settings say different things, or a part cannot be there.
    """
    described(loaded.settings, topology)
    _refuse(loaded.settings, topology)
    secrets = dict(sorted({**chosen.known(loaded, kept), **chosen.places(loaded)}.items()))
    loaded, of_providers = chosen.carried(loaded, _SECRETS)
    gateway = nginx.written(described(_with(loaded.settings, pods_in), _before(topology, pods_in)), _NGINX_AT)
    config = {"nginx.conf": nginx_conf(_NGINX_AT, note=_NOTE), **gateway}
    watching = _flat(monitoring.written(_watched(topology), _PROMETHEUS_AT)) if topology.monitoring else {}
    chart = _Chart(topology, tuple(secrets), digests=(_digest(config), _digest(watching)))
    environment = {**chosen.environment(loaded), "DOORWARD_TRUSTED_PROXIES": str(pods_in)}
    templates: dict[str, list[Object]] = {
        "settings": [
            {**_named("ConfigMap", "doorward"), "data": {name: _literal(value) for name, value in environment.items()}}
        ],
        "auth": list(chart.auth()),
        "files": list(chart.files()),
        "worker": list(chart.worker()),
        "migrate": [chart.migration(environment)],
        "gateway": list(chart.gateway(_ports(loaded.settings, topology))),
        "monitoring": list(chart.monitoring()),
        "network": list(chart.policies()),
    }
    files = {
        "Chart.yaml": yaml.written(
            {"apiVersion": "v2", "name": CHART, "type": "application", "version": version, "appVersion": version},
            note=_NOTE,
        ),
        "values.yaml": yaml.written(_VALUES, note=_NOTE),
        **{f"templates/{name}.yaml": _documents(objects) for name, objects in templates.items() if objects},
        **{f"files/gateway/{name}": text for name, text in config.items()},
        **{f"files/monitoring/{name}": text for name, text in watching.items()},
        "templates/gateway-config.yaml": _CONFIG.format(note=_NOTE, name="gateway", files="files/gateway"),
    }
    if watching:
        files["templates/monitoring-config.yaml"] = _CONFIG.format(
            note=_NOTE, name="monitoring", files="files/monitoring"
        )
    return {
        **plain(files, below=CHART),
        **{f"secrets/{name}": File(text, SECRET) for name, text in (secrets | of_providers).items()},
    }


@dataclass(frozen=True, slots=True)
class _Chart:
    """Makes the objects. `digests` are of the gateway's and of monitoring's files: pods begin anew with other ones."""

    topology: Topology
    secrets: tuple[str, ...]
    digests: tuple[str, str]

    def auth(self) -> Iterator[Object]:
        """Yield the servers that sign people in."""
        yield from self._servers("auth", len(self.topology.auth.servers))

    def files(self) -> Iterator[Object]:
        """Yield the servers of files, where these are others."""
        if self.topology.files is not None:
            yield from self._servers("files", len(self.topology.files.servers))

    def worker(self) -> Iterator[Object]:
        """Yield the workers."""
        if self.topology.worker is not None:
            ready = {"readinessProbe": probe("/readyz", SHOWS_AT)}
            yield service("worker-pods", "worker", {"figures": SHOWS_AT}, headless=True)
            yield self._own("worker", ["worker"], {"figures": SHOWS_AT}, ready, len(self.topology.worker.servers))

    def migration(self, environment: Mapping[str, str]) -> Object:
        """Return what makes the tables fit before anything else is there, the settings of other pods included."""
        made = self._process("migrate", ["store", "migrate"], {}, {})
        told = [{"name": name, "value": _literal(value.replace("$(", "$$("))} for name, value in environment.items()]
        own = made["env"] if isinstance(made["env"], list) else []
        job = pods("Job", "migrate", {**made, "envFrom": [], "env": [*told, *own]}, self._volumes(), count=1)
        hook = {"helm.sh/hook": "pre-install,pre-upgrade", "helm.sh/hook-delete-policy": "before-hook-creation"}
        return {**job, "metadata": {"name": "migrate", "annotations": hook}}

    def gateway(self, ports: Mapping[str, int]) -> Iterator[Object]:
        """Yield nginx, and what leads to it."""
        mounts = {"config": str(_NGINX_AT), "memory": "/tmp", "state": str(STATE), "tls": _TLS}  # noqa: S108 (of the pod)
        made = container(
            "nginx",
            "{{ .Values.images.nginx }}",
            ["nginx", "-c", f"{_NGINX_AT}/nginx.conf", "-e", "stderr", "-g", "daemon off;"],
            ports,
            mounts,
            user=101,
        )
        volumes = [
            {"name": "config", "configMap": {"name": "gateway"}},
            {"name": "memory", "emptyDir": {"medium": "Memory"}},
            {"name": "state", "emptyDir": {"medium": "Memory"}},
            {"name": "tls", "secret": {"secretName": "{{ .Values.tlsSecretName }}", "optional": True}},
        ]
        yield service("gateway", "gateway", ports, kind="{{ .Values.gatewayServiceType }}")
        asked = {"readinessProbe": {"tcpSocket": {"port": max(ports.values())}, "periodSeconds": 3}}
        yield pods("Deployment", "gateway", {**made, **asked}, volumes, count=2, digest=self.digests[0], user=101)

    def monitoring(self) -> Iterator[Object]:
        """Yield Prometheus, and Alertmanager where somebody is told."""
        if self.topology.monitoring is None:
            return
        told = [("prometheus", _PROMETHEUS, "--storage.tsdb.path=/tmp/series")]
        if self.topology.monitoring.alertmanager is not None:
            told.append(("alertmanager", _ALERTMANAGER, "--storage.path=/tmp/alerts"))
        for name, address, storage in told:
            ports = {"web": port_of(address)}
            program = f"--config.file={_PROMETHEUS_AT}/{name}.yml"
            mounts = {"config": str(_PROMETHEUS_AT), "memory": "/tmp"}  # noqa: S108 (of the pod)
            made = container(name, f"{{{{ .Values.images.{name} }}}}", [], ports, mounts, user=65534)
            volumes = [{"name": "config", "configMap": {"name": "monitoring"}}, {"name": "memory", "emptyDir": {}}]
            yield service(name, name, ports)
            asked = {**made, "args": [program, storage]}
            yield pods("Deployment", name, asked, volumes, count=1, digest=self.digests[1], user=65534)

    def policies(self) -> Iterator[Object]:
        """Yield who may reach the servers: the gateway, and whoever watches."""
        figures = (SHOWS_AT, ["prometheus"])
        for name in ("auth", *(["files"] if self.topology.files else [])):
            yield network_policy(name, [(SERVES_AT, ["gateway"]), figures])
        if self.topology.worker is not None:
            yield network_policy("worker", [figures])

    def _servers(self, name: str, count: int) -> Iterator[Object]:
        jobs = ["--no-worker"] if self.topology.worker else []
        command = ["serve", *jobs, "--host", "0.0.0.0", "--port", str(SERVES_AT)]  # noqa: S104 (inside)
        ports = {"http": SERVES_AT, "figures": SHOWS_AT}
        asked = {"readinessProbe": probe("/readyz", SERVES_AT), "livenessProbe": probe("/healthz", SERVES_AT)}
        yield service(name, name, {"http": SERVES_AT})
        yield service(f"{name}-pods", name, ports, headless=True)
        yield self._own(name, command, ports, asked, count)
        yield {
            **_named("PodDisruptionBudget", name, version="policy/v1"),
            "spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"app": name}}},
        }

    def _own(self, name: str, command: list[str], ports: Mapping[str, int], asked: Object, count: int) -> Object:
        return pods("StatefulSet", name, self._process(name, command, ports, asked), self._volumes(), count=count)

    def _process(self, name: str, command: list[str], ports: Mapping[str, int], asked: Object) -> Object:
        shown = {"DOORWARD_METRICS_HOST": "0.0.0.0", "DOORWARD_METRICS_PORT": str(SHOWS_AT)} if ports else {}  # noqa: S104 (inside)
        told = {"DOORWARD_DATA_DIR": _DATA, **shown}
        told |= {f"DOORWARD_{secret.upper()}_FILE": f"{_SECRETS}/{secret}" for secret in self.secrets}
        mounts = {"secrets": _SECRETS, "data": _DATA, "memory": "/tmp"}  # noqa: S108 (of the pod)
        made = container(name, "{{ .Values.images.doorward }}", [], ports, mounts)
        return {
            **made,
            **asked,
            "args": command,
            "envFrom": [{"configMapRef": {"name": "doorward"}}],
            "env": [{"name": variable, "value": value} for variable, value in told.items()],
        }

    @staticmethod
    def _volumes() -> Sequence[Object]:
        # Doorward refuses secrets that everybody may read.
        secret = {"secretName": "{{ .Values.secretName }}", "defaultMode": 0o440}
        return [
            {"name": "secrets", "secret": secret},
            {"name": "data", "emptyDir": {}},
            {"name": "memory", "emptyDir": {"medium": "Memory"}},
        ]


def _named(kind: str, name: str, *, version: str = "v1") -> Object:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}}


def _literal(text: str) -> str:
    """Return a text in which Helm finds nothing to do."""
    return text.replace("{{", "{{`{{`}}")


def _documents(objects: Sequence[Object]) -> str:
    return "---\n".join(yaml.written(each, note=_NOTE) for each in objects)


def _digest(texts: Mapping[str, str]) -> str:
    return sha256("\0".join(f"{name}\0{text}" for name, text in sorted(texts.items())).encode()).hexdigest()


def _flat(texts: Mapping[str, str]) -> Mapping[str, str]:
    """Return what Prometheus and Alertmanager read; Grafana is somebody else's, and dashboards are written beside."""
    return {name: text for name, text in texts.items() if "/" not in name}


def _ports(settings: Settings, topology: Topology) -> Mapping[str, int]:
    ports = sorted({site.port for site in described(settings, topology).sites})
    return {f"port-{port}": port for port in ([80, *ports] if 443 in ports else ports)}  # noqa: PLR2004 (of https)


def _before(topology: Topology, pods_in: IPv4Network) -> Topology:
    """Return where everything stands for the gateway: a name is a service, which leads to any pod that is ready."""
    edge = topology.gateway
    keys = {"certificate": f"{_TLS}/tls.crt", "key": f"{_TLS}/tls.key"} if edge.certificate else {}
    told = {**edge.model_dump(), **keys, "listen": ["0.0.0.0"], "networks": [pods_in], "log": LOG, "state": STATE}  # noqa: S104
    parts: dict[str, object] = {"auth": {"servers": [f"auth:{SERVES_AT}"]}, "gateway": told}
    if topology.files is not None:
        parts["files"] = {"servers": [f"files:{SERVES_AT}"]}
    return Topology.model_validate({**parts, "applications": [each.model_dump() for each in topology.applications]})


def _watched(topology: Topology) -> Topology:
    """Return where everything stands for whoever watches: each pod by its own name."""
    parts: dict[str, object] = {
        "auth": _pods("auth", len(topology.auth.servers)),
        "gateway": topology.gateway.model_dump(),
    }
    if topology.files is not None:
        parts["files"] = {"servers": _pods("files", len(topology.files.servers))["metrics"]}
    if topology.worker is not None:
        parts["worker"] = {"servers": _pods("worker", len(topology.worker.servers))["metrics"]}
    if topology.monitoring is not None:
        alerts = _ALERTMANAGER if topology.monitoring.alertmanager else None
        parts["monitoring"] = {**topology.monitoring.model_dump(), "server": _PROMETHEUS, "alertmanager": alerts}
    return Topology.model_validate(parts)


def _pods(name: str, count: int) -> dict[str, list[str]]:
    hosts = [f"{name}-{number}.{name}-pods" for number in range(count)]
    return {"servers": [f"{host}:{SERVES_AT}" for host in hosts], "metrics": [f"{host}:{SHOWS_AT}" for host in hosts]}


def _with(settings: Settings, pods_in: IPv4Network) -> Settings:
    return settings.model_copy(update={"server": settings.server.model_copy(update={"trusted_proxies": (pods_in,)})})


def _refuse(settings: Settings, topology: Topology) -> None:
    """Return when every part can be in a cluster, where a pod has no disk that another one has.

    Raises: SettingsInvalid.
    """
    problems = []
    why = "In a cluster each pod has a disk of its own, which ends with it."
    if topology.store is None or topology.store.kind is StoreKind.SQLITE:
        remedy = "Name a PostgreSQL or MongoDB in [store], and its address as store_url in doorward.toml."
        problems.append(Problem("The store is a file.", why, remedy))
    if settings.files.files_origin and not settings.files.files_url.get_secret_value().startswith("s3:"):
        problems.append(Problem("Files are kept in a folder.", why, "Set files_url in doorward.toml to s3://BUCKET."))
    problems += [
        Problem(f"{each.origin}{each.path} is a folder of this machine.", why, "Give it servers that have these files.")
        for each in topology.applications
        if each.root is not None
    ]
    if problems:
        raise SettingsInvalid(problems)
