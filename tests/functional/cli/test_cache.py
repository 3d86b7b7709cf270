"""What commands say of a cache that instances share, and servers that start with and without it."""

import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from doorward.settings.generate import generate_secret
from tests.caches import PROGRAMS, CacheServer, a_cache
from tests.functional.cli.conftest import Terminal
from tests.processes import Server, free_port, ran, serving, wait_until

PRODUCTION = {
    "DOORWARD_ENVIRONMENT": "production",
    "DOORWARD_ISSUER": "https://sign-in.mail.example",
    "DOORWARD_SMTP_URL": "smtp://127.0.0.1:9",
    "DOORWARD_MAIL_FROM": "Doorward <no-reply@mail.example>",
}
FORGOT = "/v1/auth/forgot_password"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CacheServer]:
    with a_cache(tmp_path_factory.mktemp("cache")) as server:
        yield server


def production(url: str) -> dict[str, str]:
    secrets = {"DOORWARD_SECRET": generate_secret(), "DOORWARD_PEPPER": generate_secret()}
    return {**PRODUCTION, **secrets, "DOORWARD_CACHE_URL": url}


def forget(site: Server) -> int:
    return site.post(FORGOT, {"email": "x@mail.example"}).status_code


def finding(run: Terminal) -> tuple[str, str]:
    """Return what the doctor finds of the cache, and its remedy."""
    (row,) = (row for row in run("doctor", "--json").document if row["check"] == "cache")
    return row["finding"], row["remedy"]


def test_doctor_without_a_shared_cache_says_what_that_is_good_for(run: Terminal) -> None:
    assert finding(run) == ("in this process alone: fine for one instance", "")


def test_doctor_tells_product_version_and_policy(
    run: Terminal, monkeypatch: pytest.MonkeyPatch, cache: CacheServer
) -> None:
    monkeypatch.setenv("DOORWARD_CACHE_URL", cache.url)

    told, remedy = finding(run)

    assert told.startswith("Valkey ")
    assert told.endswith(" answers, noeviction")
    assert remedy == ""


def test_doctor_cache_that_is_away_says_how_to_mend_it(run: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORWARD_CACHE_URL", f"redis://me:hunter2@127.0.0.1:{free_port()}")

    told, remedy = finding(run)

    assert told.startswith("The cache cannot be used: it cannot be reached.")
    assert remedy.startswith("Start it")
    assert "hunter2" not in told + remedy


def test_doctor_wrong_password_and_stranger_name_the_setting(
    run: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with a_cache(tmp_path, "--requirepass", "right") as server:
        monkeypatch.setenv("DOORWARD_CACHE_URL", f"redis://:hunter2@127.0.0.1:{server.port}/0")
        told, remedy = finding(run)

    assert told.startswith("The cache cannot be used: it refuses the user or the password.")
    assert "DOORWARD_CACHE_URL" in remedy
    assert "hunter2" not in told + remedy


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_start_in_production_on_an_evicting_server_is_refused(
    run: Terminal, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    with a_cache(run.folder, "--maxmemory-policy", "allkeys-lru") as server:
        for name, value in production(server.url).items():
            monkeypatch.setenv(name, value)
        said = run(command, "--json")

    (problem,) = said.document["problems"]
    assert said.status == 1
    assert problem["what"] == "The cache evicts keys (maxmemory-policy allkeys-lru)."
    assert "noeviction" in problem["remedy"]


@pytest.mark.parametrize("said", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"220 mail.example ESMTP\r\n"])
def test_start_on_something_that_is_no_redis_is_refused(
    run: Terminal, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger, ThreadPoolExecutor(1) as beside:
        monkeypatch.setenv("DOORWARD_CACHE_URL", f"redis://127.0.0.1:{stranger.getsockname()[1]}")
        greeted = beside.submit(greet, stranger, said)
        refused = run("serve", "--port", str(free_port()))
        greeted.result().close()

    assert (refused.status, refused.out) == (1, "")
    assert "The cache cannot be used: what answers there is no Redis server." in refused.err
    assert "DOORWARD_CACHE_URL" in refused.err


def greet(stranger: socket.socket, said: bytes) -> socket.socket:
    """Say something to the first who comes, and return the connection."""
    connection, _ = stranger.accept()
    connection.sendall(said)
    return connection


def test_start_without_the_driver_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys\nsys.modules['redis'] = None\nfrom doorward.__main__ import main\n"
        f"sys.argv = ['doorward', 'serve', '--data-dir', {str(tmp_path / 'data')!r}]\nmain()"
    )
    variables = {"DOORWARD_CACHE_URL": "redis://127.0.0.1:1"}

    status, out, err = ran(cwd=tmp_path, variables=variables, command=(sys.executable, "-c", code))

    assert (status, out) == (1, "")
    assert "pip install 'doorward[redis]'" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("is_production", [False, True], ids=["development", "production"])
def test_serve_while_the_cache_is_away_starts_and_shares_when_it_comes(tmp_path: Path, *, is_production: bool) -> None:
    server = CacheServer(PROGRAMS["valkey"], tmp_path)
    variables = production(server.url) if is_production else {"DOORWARD_CACHE_URL": server.url}

    with serving(tmp_path / "data", variables=variables) as served:
        without = served.get("/readyz").json()
        answer = served.post(FORGOT, {"email": "ada@mail.example"})
        server.start()
        wait_until(lambda: served.get("/readyz").json()["checks"]["cache"] == "ok")
        server.kill()
        status, _, err = served.end()

    assert (without["status"], without["checks"]["cache"]) == ("ok", "degraded")
    assert answer.status_code == 202
    assert (err.count("cache.away"), err.count("cache.back")) in {(1, 1), (2, 1)}
    assert status == 0


def test_serve_two_processes_share_limits(tmp_path: Path, cache: CacheServer) -> None:
    variables = {"DOORWARD_CACHE_URL": cache.url, "DOORWARD_CACHE_BOUND_SECONDS": "60"}

    with (
        serving(tmp_path / "data", variables=variables) as one,
        serving(tmp_path / "data", variables={**variables, "DOORWARD_ISSUER": one.url}) as other,
    ):
        wait_until(lambda: one.get("/readyz").json()["checks"]["cache"] == "ok")
        wait_until(lambda: other.get("/readyz").json()["checks"]["cache"] == "ok")
        with ThreadPoolExecutor(15) as threads:
            statuses = list(threads.map(forget, [one, other] * 45))

    # Where a minute ends meanwhile, or the machine is busy, it is not exactly sixty; each alone would admit all.
    assert 30 <= statuses.count(202) < 75
    assert 429 in statuses[-10:]
