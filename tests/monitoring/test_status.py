"""`doorward status`, of processes that run, that do not, and that show their figures to operators alone."""

import json
from pathlib import Path

from tests.monitoring.conftest import Watched
from tests.processes import free_port, ran


def status(watched: Watched, *options: str) -> tuple[int, str]:
    code, out, err = ran("status", *options, cwd=watched.folder)
    return code, out + err


def test_status_shows_server_and_worker_side_by_side(watched: Watched) -> None:
    urls = [f"http://127.0.0.1:{port}" for port in (watched.server.port, watched.worker_port)]

    code, out = status(watched, *(f"--url={url}" for url in urls), "--for=0")

    server, worker = out.split(urls[1])
    assert code == 0, out
    assert "ready, release" in server
    assert "store ok, migrations ok, keys ok, cache ok, queue ok" in server
    assert "half within" in server
    assert "none runs in this process" in server
    assert "ready, release" in worker
    assert "looked" in worker
    assert "1 sent" in worker


def test_status_for_programs_is_of_the_seconds_between_two_looks(watched: Watched) -> None:
    url = f"http://127.0.0.1:{watched.metrics_port}"

    code, out = status(watched, f"--url={url}", "--for=0.3", "--json")

    (seen,) = json.loads(out)["processes"]
    assert code == 0
    assert (seen["url"], seen["is_well"], seen["is_ready"]) == (url, True, True)
    assert 0.2 < seen["figures"]["seconds"] < 30
    assert seen["figures"]["queue"]["dead"] == 0
    assert set(seen["figures"]["counted"]["logins"]) == {"accepted", "refused", "limited", "failed"}


def test_status_of_a_server_that_is_away_says_what_to_do(watched: Watched) -> None:
    url = f"http://127.0.0.1:{free_port()}"

    code, out = status(watched, f"--url={url}")

    assert code == 1
    assert f"Nothing answers at {url}." in out
    assert "doorward doctor" in out


def test_status_of_something_else_says_so(watched: Watched) -> None:
    code, out = status(watched, f"--url=http://127.0.0.1:{watched.prometheus.port}", "--for=0")

    assert code == 1
    assert "is not Doorward" in out


def test_status_without_an_address_asks_this_deployments_own_server(watched: Watched, tmp_path: Path) -> None:
    (tmp_path / "doorward.toml").write_text(f"port = {watched.server.port}\n")

    code, out, err = ran("status", "--for=0", cwd=tmp_path)

    assert code == 0, out + err
    assert f"http://127.0.0.1:{watched.server.port}: ready" in out
