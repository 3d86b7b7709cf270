"""Objects of Kubernetes, closed as far as they go."""

from collections.abc import Mapping, Sequence
from typing import Final

from doorward.gateway.machines.named import ENDS_WITHIN_SECONDS

Object = Mapping[str, object]

_USER: Final = 10_001
_PORTS: Final = [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]
"""So that a gateway without privileges may listen on 443. The network of a pod is its own."""

_FROM_OUTSIDE: Final = "{{ if ne .Values.gatewayServiceType `ClusterIP` }}Local{{ end }}"
"""So that the gateway hears who calls, where it is called from outside."""


def container(
    name: str,
    image: str,
    command: Sequence[str],
    ports: Mapping[str, int],
    mounts: Mapping[str, str],
    *,
    user: int = _USER,
) -> Object:
    """Return a container that can write nowhere but where something is mounted. `mounts` are paths by volumes."""
    may = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "runAsUser": user,
        "capabilities": {"drop": ["ALL"]},
    }
    read_only = {"config", "secrets", "tls"}
    return {
        "name": name,
        "image": image,
        **({"command": list(command)} if command else {}),
        "ports": [{"name": each, "containerPort": port} for each, port in ports.items()],
        "volumeMounts": [
            {"name": volume, "mountPath": path, **({"readOnly": True} if volume in read_only else {})}
            for volume, path in mounts.items()
        ],
        "securityContext": may,
    }


def pods(
    kind: str,
    name: str,
    made: Object,
    volumes: Sequence[Object],
    *,
    count: int,
    digest: str | None = None,
    user: int = _USER,
) -> Object:
    """Return what runs pods of one container: a Deployment, a StatefulSet or a Job."""
    annotations = {"annotations": {"doorward/files": digest}} if digest else {}
    template = {
        "metadata": {"labels": {"app": name}, **annotations},
        "spec": {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": ENDS_WITHIN_SECONDS,
            "securityContext": {"fsGroup": user, "seccompProfile": {"type": "RuntimeDefault"}, "sysctls": _PORTS},
            **({"restartPolicy": "Never"} if kind == "Job" else {"topologySpreadConstraints": _spread(name)}),
            "containers": [made],
            "volumes": list(volumes),
        },
    }
    many = {"replicas": count, "selector": {"matchLabels": {"app": name}}}
    alike = {"serviceName": f"{name}-pods", "podManagementPolicy": "Parallel"} if kind == "StatefulSet" else {}
    kept = {"backoffLimit": 2} if kind == "Job" else many | alike
    version = "batch/v1" if kind == "Job" else "apps/v1"
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": {**kept, "template": template}}


def service(
    name: str, app: str, ports: Mapping[str, int], *, kind: str = "ClusterIP", headless: bool = False
) -> Object:
    """Return what leads to pods: to any that is ready, or, `headless`, to each by its own name."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {
            "type": kind,
            "selector": {"app": app},
            "ports": [{"name": each, "port": port, "targetPort": port} for each, port in ports.items()],
            **({"clusterIP": "None", "publishNotReadyAddresses": True} if headless else {}),
            **({"externalTrafficPolicy": _FROM_OUTSIDE} if kind != "ClusterIP" else {}),
        },
    }


def network_policy(app: str, let_in: Sequence[tuple[int, Sequence[str]]]) -> Object:
    """Return who may reach pods: for each port, pods of which applications."""
    rules = [
        {
            "ports": [{"protocol": "TCP", "port": port}],
            "from": [{"podSelector": {"matchLabels": {"app": each}}} for each in callers],
        }
        for port, callers in let_in
    ]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": app},
        "spec": {"podSelector": {"matchLabels": {"app": app}}, "policyTypes": ["Ingress"], "ingress": rules},
    }


def probe(path: str, port: int) -> Object:
    """Return how a pod is asked."""
    return {
        "httpGet": {"path": path, "port": port},
        "initialDelaySeconds": 2,
        "periodSeconds": 3,
        "timeoutSeconds": 3,
        "failureThreshold": 10,
    }


def _spread(app: str) -> Sequence[Object]:
    """Return that pods stand on different machines where they can."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": "kubernetes.io/hostname",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {"app": app}},
        }
    ]
