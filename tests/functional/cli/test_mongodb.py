"""The command line and a server on MongoDB."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from doorward.adapters.mongo.migrations import HEAD
from tests import mongodb
from tests.functional.cli.conftest import Terminal
from tests.functional.cli.moving import contents
from tests.processes import serving

pytestmark = pytest.mark.mongodb
NUMBERS: Final = count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[mongodb.MongoServer]:
    with mongodb.a_server(tmp_path_factory.mktemp("mongodb")) as started:
        yield started


@pytest.fixture
def variables(server: mongodb.MongoServer) -> dict[str, str]:
    """Return what names a database that is not there yet."""
    return {"DOORWARD_STORE_URL": f"{server.url}/doorward{next(NUMBERS)}"}


def test_store_migrate_is_done_once_and_doctor_is_content(
    run: Terminal, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORWARD_STORE_URL", variables["DOORWARD_STORE_URL"])

    first, second = (run("store", "migrate", "--json").document for _ in range(2))
    told = run("doctor", "--json").out

    assert (first["before"], first["now"]) == (None, HEAD)
    assert second["before"] == second["now"]
    assert "answers, tables up to date" in told


def test_serve_registers_and_stays_ready(tmp_path: Path, variables: dict[str, str]) -> None:
    body = {"username": "ada", "email": "ada@mail.example", "password": "correct horse battery staple"}
    with serving(tmp_path / "data", variables=variables) as server:
        answer = server.post("/v1/auth/register_mobile", body)
        ready = server.get("/readyz")

    assert (answer.status_code, ready.status_code) == (201, 200)


def test_doctor_server_that_is_away_is_told(run: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORWARD_STORE_URL", f"mongodb://me:hunter2@127.0.0.1:{mongodb.free_port()}/doorward")

    said = run("doctor", "--json")

    assert said.status == 1
    assert '"store"' in said.out
    assert "hunter2" not in said.out + said.err


def test_serve_url_with_options_that_nobody_can_read_is_refused_without_its_password(
    run: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORWARD_STORE_URL", "mongodb://me:hunter2@127.0.0.1:notaport/doorward")

    said = run("serve")

    assert said.status == 1
    assert "The store's URL cannot be read." in said.err
    assert "hunter2" not in said.out + said.err


def test_copy_backup_and_restore_bring_a_store_in_and_out_again(
    run: Terminal, old: Path, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = variables["DOORWARD_STORE_URL"]
    copied = run("store", "copy", "--to", url, "--json")
    monkeypatch.setenv("DOORWARD_STORE_URL", url)
    status = run("store", "status", "--json").document
    written = run("store", "backup", "b", "--json")
    returned = run("store", "copy", "--to", "sqlite:///again.db", "--json")
    monkeypatch.setenv("DOORWARD_STORE_URL", f"{url}_second")
    restored = run("store", "restore", "b", "--json")

    assert [said.status for said in (copied, written, returned, restored)] == [0, 0, 0, 0]
    assert (status["store"], status["revision"], status["records"]["accounts"]) == (url, HEAD, 2)
    assert sorted(contents(run.folder / "again.db")) == sorted(contents(old))
    assert "Stop servers and workers until it is done." in written.err
    assert (restored.document["epoch"], restored.document["sessions_ended"]) == (1, 1)


def test_copy_same_store_of_several_hosts_is_told_without_its_password(run: Terminal) -> None:
    urls = [f"mongodb://{name}@h1:1,h2:2/x?{options}" for name, options in (("me:hunter2", "w=1"), ("you", "hunter2"))]

    said = run("store", "copy", "--from", urls[0], "--to", urls[1], "--json")

    assert said.whats == ["Both URLs lead to the same store."]
    assert "A password stands on the command line." in said.err
    assert "hunter2" not in said.out + said.err


@pytest.mark.parametrize("password", ["hunter/2", "hunter?2", "hunter@2"])
def test_copy_url_in_which_a_password_is_not_encoded_is_refused_without_a_piece_of_it(
    run: Terminal, old: Path, password: str
) -> None:
    said = run("store", "copy", "--to", f"mongodb://me:{password}@h1:1,h2:2/x?w=1", "--json")

    assert said.whats == ["This is not the URL of a MongoDB."]
    assert "hunter" not in said.out + said.err
