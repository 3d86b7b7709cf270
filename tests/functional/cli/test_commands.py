"""The commands beside serving: init, settings, doctor, keys, store."""

import stat
import tomllib
from pathlib import Path

import pytest

from doorward.settings.record import SETTINGS
from doorward.worker.jobs import SCHEDULE
from tests.functional.cli.conftest import Terminal

ISSUER = "https://sign-in.mail.example"
IN_USE = pytest.mark.usefixtures("in_use")


def test_init_writes_every_setting_with_its_default(run: Terminal) -> None:
    said = run("init", "--json")

    text = (run.folder / "doorward.toml").read_text()
    everything = "\n".join(line.removeprefix("# ") if " = " in line else line for line in text.splitlines())
    assert said.document == {"written": ["doorward.toml"]}
    assert tomllib.loads(text) == {}
    assert set(tomllib.loads(everything)) == set(SETTINGS)
    assert tomllib.loads(everything)["cache_url"] == "memory://"


def test_init_for_production_makes_secrets_that_only_the_owner_reads(run: Terminal) -> None:
    said = run("init", "--issuer", ISSUER, "--json")

    chosen = tomllib.loads((run.folder / "doorward.toml").read_text())
    files = [Path(chosen[name]) for name in ("secret_file", "pepper_file")]
    assert (chosen["environment"], chosen["issuer"]) == ("production", ISSUER)
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
    assert len({file.read_text() for file in files}) == 2
    assert said.document["written"] == ["doorward.toml", "secrets/secret", "secrets/pepper"]


def test_init_for_production_leaves_only_the_mail_to_set(run: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOORWARD_ENVIRONMENT")
    run("init", "--issuer", ISSUER)

    said = run("doctor", "--json")

    wrong = {row["finding"].partition(".")[0] for row in said.document if row["check"] == "production"}
    assert wrong == {"There is no mail server", "There is no sender"}


@pytest.mark.parametrize("issuer", ["sign-in.mail.example", "http://sign-in.mail.example", "https://"])
def test_init_issuer_that_is_none_refuses_and_writes_nothing(run: Terminal, issuer: str) -> None:
    said = run("init", "--issuer", issuer, "--json")

    assert (said.status, said.document["error"]) == (1, "SETTINGS_INVALID")
    assert list(run.folder.iterdir()) == []


@pytest.mark.parametrize("there", ["doorward.toml", "secrets/pepper"])
def test_init_never_overwrites(run: Terminal, there: str) -> None:
    (run.folder / "secrets").mkdir()
    (run.folder / there).write_text("precious")

    said = run("init", "--issuer", ISSUER, "--json")

    assert (said.status, said.document["error"]) == (1, "FILE_EXISTS")
    assert (run.folder / there).read_text() == "precious"
    assert not (run.folder / "secrets" / "secret").exists()


def test_settings_shows_where_each_value_came_from_and_no_secret(
    run: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORWARD_SECRET", "q7Zt0Vd3mXk2Rb8YwLhC5nJp1sGf6AuE9iTo4zNcQxUa")
    monkeypatch.setenv("DOORWARD_TYPO", "x")
    (run.folder / "doorward.toml").write_text('brand_name = "Acme"\n')

    said = run("settings", "--data-dir", "elsewhere", "--json")

    rows = {row["setting"]: (row["value"], row["source"]) for row in said.document["settings"]}
    assert set(rows) == set(SETTINGS)
    assert rows["secret"] == ("********", "environment DOORWARD_SECRET")
    assert rows["brand_name"] == ("Acme", "file doorward.toml")
    assert rows["data_dir"] == ("elsewhere", "command line --data-dir")
    assert rows["port"] == ("8000", "default")
    assert said.document["unknown"] == ["DOORWARD_TYPO"]
    assert "There is no setting DOORWARD_TYPO." in said.err


def test_doctor_fresh_folder_finds_nothing_to_mend(run: Terminal) -> None:
    said = run("doctor", "--json")

    assert said.status == 0
    assert {row["state"] for row in said.document} == {"ok"}


@IN_USE
def test_doctor_folder_in_use_looks_at_everything(run: Terminal) -> None:
    run("users", "add", "ada", "ada@mail.example")

    said = run("doctor", "--json")

    before_opening = ["settings", "cookies", "issuer", "file modes", "secrets", "mail", "cache"]
    keeping = ["files", "pictures", "scanner"]
    inside = ["store", "keys", "clock", "jobs", "clients"]
    assert [row["check"] for row in said.document] == [*before_opening, *keeping, *inside]
    assert said.status == 0


def test_doctor_open_folder_and_silent_mail_server_says_how_to_mend_each(
    run: Terminal, in_use: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_use.chmod(0o755)
    monkeypatch.setenv("DOORWARD_SMTP_URL", "smtp://127.0.0.1:1")

    said = run("doctor", "--json")

    remedies = {row["check"]: row["remedy"] for row in said.document if row["remedy"]}
    assert said.status == 1
    assert remedies["file modes"] == f"Run: chmod go= {in_use}"
    assert "DOORWARD_SMTP_URL" in remedies["mail"]
    assert set(remedies) == {"file modes", "mail"}


def test_doctor_to_a_person_puts_the_remedy_below_the_finding(run: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORWARD_PROT", "80")

    said = run("doctor")

    assert "✗ settings    unknown: DOORWARD_PROT\n              Correct or remove them" in said.out
    assert "✓ cookies     without Secure" in said.out


@IN_USE
def test_keys_status_tells_which_signs_and_which_comes_next(run: Terminal) -> None:
    before = run("keys", "status", "--json").document
    run("keys", "rotate", "--json")
    after = run("keys", "status", "--json").document

    assert [row["algorithm"] for row in before] == ["ES256", "RS256"]
    assert all(row["signs"] and row["next"] is None for row in before)
    assert [row["signs"] for row in after] == [row["signs"] for row in before]
    assert all(row["next"] and row["from"] for row in after)


def test_keys_rotate_publishes_successors_that_sign_later(run: Terminal) -> None:
    before = run("keys", "list", "--json").document

    made = run("keys", "rotate", "--json").document
    after = run("keys", "list", "--json").document

    assert {(key["algorithm"], key["state"]) for key in before} == {("ES256", "active"), ("RS256", "active")}
    assert {(key["algorithm"], key["state"]) for key in made} == {("ES256", "next"), ("RS256", "next")}
    assert {key["id"] for key in after} == {key["id"] for key in (*before, *made)}
    assert [key["state"] for key in after].count("active") == 2


def test_store_migrate_twice_is_the_same_as_once(run: Terminal) -> None:
    first = run("store", "migrate", "--json").document
    second = run("store", "migrate", "--json").document

    assert (first["before"], second["before"]) == (None, first["now"])
    assert second["now"] == first["now"]


def test_worker_drain_does_what_is_due_and_ends(run: Terminal) -> None:
    said = run("worker", "--drain", "--json")

    assert (said.status, said.document) == (0, {"ran": len(SCHEDULE)})


def test_version_is_printed(run: Terminal) -> None:
    said = run("--version")

    assert said.out == "0.1.0\n"


def test_unknown_command_is_misuse(run: Terminal) -> None:
    said = run("srve")

    assert (said.status, said.out) == (2, "")
    assert "No such command 'srve'." in said.err
