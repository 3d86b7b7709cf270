"""`doorward systemd`: what systemd itself says of the units, what Doorward reads there, and who may read secrets."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from doorward.gateway.machines import systemd
from doorward.gateway.machines.files import Files
from doorward.settings.check import check_production
from doorward.settings.load import load
from tests.machines.deployment import SECRET_WORDS, alone, loaded, put, topology
from tests.parts import missing

MACHINES = ("10.0.0.11", "10.0.0.12", "10.0.0.13", "10.0.0.51", "10.0.0.52")
EXPOSED = re.compile(r"Overall exposure level for \S+: ([0-9.]+)")
MOST_EXPOSED = 2.0
"""Of ten. A service that does nothing about it has 9.6."""


def written(program: Path = Path("/bin/true")) -> Files:
    return systemd.written(loaded(), topology(), kept={}, program=program)


@pytest.fixture(scope="module")
def analyze() -> str:
    found = shutil.which("systemd-analyze")
    if found is None:
        missing("systemd is not here", remedy="these tests ask it about its units")
    return found


def test_written_units_are_right_by_systemd_itself(analyze: str, tmp_path: Path) -> None:
    files = put(written(), tmp_path)
    units = [name for name in files if name.startswith(MACHINES[0]) and name.endswith((".service", ".target"))]
    named = [re.sub("@", "@8000", name) for name in units]
    for name, unit in zip(named, units, strict=True):
        (tmp_path / unit).rename(tmp_path / name)

    said = subprocess.run(
        [analyze, "verify", *(tmp_path / name for name in named)], capture_output=True, text=True, check=False
    )

    assert len(units) == 4
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


@pytest.mark.parametrize("unit", ["doorward@.service", "doorward-worker@.service", "doorward-migrate.service"])
def test_written_services_may_do_little(analyze: str, tmp_path: Path, unit: str) -> None:
    put(written(), tmp_path)
    alone = tmp_path / unit.replace("@", "@8000")
    (tmp_path / MACHINES[0] / unit).rename(alone)

    said = subprocess.run([analyze, "security", "--offline=true", alone], capture_output=True, text=True, check=False)

    found = EXPOSED.search(said.stdout)
    assert found is not None, said.stderr
    assert float(found[1]) <= MOST_EXPOSED


def test_written_each_machine_starts_what_stands_there() -> None:
    files = written()

    wanted = {
        machine: re.findall(r"^Wants=(\S+)", files[f"{machine}/doorward.target"].text, re.MULTILINE)
        for machine in MACHINES
    }
    assert {name.partition("/")[0] for name in files} - {"secrets"} == set(MACHINES)
    assert wanted == {
        **{machine: ["doorward@8000.service"] for machine in MACHINES[:3]},
        **{machine: ["doorward-worker@9100.service"] for machine in MACHINES[3:]},
    }


def test_written_server_by_itself_runs_jobs_too() -> None:
    files = systemd.written(*alone(), kept={})

    assert "serve --host 127.0.0.1 --port %i" in files["127.0.0.1/doorward@.service"].text
    assert "serve --no-worker" in written()["10.0.0.11/doorward@.service"].text


def test_written_figures_have_the_port_that_was_said() -> None:
    auth = {"servers": ["[fd00::11]:8000"], "metrics": ["[fd00::11]:9200"]}

    files = systemd.written(loaded(), topology(auth=auth), kept={})

    told = files["fd00--11/doorward@8000.service.d/metrics.conf"].text
    assert "Environment=DOORWARD_METRICS_HOST=fd00::11\nEnvironment=DOORWARD_METRICS_PORT=9200\n" in told
    assert "--host fd00::11 --port %i" in files["fd00--11/doorward@.service"].text


def test_written_secrets_stand_in_their_own_files_and_come_as_credentials() -> None:
    files = written()

    unit = files["10.0.0.11/doorward@.service"].text
    open_to_all = "".join(file.text for file in files.values() if not file.is_secret)
    assert all(word not in open_to_all for word in SECRET_WORDS)
    for name, file in files.items():
        if file.is_secret:
            secret = name.removeprefix("secrets/")
            assert file.text not in open_to_all
            assert f"LoadCredential={secret}:/etc/doorward/secrets/{secret}\n" in unit
            assert f"Environment=DOORWARD_{secret.upper()}_FILE=%d/{secret}\n" in unit


def test_processes_read_what_was_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = put(written(), tmp_path)
    unit = files["10.0.0.11/doorward@.service"].text
    # Within double quotes a shell reads as systemd does.
    words = [
        shutil.which("env") or "env",
        "-i",
        "sh",
        "-ac",
        '. "$0"; env -0',
        str(tmp_path / "10.0.0.11" / "doorward.env"),
    ]
    read = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    variables = dict(line.partition("=")[::2] for line in read.split("\0") if line.startswith("DOORWARD_"))
    for name, value in re.findall(r"^Environment=(DOORWARD_\w+)=(.*)$", unit, re.MULTILINE):
        variables[name] = value.replace("%d", str(tmp_path / "secrets")).replace("%S", str(tmp_path / "state"))
    for secret in (tmp_path / "secrets").iterdir():
        secret.chmod(0o400)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    found, wanted = load(), loaded()

    assert (found.unknown, check_production(found)) == ((), [])
    assert found.settings.store == wanted.settings.store
    assert found.settings.gateways == wanted.settings.gateways
    assert found.settings.mail == wanted.settings.mail
    assert found.settings.files == wanted.settings.files
    assert found.settings.server.trusted_proxies == wanted.settings.server.trusted_proxies


def test_written_again_keeps_secrets() -> None:
    first = written()
    kept = {name.removeprefix("secrets/"): file.text for name, file in first.items() if file.is_secret}

    again = systemd.written(loaded(), topology(), kept=kept)

    assert again["secrets/pepper"] == first["secrets/pepper"]
    assert again["secrets/secret"] == first["secrets/secret"]
