"""Copies on the command line, and what keeps one from being done."""

import json
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from doorward.adapters.sql.migrations import HEAD
from doorward.core.login.log_in import Attempt
from doorward.core.moving.records import KINDS
from doorward.core.sessions.records import Kind
from tests.functional.cli.conftest import Terminal
from tests.functional.cli.moving import (
    CALLER,
    IN_SMALL_STEPS,
    MANY,
    PASSWORD,
    changed,
    contents,
    entered,
    fill_attempts,
)
from tests.processes import PATIENCE, started, wait_until


def test_copy_brings_everything_and_both_sides_agree(run: Terminal, old: Path) -> None:
    said = run("store", "copy", "--to", "sqlite:///new.db", "--json")

    kinds = {row["kind"]: row for row in said.document["kinds"]}
    assert said.status == 0
    assert list(kinds) == [kind.name for kind in KINDS]
    assert all(row["agrees"] and row["source digest"] == row["target digest"] for row in kinds.values())
    assert kinds["accounts"]["records"] == 2
    assert sorted(contents(run.folder / "new.db")) == sorted(contents(old))


def test_copy_tells_programs_how_far_it_is_beside_the_document(run: Terminal, old: Path) -> None:
    said = run("store", "copy", "--to", "sqlite:///new.db", "--json")

    lines = [json.loads(line) for line in said.err.splitlines()]
    assert [line["step"] for line in lines if line["done"] == 0] == ["copy", "compare"]
    assert lines[0]["total"] > 5


def test_copy_shows_people_a_table(run: Terminal, old: Path) -> None:
    said = run("store", "copy", "--to", "sqlite:///new.db")

    assert "signing_keys" in said.out
    assert "both sides agree" in said.out


def test_copy_of_a_copy_agrees_too_and_the_new_store_works(run: Terminal, old: Path) -> None:
    run("store", "copy", "--to", "sqlite:///new.db")

    again = run("store", "copy", "--from", "sqlite:///new.db", "--to", "sqlite:///third.db", "--json")
    with entered(run.folder / "third.db") as house:
        signed_in = house.flows.log_in(Attempt("ada", PASSWORD, Kind.MOBILE, CALLER, "a phone"))

    assert again.status == 0
    assert signed_in.profile.username == "ada"


