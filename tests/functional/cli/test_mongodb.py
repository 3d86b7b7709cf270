"""The command line and a server on MongoDB."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from doorward.adapters.mongo.migrations import HEAD
from tests import mongodb
from tests.functional.cli.conftest import Terminal
from tests.functional.cli.moving import contents
from tests.processes import ran, serving

pytestmark = pytest.mark.mongodb


@pytest.fixture
def variables(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Return what names a server on which there is no database yet."""
    with mongodb.a_server(tmp_path) as server:
        yield {"DOORWARD_STORE_URL": f"{server.url}/doorward"}


def test_store_migrate_is_done_once_and_doctor_is_content(tmp_path: Path, variables: dict[str, str]) -> None:
    first, second = (
        json.loads(ran("store", "migrate", "--json", cwd=tmp_path, variables=variables)[1]) for _ in range(2)
    )
    _, told, _ = ran("doctor", "--json", cwd=tmp_path, variables=variables)

    assert (first["before"], first["now"]) == (None, HEAD)
    assert second["before"] == second["now"]
    assert "answers, tables up to date" in told


def test_serve_registers_and_stays_ready(tmp_path: Path, variables: dict[str, str]) -> None:
    body = {"username": "ada", "email": "ada@mail.example", "password": "correct horse battery staple"}
    with serving(tmp_path / "data", variables=variables) as server:
        answer = server.post("/v1/auth/register_mobile", body)
        ready = server.get("/readyz")

    assert (answer.status_code, ready.status_code) == (201, 200)


def test_doctor_server_that_is_away_is_told(tmp_path: Path) -> None:
    url = f"mongodb://me:hunter2@127.0.0.1:{mongodb.free_port()}/doorward"

    status, told, err = ran("doctor", "--json", cwd=tmp_path, variables={"DOORWARD_STORE_URL": url})

    assert status == 1
    assert '"store"' in told
    assert "hunter2" not in told + err


def test_serve_url_with_options_that_nobody_can_read_is_refused_without_its_password(tmp_path: Path) -> None:
    url = "mongodb://me:hunter2@127.0.0.1:notaport/doorward"

    status, out, err = ran("serve", cwd=tmp_path, variables={"DOORWARD_STORE_URL": url})

    assert status == 1
    assert "The store's URL cannot be read." in err
    assert "hunter2" not in out + err
    assert "Traceback" not in err


def test_copy_backup_and_restore_bring_a_store_in_and_out_again(
    run: Terminal, old: Path, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = variables["DOORWARD_STORE_URL"]
    copied = run("store", "copy", "--to", url, "--json")
    monkeypatch.setenv("DOORWARD_STORE_URL", url)
    status = run("store", "status", "--json").document
    written = run("store", "backup", "b", "--json")
    returned = run("store", "copy", "--to", "sqlite:///again.db", "--json")
    monkeypatch.setenv("DOORWARD_STORE_URL", url.replace("/doorward", "/second"))
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
