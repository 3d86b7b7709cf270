"""`doorward serve`, in a process of its own where it comes to serve."""

import json
import signal
import socket
import sys
from pathlib import Path

import pytest

from doorward.settings.generate import generate_secret
from tests.functional.cli.conftest import Terminal
from tests.processes import PATIENCE, free_port, ran, serving, started, wait_until_closed


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that servers of this module use one after another."""
    return tmp_path_factory.mktemp("serve") / "data"


def test_serve_ready_says_where_everything_is_as_one_document_and_ends_well_by_a_signal(data_dir: Path) -> None:
    with serving(data_dir) as server:
        ready = server.get("/readyz")
        status, out, err = server.end(signal.SIGTERM)

    assert ready.json()["checks"] == {
        "serving": "ok",
        "store": "ok",
        "migrations": "ok",
        "keys": "ok",
        "cache": "ok",
        "queue": "ok",
    }
    assert server.greeting["issuer"] == server.url
    assert server.greeting["mailbox"] == f"{server.url}/dev/mail"
    assert server.greeting["setup"].startswith(f"{server.url}/setup?token=dwo1_")
    assert (status, out, err) == (0, "", "")
    assert not list(data_dir.glob("*-wal"))


def test_serve_request_that_names_no_host_is_refused_and_ctrl_c_ends_well(data_dir: Path) -> None:
    with serving(data_dir) as server:
        with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n")
            answer = connection.makefile("rb").read()
        status, _, err = server.end(signal.SIGINT)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"HOST_MISSING" in answer
    assert status == 0
    assert ["refusal_code=HOST_MISSING" in line for line in err.splitlines()] == [True]
    assert not list(data_dir.glob("*-wal"))


def test_serve_signal_lets_a_request_that_is_under_way_be_answered(data_dir: Path) -> None:
    body = json.dumps({"username": "nobody", "password": "correct horse battery"}).encode()
    head = b"POST /v1/auth/login_mobile HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

    with serving(data_dir) as server, socket.create_connection(("127.0.0.1", server.port), PATIENCE) as connection:
        connection.sendall(head + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body[:10])
        server.get("/healthz")
        server.process.send_signal(signal.SIGTERM)
        wait_until_closed(server.port)
        connection.sendall(body[10:])
        answer = connection.makefile("rb").read()
        status = server.process.wait(PATIENCE)

    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"INVALID_CREDENTIALS" in answer
    assert status == 0


def test_serve_second_signal_ends_at_once(data_dir: Path) -> None:
    head = b"POST /v1/auth/login_mobile HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

    with serving(data_dir) as server, socket.create_connection(("127.0.0.1", server.port), PATIENCE) as connection:
        connection.sendall(head + b"Content-Length: 100\r\n\r\n{")
        server.get("/healthz")
        server.process.send_signal(signal.SIGINT)
        wait_until_closed(server.port)
        status, _, _ = server.end(signal.SIGINT)

    assert status == 130


def test_serve_port_in_use_refuses_and_names_another(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        status, out, err = ran("serve", "--port", str(port), "--data-dir", str(data_dir), cwd=data_dir.parent)

    assert (status, out) == (1, "")
    assert f"Port {port} of 127.0.0.1 cannot be used: Address already in use." in err
    assert "doorward serve --port" in err
    assert "Traceback" not in err


def test_serve_port_from_the_environment(data_dir: Path) -> None:
    port = free_port()

    process = started("serve", "--data-dir", str(data_dir), cwd=data_dir.parent, variables={"DOORWARD_PORT": str(port)})
    assert process.stdout is not None
    greeting = []
    for line in process.stdout:
        greeting.append(line)
        if "Ctrl-C" in line:
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)

    assert f"http://localhost:{port}/docs" in "".join(greeting)
    assert (process.returncode, out.lstrip(), err) == (0, "Stopped.\n", "")


def test_serve_metrics_port_has_a_listener_of_its_own(data_dir: Path) -> None:
    port = free_port()

    with serving(data_dir, variables={"DOORWARD_METRICS_PORT": str(port)}) as server:
        server.post("/v1/auth/login_mobile", {"username": "nobody", "password": "correct horse battery"})
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
            connection.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            answer = connection.makefile("rb").read().decode()
        status, _, _ = server.end()

    assert answer.startswith("HTTP/1.0 200 OK")
    assert 'doorward_queue_jobs{state="ready"}' in answer
    assert 'doorward_audit_events_total{kind="' in answer
    assert server.greeting["metrics"] == f"http://127.0.0.1:{port}/metrics"
    assert status == 0


@pytest.mark.usefixtures("in_use")
def test_serve_metrics_port_in_use_refuses(run: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("DOORWARD_METRICS_PORT", str(other.getsockname()[1]))
        said = run("serve", "--json", "--port", str(free_port()))

    assert (said.status, said.document["error"], said.err) == (1, "PORT_UNUSABLE", "")


def test_serve_unsafe_production_refuses_with_every_reason_at_once(
    run: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORWARD_ENVIRONMENT", "production")

    said = run("serve")

    assert (said.status, said.out) == (1, "")
    for reason in ("no issuer", "no secret", "no pepper", "no mail server", "no sender"):
        assert reason in said.err


def test_serve_production_logs_json_lines_on_stderr(tmp_path: Path) -> None:
    variables = {
        "DOORWARD_SECRET": generate_secret(),
        "DOORWARD_PEPPER": generate_secret(),
        "DOORWARD_ENVIRONMENT": "production",
        "DOORWARD_ISSUER": "https://sign-in.mail.example",
        "DOORWARD_SMTP_URL": "smtp://127.0.0.1:9",
        "DOORWARD_MAIL_FROM": "Doorward <no-reply@mail.example>",
        "DOORWARD_TYPO": "x",
    }

    with serving(tmp_path / "data", variables=variables) as server:
        answer = server.post("/v1/auth/login_mobile", {"username": "nobody", "password": "correct horse battery"})
        status, _, err = server.end()

    warning, *lines = err.splitlines()
    assert warning == "! There is no setting DOORWARD_TYPO."
    events = [json.loads(line) for line in lines if line.startswith("{")]
    assert {event["event"] for event in events} >= {"http.refused"}
    assert answer.status_code == 401
    assert status == 0


def test_serve_another_secret_refuses_to_start(run: Terminal, in_use: Path) -> None:
    (in_use / "secrets.json").unlink()

    said = run("serve", "--port", str(free_port()))

    assert (said.status, said.out) == (1, "")
    assert "The signing keys in the store cannot be opened." in said.err
    assert "DOORWARD_SECRET_PREVIOUS" in said.err


def test_serving_a_program_that_dies_with_more_words_than_a_pipe_holds_is_told_of(tmp_path: Path) -> None:
    dying = (sys.executable, "-c", "import sys; sys.exit('no' * 100_000)")

    with pytest.raises(AssertionError, match="ended before it was ready: nono"), serving(tmp_path, command=dying):
        pass
