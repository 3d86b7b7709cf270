"""`doorward gateway`."""

from typing import Final

from tests.functional.cli.conftest import Terminal
from tests.processes import free_port

TOPOLOGY: Final = """
[auth]
servers = ["10.0.0.11:8000"]

[gateway]
networks = ["10.0.0.5/32"]
certificate = "/etc/id.pem"
key = "/etc/id.key"

[[applications]]
origin = "https://reports.example.org"
servers = ["10.0.0.21:3000"]
"""
SETTINGS: Final = """
issuer = "https://id.example.org"
trusted_proxies = "10.0.0.5/32"

[[protected_hosts]]
origin = "https://reports.example.org"
"""


def test_nginx_writes_its_files_and_says_where_they_go(run: Terminal) -> None:
    (run.folder / "topology.toml").write_text(TOPOLOGY)
    (run.folder / "doorward.toml").write_text(SETTINGS)

    said = run("gateway", "nginx")

    written = {file.name for file in (run.folder / "gateway").iterdir()}
    assert said.status == 0
    assert "doorward.conf" in written
    assert f"{len(written)} files written into gateway" in said.out
    assert f"include {run.folder}/gateway/doorward.conf;" in " ".join(said.out.split())


def test_nginx_tells_programs_what_was_written(run: Terminal) -> None:
    (run.folder / "topology.toml").write_text(TOPOLOGY)
    (run.folder / "doorward.toml").write_text(SETTINGS)

    said = run("gateway", "nginx", "--out", "there", "--json")

    assert sorted(said.document["written"]) == sorted(f"there/{file.name}" for file in (run.folder / "there").iterdir())


def test_nginx_that_settings_contradict_is_not_written(run: Terminal) -> None:
    (run.folder / "topology.toml").write_text(TOPOLOGY)
    (run.folder / "doorward.toml").write_text(SETTINGS.replace("10.0.0.5/32", "10.0.0.0/8"))

    said = run("gateway", "nginx")

    assert said.status != 0
    assert 'trusted_proxies = "10.0.0.5/32"' in said.err
    assert not (run.folder / "gateway").exists()


def test_nginx_without_a_topology_says_so(run: Terminal) -> None:
    said = run("gateway", "nginx")

    assert said.status != 0
    assert "topology.toml" in said.err


def test_nginx_into_a_folder_that_no_configuration_can_name_is_refused(run: Terminal) -> None:
    (run.folder / "topology.toml").write_text(TOPOLOGY)
    (run.folder / "doorward.toml").write_text(SETTINGS)

    said = run("gateway", "nginx", "--out", "a; b")

    assert said.status != 0
    assert "Choose another --out" in said.err
    assert not (run.folder / "a; b").exists()


def test_check_where_nothing_listens_says_so(run: Terminal) -> None:
    origin = f"http://localhost:{free_port()}"
    reports = TOPOLOGY.replace('"https://reports.example.org"', f'"{origin}"\npath = "/app/"')
    (run.folder / "topology.toml").write_text(reports)
    settings = SETTINGS.replace("https://id.example.org", origin).replace("https://reports.example.org", origin)
    (run.folder / "doorward.toml").write_text(settings)

    said = run("gateway", "check")

    assert said.status == 1
    assert f"The gateway cannot be asked at {origin}." in said.err
    assert "Start it" in said.err
