"""`doorward compose`, `systemd` and `helm`."""

import stat

from tests.functional.cli.conftest import Terminal


def test_compose_writes_secrets_for_their_owner_alone(run: Terminal) -> None:
    (run.folder / "topology.toml").write_text('[auth]\nservers = ["a:1"]\n[gateway]\nnetworks = ["10.0.0.5/32"]\n')
    (run.folder / "doorward.toml").write_text('trusted_proxies = "10.0.0.5/32"\n')

    said = run("compose")

    secrets = run.folder / "compose" / "secrets"
    assert said.status == 0
    assert "docker compose --project-directory compose up" in said.out
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets.iterdir()} == {0o600}
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700


def test_systemd_says_what_goes_to_which_machine(run: Terminal) -> None:
    (run.folder / "topology.toml").write_text(
        '[auth]\nservers = ["10.0.0.7:8000"]\n[gateway]\nnetworks = ["10.0.0.5/32"]\n'
    )
    (run.folder / "doorward.toml").write_text('trusted_proxies = "10.0.0.5/32"\n')

    said = run("systemd", "--json")

    assert said.document["machines"] == ["10.0.0.7"]
    assert "systemd/10.0.0.7/doorward@.service" in said.document["written"]


def test_systemd_refuses_a_program_that_no_unit_can_name(run: Terminal) -> None:
    said = run("systemd", "--program", "bin/door ward")

    assert said.status == 1
    assert "cannot be named in a configuration" in said.err


def test_helm_says_what_its_secrets_are_made_of(run: Terminal) -> None:
    (run.folder / "topology.toml").write_text(
        '[auth]\nservers = ["a:1"]\n[gateway]\nnetworks = ["10.0.0.5/32"]\n'
        '[store]\nkind = "postgresql"\nservers = ["db:5432"]\n'
    )
    (run.folder / "doorward.toml").write_text(
        'trusted_proxies = "10.0.0.5/32"\nstore_url = "postgresql://doorward:x@db/doorward"\nissuer = "http://localhost:9000"\n'
    )

    said = run("helm")

    assert said.status == 0
    assert "kubectl create secret generic doorward --from-file=helm/secrets" in said.out
    assert (run.folder / "helm" / "doorward" / "Chart.yaml").is_file()
    assert stat.S_IMODE((run.folder / "helm" / "secrets" / "store_url").stat().st_mode) == 0o600


def test_helm_refuses_what_is_no_network(run: Terminal) -> None:
    said = run("helm", "--pods", "10.244.0.0/8")

    assert said.status == 1
    assert "10.244.0.0/8 is no network" in said.err


def test_systemd_names_secrets_that_nothing_reads_any_more(run: Terminal) -> None:
    (run.folder / "topology.toml").write_text(
        '[auth]\nservers = ["10.0.0.7:8000"]\n[gateway]\nnetworks = ["10.0.0.5/32"]\n'
    )
    (run.folder / "doorward.toml").write_text('trusted_proxies = "10.0.0.5/32"\n')
    (run.folder / "systemd" / "secrets").mkdir(parents=True)
    (run.folder / "systemd" / "secrets" / "secret_previous").write_text("leaked")

    said = run("systemd")

    assert said.status == 0
    assert "secret_previous is read by nothing that was written" in said.err
