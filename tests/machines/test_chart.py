"""`doorward helm`: objects that fit one another, closed processes that read what was chosen, and no secret."""

import json
import re
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from doorward.cli.app import Deferred, Row
from doorward.gateway.machines import chart
from doorward.gateway.machines.files import Files
from doorward.settings.check import check_production
from doorward.settings.load import load
from doorward.settings.problems import SettingsInvalid
from doorward.settings.record import Loaded
from tests.machines.deployment import PARTS, SECRET_WORDS, loaded, put, topology
from tests.machines.rendering import Object, of_kind, rendered

RUNS = ("Deployment", "StatefulSet", "Job")
OWN = ("auth", "files", "worker", "migrate")
REPORTS = {"origin": "https://reports.example.org", "servers": ["reports.internal:3000"]}


def written(**changes: object) -> Files:
    there = topology(applications=[REPORTS])
    return chart.written(loaded(**changes), there, kept={}, pods_in=IPv4Network("10.244.0.0/16"), version="0.1.0")


@pytest.fixture(scope="module")
def objects() -> list[Object]:
    return rendered(written())


def containers(objects: list[Object]) -> Iterator[tuple[str, Object, Any]]:
    """Yield each container: the name of what runs it, its pod, and the container."""
    for name, each in of_kind(objects, *RUNS).items():
        pod = each["spec"]["template"]["spec"]
        for container in pod["containers"]:
            yield name, pod, container


def test_written_runs_as_many_as_the_topology_says(objects: list[Object]) -> None:
    replicas = {name: each["spec"].get("replicas") for name, each in of_kind(objects, *RUNS).items()}

    assert replicas == {
        "auth": 2,
        "files": 1,
        "worker": 2,
        "gateway": 2,
        "prometheus": 1,
        "alertmanager": 1,
        "migrate": None,
    }


def test_written_without_other_parts_is_servers_and_a_gateway() -> None:
    nothing = dict.fromkeys(("files", "cache", "worker", "monitoring"))
    settings = loaded(files_origin=None, cache_url="memory://")

    files = chart.written(
        settings,
        topology(applications=[], **nothing),
        kept={},
        pods_in=IPv4Network("10.244.0.0/16"),
        version="0.1.0",
    )

    found = of_kind(rendered(files), *RUNS)
    assert found.keys() == {"auth", "migrate", "gateway"}
    assert "--no-worker" not in found["auth"]["spec"]["template"]["spec"]["containers"][0]["args"]


@pytest.mark.parametrize(("kind", "policy"), [("LoadBalancer", "Local"), ("NodePort", "Local"), ("ClusterIP", "")])
def test_written_gateway_hears_who_calls_wherever_it_is_called_from_outside(kind: str, policy: str) -> None:
    gateway = of_kind(rendered(written(), gatewayServiceType=kind), "Service")["gateway"]

    assert (gateway["spec"]["type"], gateway["spec"]["externalTrafficPolicy"]) == (kind, policy)


def test_written_files_of_providers_are_secrets_and_named_where_they_are_mounted(tmp_path: Path) -> None:
    secret = tmp_path / "google"
    secret.write_text("google-word-3Rt\n")
    secret.chmod(0o600)
    google = {"id": "google", "preset": "google", "client_id": "x", "client_secret_file": str(secret)}

    files = written(providers=[google])

    mounted = "/etc/doorward/secrets/google_client_secret"
    data = of_kind(rendered(files), "ConfigMap")["doorward"]["data"]
    (provider,) = json.loads(data["DOORWARD_PROVIDERS"])
    told = {each["name"] for _, _, container in containers(rendered(files)) for each in container.get("env", ())}
    assert provider["client_secret_file"] == mounted
    assert files["secrets/google_client_secret"].text == "google-word-3Rt\n"
    assert files["secrets/google_client_secret"].is_secret
    assert "google-word" not in "".join(file.text for file in files.values() if not file.is_secret)
    assert not any(name.startswith("DOORWARD_GOOGLE") for name in told)


def test_written_labels_lead_to_pods(objects: list[Object]) -> None:
    apps = {each["spec"]["template"]["metadata"]["labels"]["app"] for each in of_kind(objects, *RUNS).values()}
    for each in of_kind(objects, "Deployment", "StatefulSet").values():
        assert each["spec"]["selector"]["matchLabels"] == each["spec"]["template"]["metadata"]["labels"]
    for each in of_kind(objects, "Service").values():
        assert each["spec"]["selector"]["app"] in apps


def test_written_mounts_what_there_is(objects: list[Object]) -> None:
    maps = of_kind(objects, "ConfigMap")
    for name, pod, container in containers(objects):
        volumes = {volume["name"] for volume in pod["volumes"]}
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes, name
        assert {volume["configMap"]["name"] for volume in pod["volumes"] if "configMap" in volume} <= maps.keys()


def test_written_containers_can_do_little(objects: list[Object]) -> None:
    for name, pod, container in containers(objects):
        may = container["securityContext"]
        assert may["readOnlyRootFilesystem"], name
        assert may["runAsNonRoot"], name
        assert not may["allowPrivilegeEscalation"], name
        assert may["capabilities"] == {"drop": ["ALL"]}, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert pod["automountServiceAccountToken"] is False, name