def test_copy_takes_urls_by_name_so_that_no_password_is_seen(
    run: Terminal, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLD_STORE", f"sqlite:///{old}")
    (run.folder / "url").write_text("sqlite:///new.db\n")

    said = run("store", "copy", "--from", "env:OLD_STORE", "--to", "file:url", "--json")

    assert said.status == 0
    assert (run.folder / "new.db").exists()


def test_copy_password_on_the_command_line_warns_and_is_not_repeated(run: Terminal, old: Path) -> None:
    said = run("store", "copy", "--to", "postgresql://me:hunter2@127.0.0.1:1/x", "--json")

    assert said.status == 1
    assert "A password stands on the command line." in said.err
    assert "hunter2" not in said.out + said.err


@pytest.mark.parametrize(
    ("arguments", "said_of_it"),
    [
        pytest.param(("--to", "mysql://db/x"), "This is not the URL of a store.", id="no such scheme"),
        pytest.param(("--to", "mysql://db:port/x"), "This is not the URL of a store.", id="no URL"),
        pytest.param(("--to", "new.db"), "This is not the URL of a store.", id="a path"),
        pytest.param(("--to", "sqlite:///data/doorward.sqlite3"), "Both URLs lead to the same store.", id="same"),
        pytest.param(("--to", "sqlite:///link"), "Both URLs lead to the same store.", id="same by a link"),
        pytest.param(("--to", "sqlite:///nowhere/new.db"), "The store does not answer: ", id="no folder"),
        pytest.param(("--to", "postgresql://127.0.0.1:1/x"), "The store does not answer: ", id="nobody there"),
        pytest.param(("--from", "sqlite:///none.db", "--to", "sqlite:///new.db"), "There is no store at", id="none"),
        pytest.param(("--to", "env:NOT_SET"), "The environment has no NOT_SET", id="no variable"),
        pytest.param(("--to", "file:nowhere"), "nowhere cannot be read as text.", id="no file"),
    ],
)
def test_copy_that_cannot_be_refuses_in_words_and_changes_nothing(
    run: Terminal, old: Path, arguments: tuple[str, ...], said_of_it: str
) -> None:
    (run.folder / "link").symlink_to(old)
    before = contents(old)

    said = run("store", "copy", *arguments, "--json")

    assert said.status == 1
    assert said.whats[0].startswith(said_of_it)
    assert said.document["problems"][0]["remedy"]
    assert contents(old) == before
    assert not (run.folder / "new.db").exists()
    assert not (run.folder / "none.db").exists()


def test_copy_without_a_target_is_misused(run: Terminal) -> None:
    assert run("store", "copy").status == 2


def test_copy_into_a_store_in_use_refuses_and_changes_nothing(run: Terminal, old: Path) -> None:
    shutil.copyfile(old, run.folder / "new.db")
    changed(run.folder / "new.db", "UPDATE dw_accounts SET version = 9")
    before = contents(run.folder / "new.db")

    said = run("store", "copy", "--to", "sqlite:///new.db", "--json")

    assert (said.status, said.document["error"]) == (1, "STORE_NOT_EMPTY")
    assert contents(run.folder / "new.db") == before


@pytest.mark.parametrize(
    ("revision", "serves_since", "said_of_it"),
    [
        pytest.param("9999", "9998", "The store is of a newer program", id="too new"),
        pytest.param("9999", "0001", "are at revision 9999", id="newer, with what we do not know"),
        pytest.param("0001", "0001", "are at revision 0001", id="older"),
    ],
)
@pytest.mark.parametrize("command", [("copy", "--to", "sqlite:///new.db"), ("backup", "b")], ids=["copy", "backup"])
def test_moving_out_of_a_store_of_another_program_refuses(
    run: Terminal, old: Path, command: tuple[str, ...], *, revision: str, serves_since: str, said_of_it: str
) -> None:
    changed(old, "UPDATE dw_schema_version SET version_num = ?", revision)
    changed(old, "UPDATE dw_meta SET value = ? WHERE key = 'serves_since'", serves_since)
    before = contents(old)

    said = run("store", *command, "--json")

    assert said.status == 1
    assert said_of_it in said.whats[0]
    assert contents(old) == before
    assert not (run.folder / "new.db").exists()
    assert not (run.folder / "b").exists()


@pytest.mark.parametrize("command", [("copy", "--to", "sqlite:///new.db"), ("backup", "b")], ids=["copy", "backup"])
def test_moving_out_of_half_a_copy_refuses(run: Terminal, old: Path, command: tuple[str, ...]) -> None:
    changed(old, "INSERT INTO dw_meta VALUES ('copy', ?)", '{"from":"sqlite:////srv/x","positions":{}}')

    said = run("store", *command, "--json")

    assert said.status == 1
    assert said.whats == ["A move into this store is unfinished: from sqlite:////srv/x."]


def test_copy_killed_leaves_a_store_that_nobody_works_on_until_it_is_finished(
    run: Terminal, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_attempts(old, MANY)
    target = run.folder / "new.db"
    arguments = ("store", "copy", "--from", f"sqlite:///{old}", "--to", f"sqlite:///{target}", "--json")
    process = started(*arguments, cwd=run.folder, command=IN_SMALL_STEPS)
    wait_until(lambda: counted(target) > 0)
    process.kill()
    process.communicate()
    kept = counted(target)

    with monkeypatch.context() as meanwhile:
        meanwhile.setenv("DOORWARD_STORE_URL", f"sqlite:///{target}")
        refused = run("users", "list", "--json")
    finished = run(*arguments)
    monkeypatch.setenv("DOORWARD_STORE_URL", f"sqlite:///{target}")
    after = run("users", "list", "--json")

    assert 0 < kept < MANY
    assert "A move into this store is unfinished" in refused.out
    assert (refused.status, finished.status, after.status) == (1, 0, 0)
    assert all(row["agrees"] for row in finished.document["kinds"])
    assert counted(target) == counted(old)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_copy_interrupted_says_how_it_goes_on(run: Terminal, old: Path, number: signal.Signals) -> None:
    fill_attempts(old, MANY)
    target = run.folder / "new.db"
    process = started("store", "copy", "--to", f"sqlite:///{target}", cwd=run.folder, command=IN_SMALL_STEPS)
    wait_until(lambda: counted(target) > 0)
    process.send_signal(number)
    _, err = process.communicate(timeout=PATIENCE)

    assert process.returncode == 130, err
    assert "Run the same command again." in err
    assert run("store", "copy", "--to", f"sqlite:///{target}").status == 0


def counted(file: Path) -> int:
    """Return how many attempts a store keeps; none while it has no tables."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            found: int = connection.execute("SELECT count(*) FROM dw_attempts").fetchone()[0]
            return found
    except sqlite3.OperationalError:
        return 0


def test_status_tells_what_the_store_is_and_changes_nothing(run: Terminal, old: Path) -> None:
    before = contents(old)

    said = run("store", "status", "--json").document

    assert (said["store"], said["revision"], said["serves_since"]) == (f"sqlite:///{old}", HEAD, "0001")
    assert (said["epoch"], said["unfinished_move_from"], said["records"]["accounts"]) == (0, None, 2)
    assert contents(old) == before


def test_status_of_a_store_that_is_not_there_makes_none(run: Terminal) -> None:
    said = run("store", "status", "--json")

    assert said.status == 1
    assert not (run.folder / "data").exists()


def test_status_of_a_newer_or_unfinished_store_still_speaks(run: Terminal, old: Path) -> None:
    changed(old, "UPDATE dw_schema_version SET version_num = '9999'")
    changed(old, "INSERT INTO dw_meta VALUES ('copy', '{}')")

    said = run("store", "status", "--json").document

    assert (said["revision"], said["records"]) == ("9999", {})
    assert said["unfinished_move_from"] == "somewhere that cannot be read"
