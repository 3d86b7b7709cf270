"""Foreseeable trouble: each is said in words, with what to do, and never with a traceback."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.functional.cli.conftest import Terminal

COMMANDS = [("users", "list"), ("keys", "list"), ("store", "migrate"), ("worker", "--drain"), ("serve",)]


def a_file_in_place_of_the_folder(folder: Path) -> None:
    (folder / "data").write_text("")


def broken_secrets(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "secrets.json").write_text("{")


def a_store_that_is_none(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "doorward.sqlite3").write_bytes(b"not a database at all " * 100)


def a_folder_in_place_of_the_store(folder: Path) -> None:
    (folder / "data" / "doorward.sqlite3").mkdir(parents=True)


@pytest.mark.parametrize(
    ("prepare", "said_of_it"),
    [
        pytest.param(a_file_in_place_of_the_folder, "secrets.json cannot be made or read.", id="no folder"),
        pytest.param(broken_secrets, "secrets.json cannot be made or read.", id="broken secrets"),
        pytest.param(a_store_that_is_none, "The store does not answer: file is not a database.", id="no store"),
        pytest.param(a_folder_in_place_of_the_store, "unable to open database file.", id="folder for store"),
    ],
)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands_broken_data_folder_refuse_in_words(
    run: Terminal, command: tuple[str, ...], prepare: Callable[[Path], None], said_of_it: str
) -> None:
    prepare(run.folder)

    said = run(*command, "--json")

    assert said.status == 1
    assert said_of_it in said.whats[0]
    assert said.document["problems"][0]["remedy"]


@pytest.mark.parametrize(
    ("variables", "said_of_it"),
    [
        pytest.param({"DOORWARD_STORE_URL": "mysql://db/x"}, "store_url cannot be used", id="wrong URL"),
        pytest.param({"DOORWARD_STORE_URL": "sqlite:///:memory:"}, "A store in memory is not possible.", id="memory"),
        pytest.param(
            {"DOORWARD_STORE_URL": "postgresql://me:hunter2@127.0.0.1:1/x"}, "The store does not answer: ", id="away"
        ),
        pytest.param({"DOORWARD_PORT": "http"}, "port cannot be used (environment DOORWARD_PORT)", id="bad value"),
        pytest.param({"DOORWARD_CONFIG": "nowhere.toml"}, "nowhere.toml is not there.", id="no file"),
        pytest.param({"DOORWARD_MAIL_TEMPLATES_DIR": "nowhere"}, "nowhere", id="no templates"),
        pytest.param({"DOORWARD_BREACHED_PASSWORDS_FILE": "nowhere"}, "nowhere", id="no list"),
    ],
)
def test_commands_wrong_setting_refuse_in_words(
    run: Terminal, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said_of_it: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    said = run("users", "list", "--json")

    assert said.status == 1
    assert said_of_it in said.whats[0]
    assert "hunter2" not in said.out + said.err


def test_commands_unknown_setting_in_the_file_refuse_and_name_the_nearest(run: Terminal) -> None:
    (run.folder / "doorward.toml").write_text('isuer = "x"\n')

    said = run("users", "list", "--json")

    assert said.document["problems"][0]["remedy"] == "Did you mean issuer?"


def test_commands_unknown_setting_in_the_environment_warn_and_go_on(
    run: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORWARD_TYPO", "x")

    said = run("users", "list", "--json")

    assert (said.status, said.document["users"]) == (0, [])
    assert "There is no setting DOORWARD_TYPO." in said.err


def test_commands_store_of_another_secret_refuse(run: Terminal, in_use: Path) -> None:
    (in_use / "secrets.json").unlink()

    said = run("users", "list", "--json")

    assert (said.status, said.whats) == (1, ["The signing keys in the store cannot be opened."])


def of_a_newer_program(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE dw_schema_version SET version_num = '9999'")
        connection.execute("UPDATE dw_meta SET value = '9998' WHERE key = 'serves_since'")


def half_copied(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("INSERT INTO dw_meta VALUES ('copy', '{}')")


UNFIT = [
    pytest.param(of_a_newer_program, "The store is of a newer program", id="newer"),
    pytest.param(
        half_copied, "A move into this store is unfinished: from somewhere that cannot be read.", id="half copied"
    ),
]


@pytest.mark.parametrize(("spoil", "said_of_it"), UNFIT)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands_store_that_is_not_theirs_refuse_and_change_nothing(
    run: Terminal, in_use: Path, command: tuple[str, ...], *, spoil: Callable[[Path], None], said_of_it: str
) -> None:
    file = in_use / "doorward.sqlite3"
    run("users", "add", "ada", "ada@mail.example")
    spoil(file)
    before = contents(file)

    said = run(*command, "--json")

    assert said.status == 1
    assert said.whats[0].startswith(said_of_it)
    assert said.document["problems"][0]["remedy"]
    assert contents(file) == before


@pytest.mark.parametrize(("spoil", "said_of_it"), UNFIT)
def test_doctor_store_that_is_not_ours_says_so(
    run: Terminal, in_use: Path, spoil: Callable[[Path], None], said_of_it: str
) -> None:
    spoil(in_use / "doorward.sqlite3")

    said = run("doctor", "--json")

    wrong = {row["check"]: row["finding"] for row in said.document if row["remedy"]}
    assert said.status == 1
    assert wrong["store"].startswith(said_of_it)


def test_commands_newer_store_that_still_serves_go_on(run: Terminal, in_use: Path) -> None:
    run("users", "add", "ada", "ada@mail.example")
    with closing(sqlite3.connect(in_use / "doorward.sqlite3")) as connection, connection:
        connection.execute("UPDATE dw_schema_version SET version_num = '9999'")

    migrated, listed = run("store", "migrate", "--json"), run("users", "list", "--json")
    looked = {row["check"]: row["finding"] for row in run("doctor", "--json").document}

    assert migrated.document == {"before": "9999", "now": "9999"}
    assert [user["username"] for user in listed.document["users"]] == ["ada"]
    assert looked["store"] == "answers, its newer tables serve this program"


def contents(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


def test_doctor_store_of_another_secret_says_so(run: Terminal, in_use: Path) -> None:
    (in_use / "secrets.json").unlink()

    said = run("doctor", "--json")

    assert [row["check"] for row in said.document if row["remedy"]] == ["keys"]


def test_doctor_store_that_is_none_says_so(run: Terminal) -> None:
    a_store_that_is_none(run.folder)
    (run.folder / "data").chmod(0o700)

    said = run("doctor", "--json")

    assert {row["check"]: row["state"] for row in said.document}["store"] == "mend"
    assert said.status == 1


def test_init_folder_that_cannot_be_made_refuses(run: Terminal) -> None:
    (run.folder / "file").write_text("")

    said = run("init", "file/below", "--json")

    assert (said.status, said.document["error"]) == (1, "FILE_UNUSABLE")


def test_commands_folder_copied_elsewhere_goes_on(run: Terminal, in_use: Path) -> None:
    run("users", "add", "ada", "ada@mail.example")
    shutil.copytree(in_use, run.folder / "copy")

    said = run("users", "list", "--data-dir", "copy", "--json")

    assert [user["username"] for user in said.document["users"]] == ["ada"]
