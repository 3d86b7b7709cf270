"""Backups and restores on the command line, and what keeps one from being done."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from doorward.core.audit.records import Entry
from doorward.core.login.log_in import Attempt
from doorward.core.outbox.records import JobState
from doorward.core.sessions.records import Kind
from doorward.settings.generate import generate_secret
from tests.functional.cli.conftest import Said, Terminal
from tests.functional.cli.moving import (
    CALLER,
    PASSWORD,
    can_refresh,
    changed,
    contents,
    entered,
    fill_attempts,
)
from tests.processes import COMMAND, ran


def restored(run: Terminal, monkeypatch: pytest.MonkeyPatch, *arguments: str, file: str = "before.backup") -> Said:
    """Restore a backup into `new.db`."""
    monkeypatch.setenv("DOORWARD_STORE_URL", f"sqlite:///{run.folder / 'new.db'}")
    return run("store", "restore", file, *arguments, "--json")


def test_restore_brings_back_what_was_there(
    run: Terminal, tokens: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = restored(run, monkeypatch)

    with entered(run.folder / "new.db") as house:
        users = [account.username for account in house.flows.list_accounts().items]
        chain = house.flows.verify_chain()
        signed_in = house.flows.log_in(Attempt("ada", PASSWORD, Kind.MOBILE, CALLER, "a phone"))
    assert (said.status, said.document["epoch"]) == (0, 1)
    assert users == ["grace", "ada"]
    assert (chain.first_broken, signed_in.profile.username) == (None, "ada")


def test_restore_ends_sessions_so_that_neither_older_nor_newer_tokens_work(
    run: Terminal, tokens: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = restored(run, monkeypatch)

    assert said.document["sessions_ended"] == 1
    assert [can_refresh(run.folder / "new.db", token) for token in tokens] == [False, False]


def test_restore_keeping_sessions_lets_the_token_of_the_backup_work_again(
    run: Terminal, tokens: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = restored(run, monkeypatch, "--keep-sessions")

    old_token, newer_token = tokens
    assert said.document["sessions_ended"] == 0
    assert [can_refresh(run.folder / "new.db", token) for token in (newer_token, old_token)] == [False, True]


@pytest.mark.parametrize("keep", [(), ("--keep-sessions",)], ids=["ending", "keeping"])
def test_restore_lets_nothing_that_may_be_used_once_and_no_job_back_in(
    run: Terminal, tokens: tuple[str, str], monkeypatch: pytest.MonkeyPatch, keep: tuple[str, ...]
) -> None:
    said = restored(run, monkeypatch, *keep).document

    with entered(run.folder / "new.db") as house:
        ran = house.worker.drain()
        with house.store.view() as view:
            dead = view.outbox.list(JobState.DEAD)
            addresses = view.address_keys.oldest()
    kinds = {row["kind"]: row["records"] for row in said["kinds"]}
    assert said["artefacts_discarded"] >= 1
    assert kinds["onetimes"] == 0
    assert (ran, len(dead)) == (0, said["jobs_buried"])
    assert {job.last_error for job in dead} == {"It waited when the backup was made, and may have been done since."}
    assert addresses is None


def test_restore_is_audited_and_counts_the_epoch_up_each_time(
    run: Terminal, tokens: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    restored(run, monkeypatch)
    run("store", "backup", "second.backup")
    (run.folder / "new.db").unlink()
    said = restored(run, monkeypatch, file="second.backup")

    epochs = [
        entry.event.detail["epoch"] for entry in audited(run.folder / "new.db") if entry.event.kind == "store.restored"
    ]
    assert (said.document["epoch"], epochs) == (2, ["1", "2"])
    assert run("store", "status", "--json").document["epoch"] == 2


def audited(file: Path) -> list[Entry]:
    with entered(file) as house, house.store.view() as view:
        return list(view.audit.read())


def tampered(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def something_else(path: Path) -> None:
    path.write_bytes(b"PK" + bytes(1000))


def gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        pytest.param(tampered, "BACKUP_DAMAGED", id="tampered"),
        pytest.param(truncated, "BACKUP_DAMAGED", id="truncated"),
        pytest.param(something_else, "BACKUP_UNKNOWN", id="something else"),
        pytest.param(gone, "FILE_UNUSABLE", id="gone"),
    ],
)
def test_restore_of_a_bad_backup_refuses_and_makes_nothing(
    run: Terminal, tokens: tuple[str, str], monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Path], None], code: str
) -> None:
    spoil(run.folder / "before.backup")

    said = restored(run, monkeypatch)

    assert (said.status, said.document["error"]) == (1, code)
    assert said.document["problems"][0]["remedy"]
    assert not (run.folder / "new.db").exists()


def test_restore_under_another_secret_refuses_and_makes_nothing(
    run: Terminal, tokens: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORWARD_SECRET", generate_secret())

    said = restored(run, monkeypatch)

    assert (said.status, said.document["error"]) == (1, "BACKUP_FOREIGN")
    assert not (run.folder / "new.db").exists()


def test_restore_into_a_store_in_use_refuses_and_changes_nothing(
    run: Terminal, old: Path, tokens: tuple[str, str]
) -> None:
    before = contents(old)

    said = run("store", "restore", "before.backup", "--json")

    assert (said.status, said.document["error"]) == (1, "STORE_NOT_EMPTY")
    assert contents(old) == before


def test_restore_interrupted_begins_anew_with_the_same_backup_alone(
    run: Terminal, tokens: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    restored(run, monkeypatch)
    new = run.folder / "new.db"
    backup_name = f"backup {(run.folder / 'before.backup').read_bytes()[-32:].hex()[:16]}"
    changed(new, "INSERT INTO dw_meta VALUES ('copy', ?)", json.dumps({"from": backup_name, "positions": {}}))
    run("store", "backup", "other.backup")

    refused = run("users", "list", "--json")
    again = restored(run, monkeypatch)

    assert refused.whats == [f"A move into this store is unfinished: from {backup_name}."]
    assert (again.status, again.document["epoch"]) == (0, 1)


def test_backup_is_taken_while_a_writer_is_in_the_middle(run: Terminal, old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE dw_accounts SET version = 99")

        said = run("store", "backup", "b", "--json")
        connection.rollback()

    assert said.status == 0


def test_backup_is_never_written_over_a_file(run: Terminal, old: Path) -> None:
    (run.folder / "b").write_text("precious")

    said = run("store", "backup", "b", "--json")

    assert (said.status, said.document["error"]) == (1, "FILE_EXISTS")
    assert (run.folder / "b").read_text() == "precious"


def test_backup_into_a_folder_that_is_not_there_refuses(run: Terminal, old: Path) -> None:
    said = run("store", "backup", "nowhere/b", "--json")

    assert (said.status, said.document["error"]) == (1, "FILE_UNUSABLE")


def test_backup_that_finds_no_room_refuses_and_leaves_nothing(run: Terminal, old: Path) -> None:
    fill_attempts(old, 20_000)
    limited = ("prlimit", "--fsize=65536", *COMMAND)  # a file may not grow beyond that, as on a disk that is full

    status, out, _ = ran("store", "backup", "full", "--json", cwd=run.folder, command=limited)

    assert (status, json.loads(out)["error"]) == (1, "FILE_UNUSABLE")
    assert list(run.folder.glob("full*")) == []
