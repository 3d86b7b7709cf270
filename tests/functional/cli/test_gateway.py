"""`doorward gateway`."""

from typing import Final

import pytest

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


@pytest.mark.parametrize(
    ("name", "differs"),
    [("nginx", ()), ("traefik", ("forgets callers", "keeps no yes")), ("caddy", ("limits nobody", "keeps no yes"))],
)
def test_programs_are_told_what_was_written_and_what_differs(
    run: Terminal, name: str, differs: tuple[str, ...]
) -> None:
    (run.folder / "topology.toml").write_text(TOPOLOGY)
    (run.folder / "doorward.toml").write_text(SETTINGS)

    said = run("gateway", name, "--out", "there", "--json")

    assert said.status == 0
    assert sorted(said.document["written"]) == sorted(f"there/{file.name}" for file in (run.folder / "there").iterdir())
    assert [word in told for word, told in zip(differs, said.document["differs"], strict=True)] == [True] * len(differs)


def test_traefik_is_not_written_for_an_application_of_files(run: Terminal) -> None:
    files = TOPOLOGY.replace('servers = ["10.0.0.21:3000"]', 'root = "/srv/reports"')
    (run.folder / "topology.toml").write_text(files)
    (run.folder / "doorward.toml").write_text(SETTINGS)

    said = run("gateway", "traefik")

    assert said.status == 1
    assert "https://reports.example.org/ is made of the files in /srv/reports, and Traefik serves no files." in said.err
    assert "let nginx or Caddy stand there" in said.err
    assert not (run.folder / "gateway").exists()


def test_caddy_says_that_it_limits_nobody(run: Terminal) -> None:
    (run.folder / "topology.toml").write_text(TOPOLOGY)
    (run.folder / "doorward.toml").write_text(SETTINGS)

    said = run("gateway", "caddy")

    assert said.status == 0
    assert "! Caddy limits nobody" in said.err
    assert f"caddy run --adapter caddyfile --config {run.folder}/gateway/Caddyfile" in said.out
    assert "limits of tier 1 (100 a second, 5 a minute" in (run.folder / "gateway" / "Caddyfile").read_text()


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
