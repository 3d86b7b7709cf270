"""`doorward compose`: what stands in it is what Compose knows, what Doorward reads, and nobody's secret."""

import re
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
import yaml

from doorward.cli.app import Deferred, Row
from doorward.cli.writing import kept_secrets, write
from doorward.gateway.machines import compose
from doorward.gateway.machines.files import Files
from doorward.settings.check import check_production
from doorward.settings.load import load
from doorward.settings.problems import SettingsInvalid
from doorward.settings.record import Loaded
from tests.machines.compose_file import Compose, Service
from tests.machines.deployment import SECRET_WORDS, alone, loaded, put, topology


def written(kept: Mapping[str, str] | None = None) -> Files:
    return compose.written(loaded(), topology(), kept=kept or {}, user="1000:1000", version="0.1.0")


def read(files: Files) -> Compose:
    return Compose.model_validate(yaml.safe_load(files["compose.yaml"].text))


def own(document: Compose) -> dict[str, Service]:
    """Return the containers of Doorward."""
    return {name: each for name, each in document.services.items() if each.image == "${DOORWARD_IMAGE}"}


def test_written_has_a_container_for_every_part() -> None:
    assert list(read(written()).services) == [
        *("store", "cache", "migrate", "auth-1", "auth-2", "files-1", "worker-1", "worker-2"),
        *("application-1-1", "application-1-2", "gateway", "prometheus", "alertmanager"),
    ]


def test_written_without_other_parts_is_a_server_and_a_gateway() -> None:
    document = read(compose.written(*alone(), kept={}, user="1000:1000", version="0.1.0"))

    assert list(document.services) == ["migrate", "auth-1", "gateway"]
    assert "--no-worker" not in document.services["auth-1"].command
    assert (document.volumes, list(document.secrets)) == ({}, ["pepper", "secret", "smtp_url"])


def test_written_mongodb_is_a_store_too() -> None:
    store = {"kind": "mongodb", "servers": ["10.0.0.31:27017"]}
    settings = loaded(store_url="mongodb://doorward:x@10.0.0.31/doorward")

    files = compose.written(settings, topology(store=store), kept={}, user="1000:1000", version="0.1.0")

    store_made = read(files).services["store"]
    assert store_made.image == "${MONGODB_IMAGE}"
    assert store_made.entrypoint[-1].endswith("exec docker-entrypoint.sh mongod")
    assert "store_password" in store_made.entrypoint[-1]
    assert files["secrets/store_url"].text.startswith("mongodb://doorward:")


def test_written_names_only_what_there_is() -> None:
    document = read(written())

    for service in document.services.values():
        assert set(service.depends_on) <= set(document.services)
        assert set(service.secrets) <= set(document.secrets)
        assert set(service.networks) <= set(document.networks)
        named = {mount.partition(":")[0] for mount in service.volumes if mount[0] not in "./"}
        assert named <= set(document.volumes)


def test_written_containers_of_doorward_can_do_little() -> None:
    for name, service in own(read(written())).items():
        assert service.read_only, name
        assert (service.cap_drop, service.cap_add) == (["ALL"], []), name
        assert service.security_opt == ["no-new-privileges:true"], name
        assert service.user == "${DOORWARD_USER}", name
        assert service.ports == [], name


def test_written_gateway_alone_is_open_to_everybody() -> None:
    open_to = {name: each.ports for name, each in read(written()).services.items() if each.ports}

    assert open_to == {"gateway": ["0.0.0.0:443:443", "0.0.0.0:80:80"], "prometheus": ["127.0.0.1:9090:9090"]}


def test_written_gateway_is_open_where_it_is_told_and_hears_who_calls() -> None:
    narrow = {
        "networks": ["10.0.0.5/32"],
        "certificate": "/etc/a.pem",
        "key": "/etc/a.key",
        "listen": ["192.0.2.7", "::"],
    }
    there = topology(gateway=narrow)

    document = read(compose.written(loaded(), there, kept={}, user="1000:1000", version="0.1.0"))

    assert document.services["gateway"].ports == ["192.0.2.7:443:443", "192.0.2.7:80:80"]
    with pytest.raises(SettingsInvalid, match="listen on IPv6 alone"):
        compose.written(
            loaded(), topology(gateway={**narrow, "listen": ["::"]}), kept={}, user="1000:1000", version="0.1.0"
        )


def test_written_verdicts_are_kept_by_whoever_the_gateway_is() -> None:
    assert "/run/doorward-gateway:mode=1777" in read(written()).services["gateway"].tmpfs


def test_written_again_keeps_what_was_said_of_images() -> None:
    lines = ["# ours", "GATEWAY_IMAGE=nginx:1.30", "APPLICATION_1_IMAGE=reports:7", "DOORWARD_USER=0:0"]

    env = compose.written(loaded(), topology(), kept={}, user="1000:1000", version="0.1.0", lines=lines)[".env"].text

    assert env.splitlines()[:3] == lines[:3]
    assert env.count("GATEWAY_IMAGE=") == 1
    assert "DOORWARD_USER=1000:1000\n" in env
    assert "POSTGRESQL_IMAGE=" in env


def test_written_files_are_sent_by_who_has_them() -> None:
    settings = loaded(files_url="file:///srv/files", files_accel="/kept/")

    files = compose.written(settings, topology(), kept={}, user="1000:1000", version="0.1.0")

    assert "DOORWARD_FILES_ACCEL" not in own(read(files))["auth-1"].environment
    assert "internal;\n        alias" not in files["gateway/doorward/doorward.conf"].text