def test_written_servers_are_reached_by_the_gateway_and_by_who_watches_alone(objects: list[Object]) -> None:
    let_in = {
        name: {
            rule["ports"][0]["port"]: [each["podSelector"]["matchLabels"]["app"] for each in rule["from"]]
            for rule in policy["spec"]["ingress"]
        }
        for name, policy in of_kind(objects, "NetworkPolicy").items()
    }

    assert let_in == {
        **dict.fromkeys(("auth", "files"), {8000: ["gateway"], 9100: ["prometheus"]}),  # noqa: RUF024 (never changed)
        "worker": {9100: ["prometheus"]},
    }


def test_written_gateway_knows_services_and_prometheus_knows_pods(objects: list[Object]) -> None:
    maps, services = of_kind(objects, "ConfigMap"), of_kind(objects, "Service")
    behind = re.findall(r"^\s+server (\S+):\d+ ", maps["gateway"]["data"]["doorward.conf"], re.MULTILINE)
    watched = set(re.findall(r'"([a-z]+-\d+)\.([a-z-]+):9100"', maps["monitoring"]["data"]["prometheus.yml"]))

    assert set(behind) == {"auth", "files", "reports.internal"}
    assert {"auth", "files"} <= services.keys()
    assert watched == {
        *(("auth-0", "auth-pods"), ("auth-1", "auth-pods"), ("files-0", "files-pods")),
        *(("worker-0", "worker-pods"), ("worker-1", "worker-pods")),
    }
    assert {name for _, name in watched} <= services.keys()


def test_written_migration_needs_nothing_that_is_not_there_before(objects: list[Object]) -> None:
    job = of_kind(objects, "Job")["migrate"]
    container = job["spec"]["template"]["spec"]["containers"][0]

    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert container["envFrom"] == []
    assert "DOORWARD_ISSUER" in {each["name"] for each in container["env"]}


def test_written_secrets_stand_beside_the_chart() -> None:
    files = written()

    open_to_all = "".join(file.text for name, file in files.items() if not file.is_secret)
    assert {name.partition("/")[0] for name, file in files.items() if file.is_secret} == {"secrets"}
    for text in (*(file.text for file in files.values() if file.is_secret), *SECRET_WORDS):
        assert text not in open_to_all


def test_processes_read_what_was_chosen(objects: list[Object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(written(), tmp_path)
    for secret in (tmp_path / "secrets").iterdir():
        secret.chmod(0o440)
    shared = of_kind(objects, "ConfigMap")["doorward"]["data"]
    wanted = loaded()

    for name, _, container in containers(objects):
        if name not in OWN:
            continue
        told = {each["name"]: each["value"].replace("$$(", "$(") for each in container["env"]}
        found = in_a_container({**(shared if container["envFrom"] else {}), **told}, tmp_path, monkeypatch)
        assert (found.unknown, check_production(found)) == ((), []), name
        assert found.settings.store == wanted.settings.store
        assert found.settings.gateways == wanted.settings.gateways
        assert found.settings.mail == wanted.settings.mail
        Deferred(Row(container["args"][0], "")).make_context(container["args"][0], container["args"][1:])


def in_a_container(variables: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Loaded:
    """Return what a process makes of its environment, with the secrets where they are mounted."""
    with monkeypatch.context() as container:
        for variable, value in variables.items():
            container.setenv(variable, value.replace("/etc/doorward/secrets", str(folder / "secrets")))
        container.chdir(folder / "doorward")
        return load()


def test_written_settings_stay_what_they_are() -> None:
    """Helm reads braces, and a pod reads dollars where a value is its own."""
    path = "/{{.Values.secretName}}/$(HOME)"
    objects = rendered(written(home_path=path))

    ((_, _, migration),) = [each for each in containers(objects) if each[0] == "migrate"]
    (own,) = [each["value"] for each in migration["env"] if each["name"] == "DOORWARD_HOME_PATH"]
    assert of_kind(objects, "ConfigMap")["doorward"]["data"]["DOORWARD_HOME_PATH"] == path
    assert own == path.replace("$(", "$$(")


@pytest.mark.parametrize(
    ("settings", "parts", "told"),
    [
        (
            {"store_url": ""},
            {"store": {"kind": "sqlite"}, **dict.fromkeys(("files", "worker"))},
            "The store is a file.",
        ),
        ({"files_url": "file:///srv/files"}, {}, "Files are kept in a folder."),
        ({}, {"applications": PARTS["applications"]}, "/notebook/ is a folder of this machine."),
    ],
    ids=["store", "files", "application"],
)
def test_written_refuses_what_no_pod_can_have(settings: dict[str, object], parts: dict[str, object], told: str) -> None:
    alone = {"auth": {"servers": ["10.0.0.11:8000"]}} if "store" in parts else {}
    there = topology(**{"applications": [REPORTS], **parts, **alone})

    with pytest.raises(SettingsInvalid, match=re.escape(told)):
        chart.written(loaded(**settings), there, kept={}, pods_in=IPv4Network("10.244.0.0/16"), version="0.1.0")
