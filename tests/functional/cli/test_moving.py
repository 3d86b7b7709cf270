"""Moving house on the command line: copies, backups, restores, and what keeps each from being done."""

import json
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from doorward.assembly import archives
from doorward.assembly.house import House, open_house
from doorward.assembly.store import url_of
from doorward.cli.progress import Lines
from doorward.core.audit.records import Entry
from doorward.core.login.log_in import Attempt
from doorward.core.moving.back_up import BackUp
from doorward.core.moving.records import KINDS
from doorward.core.outbox.records import JobState
from doorward.core.sessions.errors import RefreshRefused
from doorward.core.sessions.records import Caller, Kind
from doorward.settings.generate import generate_secret
from doorward.settings.load import load
from tests.functional.cli.conftest import Said, Terminal
from tests.processes import COMMAND, PATIENCE, ran, started, wait_until

PASSWORD = "correct horse battery staple"
CALLER = Caller(address="192.0.2.7", program="Firefox")
MANY = 30_000


@dataclass(frozen=True)
class Built:
    """A folder with a store and `before.backup`, and two tokens: the backup knows the first, the second came after."""

    folder: Path
    tokens: tuple[str, str]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Make a store with two accounts, of which one has signed in on a phone and forgotten its password."""
    folder = tmp_path_factory.mktemp("moving")
    house = open_house(load({"data_dir": folder / "data"}))
    house.prepare()
    house.flows.add_account("grace", "grace@mail.example")
    house.flows.add_account("ada", "ada@mail.example", password=PASSWORD)
    house.flows.forgot_password("ada@mail.example")
    first = house.flows.log_in(Attempt("ada", PASSWORD, Kind.MOBILE, CALLER, "a phone"))
    backup = archives.backup_at(folder / "before.backup", house.settings)
    with archives.opened(url_of(house.settings)) as archive:
        BackUp(archive, backup, house.clock, Lines())()
    second = house.flows.refresh(first.refresh_token, Kind.MOBILE, caller=CALLER)
    house.close()
    return Built(folder, (first.refresh_token, second.refresh_token))


@pytest.fixture
def old(run: Terminal, built: Built) -> Path:
    """Return the file of the store, in the folder of this test."""
    shutil.copytree(built.folder, run.folder, dirs_exist_ok=True)
    return run.folder / "data" / "doorward.sqlite3"


@pytest.fixture
def tokens(built: Built, old: Path) -> tuple[str, str]:
    """Return the tokens, with the store and its backup in the folder of this test."""
    return built.tokens


class entered:  # noqa: N801 (it reads as a word)
    """Opens the house on a store, with the secrets of the folder beside."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __enter__(self) -> House:
        self._house = open_house(load({"store_url": f"sqlite:///{self._file}"}))
        self._house.prepare()
        return self._house

    def __exit__(self, *_: object) -> None:
        self._house.close()


def contents(file: Path) -> list[str]:
    """Return everything in a file, as statements."""
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


def changed(file: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement, values)


def restored(run: Terminal, monkeypatch: pytest.MonkeyPatch, *arguments: str, file: str = "before.backup") -> Said:
    """Restore a backup into `new.db`."""
    monkeypatch.setenv("DOORWARD_STORE_URL", f"sqlite:///{run.folder / 'new.db'}")
    return run("store", "restore", file, *arguments, "--json")


def can_refresh(file: Path, token: str) -> bool:
    with entered(file) as house:
        try:
            house.flows.refresh(token, Kind.MOBILE, caller=CALLER)
        except RefreshRefused:
            return False
    return True


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


def test_copy_killed_leaves_a_store_that_nobody_works_on_until_it_is_finished(run: Terminal, old: Path) -> None:
    fill_attempts(old, MANY)
    target = run.folder / "new.db"
    arguments = ("store", "copy", "--from", f"sqlite:///{old}", "--to", f"sqlite:///{target}", "--json")
    process = started(*arguments, cwd=run.folder)
    wait_until(lambda: counted(target) > 0)
    process.kill()
    process.communicate()
    kept = counted(target)

    refused = ran("users", "list", "--json", cwd=run.folder, variables={"DOORWARD_STORE_URL": f"sqlite:///{target}"})
    status, out, _ = ran(*arguments, cwd=run.folder)

    assert 0 < kept < MANY
    assert "A move into this store is unfinished" in refused[1]
    assert (refused[0], status) == (1, 0)
    assert all(row["agrees"] for row in json.loads(out)["kinds"])
    assert counted(target) == counted(old)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_copy_interrupted_says_how_it_goes_on(run: Terminal, old: Path, number: signal.Signals) -> None:
    fill_attempts(old, MANY)
    target = run.folder / "new.db"
    process = started("store", "copy", "--to", f"sqlite:///{target}", cwd=run.folder)
    wait_until(lambda: counted(target) > 0)
    process.send_signal(number)
    _, err = process.communicate(timeout=PATIENCE)

    assert process.returncode == 130
    assert "Run the same command again." in err
    assert run("store", "copy", "--to", f"sqlite:///{target}").status == 0


def fill_attempts(file: Path, count: int) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        rows = ((sha256(str(number).encode()).hexdigest(), "{}", 0, 1, 1) for number in range(count))
        connection.executemany("INSERT INTO dw_attempts VALUES (?, ?, ?, ?, ?)", rows)


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

    assert (said["store"], said["revision"], said["serves_since"]) == (f"sqlite:///{old}", "0002", "0001")
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