def test_written_refuses_a_providers_file_that_no_configuration_can_name(tmp_path: Path) -> None:
    key = tmp_path / "$HOME:key"
    key.write_text("y" * 40)
    key.chmod(0o600)
    provider = {"id": "google", "preset": "google", "client_id": "x", "client_secret_file": str(key)}

    with pytest.raises(SettingsInvalid, match="cannot be named in a configuration"):
        compose.written(loaded(providers=[provider]), topology(), kept={}, user="1000:1000", version="0.1.0")


def test_written_gateway_writes_where_it_can() -> None:
    """Its file system cannot be written: what it keeps is in memory, and what it says goes to whoever runs it."""
    files = written()

    text = "".join(file.text for name, file in files.items() if name.startswith("gateway/"))
    paths = {
        path
        for line in re.findall(r"\b(?:access_log|error_log|pid|\w+_temp_path|proxy_cache_path) ([^;]+);", text)
        for path in re.findall(r"/\S+", line)[:1]
    }
    mounted = [each.partition(":")[0] for each in read(files).services["gateway"].tmpfs]
    assert "/dev/stdout" in paths
    assert all(path == "/dev/stdout" or path.startswith(tuple(mounted)) for path in paths), paths


def test_written_store_and_cache_are_on_a_network_that_leads_nowhere() -> None:
    document = read(written())

    assert document.networks["kept"].internal
    assert [document.services[name].networks for name in ("store", "cache")] == [["kept"], ["kept"]]
    assert "kept" not in document.services["gateway"].networks


def test_written_addresses_stay_and_are_each_anothers() -> None:
    document = read(written())
    assert document.networks["inside"].ipam is not None
    (subnet,) = document.networks["inside"].ipam.config
    placed = [
        place.ipv4_address
        for service in document.services.values()
        if isinstance(service.networks, dict)
        for place in service.networks.values()
        if place.ipv4_address
    ]

    assert len(set(placed)) == len(placed) == 6
    assert all(ip_address(each) in ip_network(subnet.subnet) for each in placed)
    assert not any(ip_address(each) in ip_network(subnet.ip_range) for each in placed)


def test_written_secrets_stand_in_their_own_files_alone() -> None:
    files = written()

    secret = {name: file.text for name, file in files.items() if file.is_secret}
    open_to_all = "".join(file.text for file in files.values() if not file.is_secret)
    assert secret.keys() == {f"secrets/{name}" for name in read(files).secrets}
    for text in (*secret.values(), *SECRET_WORDS):
        assert text not in open_to_all


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Loaded]:
    """Return what each process of Doorward makes of its environment, with the secrets where Compose mounts them."""
    files = put(written(), tmp_path)
    found = {}
    for name, service in own(read(files)).items():
        with monkeypatch.context() as container:
            for variable, value in service.environment.items():
                mounted = value.replace("/run/secrets", str(tmp_path / "secrets")).replace("$$", "$")
                container.setenv(variable, mounted)
            container.chdir(tmp_path / "monitoring")
            for secret in service.secrets:
                (tmp_path / "secrets" / secret).chmod(0o600)
            found[name] = load()
    return found


def test_processes_read_what_was_chosen(inside: Mapping[str, Loaded]) -> None:
    wanted = loaded().settings

    for name, found in inside.items():
        assert found.unknown == (), name
        assert check_production(found) == [], name
        assert found.settings.mail.mail_from == "Example $HOME <no-reply@example.org>"
        assert found.settings.server.cors_origins == wanted.server.cors_origins
        assert found.settings.gateways == wanted.gateways
        assert [str(each) for each in found.settings.server.trusted_proxies] == ["10.213.0.2/32"]
        assert found.settings.mail.smtp_url == wanted.mail.smtp_url


def test_processes_share_a_store_a_cache_and_secrets(inside: Mapping[str, Loaded]) -> None:
    shared = {(found.settings.store, found.settings.secrets.secret) for found in inside.values()}

    ((store, _),) = shared
    assert "@store:5432/doorward" in store.store_url.get_secret_value()
    assert "@cache:6379/" in store.cache_url.get_secret_value()


def test_commands_are_those_that_there_are() -> None:
    for service in own(read(written())).values():
        name, *arguments = service.command
        Deferred(Row(name, "")).make_context(name, arguments, resilient_parsing=False)


def test_written_again_keeps_secrets(tmp_path: Path) -> None:
    first = written()
    write(first, tmp_path)

    again = written(kept_secrets(tmp_path / "secrets"))

    assert {name: again[name] for name in again if again[name].is_secret} == {
        name: first[name] for name in first if first[name].is_secret
    }


def test_written_refuses_a_providers_secret_that_all_could_read() -> None:
    provider = {"id": "google", "preset": "google", "client_id": "x", "client_secret": "y" * 40}

    with pytest.raises(SettingsInvalid, match="has its client_secret in the settings"):
        compose.written(loaded(providers=[provider]), topology(), kept={}, user="1000:1000", version="0.1.0")


def test_written_refuses_what_contradicts_itself() -> None:
    with pytest.raises(SettingsInvalid, match="keeps accounts in sqlite"):
        compose.written(loaded(store_url=""), topology(), kept={}, user="1000:1000", version="0.1.0")
