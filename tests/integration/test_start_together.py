"""Several servers on one data folder: they start together, share the store, and lose nothing."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.processes import Server, serving

MANY = 12


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    """Two servers that were started at the same moment in an empty folder."""
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        starting = [pool.submit(lambda: stack.enter_context(serving(tmp_path / "data"))) for _ in range(2)]
        first, second = (start.result() for start in starting)
        yield first, second


def test_start_together_in_an_empty_folder_shares_secrets_tables_and_keys(servers: tuple[Server, Server]) -> None:
    key_sets = [server.get("/.well-known/jwks.json").json()["keys"] for server in servers]
    ready = [server.get("/readyz").status_code for server in servers]

    assert ready == [200, 200]
    assert key_sets[0] == key_sets[1]
    assert sorted(key["alg"] for key in key_sets[0]) == ["ES256", "RS256"]


def test_start_together_writes_at_the_same_time_are_all_kept(servers: tuple[Server, Server], tmp_path: Path) -> None:
    def register(number: int) -> int:
        body = {"username": f"person{number}", "email": f"p{number}@mail.example", "password": "a long enough phrase"}
        return servers[number % 2].post("/v1/auth/register_mobile", body).status_code

    with ThreadPoolExecutor(MANY) as pool:
        answers = list(pool.map(register, range(MANY)))
    ended = [server.end()[0] for server in servers]

    kept = [answer for answer in answers if answer == 201]
    assert set(answers) <= {201, 429, 503}
    assert kept
    assert ended == [0, 0]
    with closing(sqlite3.connect(tmp_path / "data" / "doorward.sqlite3")) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert store.execute("SELECT count(*) FROM dw_claims").fetchone() == (len(kept),)


def test_start_together_one_killed_leaves_the_other_whole(servers: tuple[Server, Server]) -> None:
    servers[0].process.kill()
    servers[0].process.wait()

    answer = servers[1].post(
        "/v1/auth/register_mobile",
        {"username": "ada", "email": "ada@mail.example", "password": "correct horse battery staple"},
    )

    assert answer.status_code == 201
