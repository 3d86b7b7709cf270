"""`doorward worker`, in processes of its own, with a mail server that answers or does not."""

import json
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.processes import PATIENCE, free_port, ran, serving, wait_until, working

REGISTRATION = {"username": "ada", "email": "ada@mail.example", "password": "correct horse battery staple"}
SENDER = {"DOORWARD_MAIL_FROM": "Doorward <no-reply@mail.example>"}


class Letterbox:
    """Keeps what a mail server was given."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    async def handle_DATA(  # noqa: N802 (the name that the server calls)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        headers = content.decode().partition("\r\n\r\n")[0].splitlines()
        self.ids += [line.partition(": ")[2] for line in headers if line.lower().startswith("message-id:")]
        return "250 OK"


@contextmanager
def a_mail_server() -> Iterator[tuple[dict[str, str], Letterbox]]:
    """Yield the settings that lead to a mail server, and what it was given."""
    letterbox = Letterbox()
    controller = Controller(letterbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield {**SENDER, "DOORWARD_SMTP_URL": f"smtp://127.0.0.1:{controller.port}"}, letterbox
    finally:
        controller.stop()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Return the folder of a deployment in which the answer to a registration waits to be sent."""
    folder = tmp_path / "data"
    with serving(folder, "--no-worker") as server:
        registered = server.post("/v1/auth/register_mobile", REGISTRATION)
        status, _, _ = server.end()
    assert (registered.status_code, status) == (201, 0)
    assert [state for _, state, _ in jobs(folder)] == ["ready"]
    return folder


def jobs(data_dir: Path) -> list[tuple[str, str, int]]:
    """Return name, state and attempts of every job."""
    with closing(sqlite3.connect(data_dir / "doorward.sqlite3")) as store:
        return store.execute("SELECT name, state, attempts FROM dw_jobs ORDER BY id").fetchall()


def let_time_pass(data_dir: Path) -> None:
    """Do to the jobs what a few minutes would do."""
    with closing(sqlite3.connect(data_dir / "doorward.sqlite3")) as store, store:
        store.execute("UPDATE dw_jobs SET run_at = created_at, leased_until = created_at WHERE state = 'ready'")


def drained(data_dir: Path, variables: dict[str, str]) -> int:
    """Return how many jobs a worker ran that ends when nothing is due."""
    status, out, err = ran(
        "worker", "--drain", "--json", "--data-dir", str(data_dir), cwd=data_dir.parent, variables=variables
    )
    assert status == 0, err
    count: int = json.loads(out)["ran"]
    return count


def test_worker_drain_sends_what_waits(data_dir: Path) -> None:
    with a_mail_server() as (settings, letterbox):
        first, second = drained(data_dir, settings), drained(data_dir, settings)

    assert (first, second) == (2, 0)
    assert len(letterbox.ids) == 1
    assert {state for _, state, _ in jobs(data_dir)} == {"done"}


def test_worker_killed_within_a_job_leaves_it_to_another_one(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(PATIENCE)
        settings = {**SENDER, "DOORWARD_SMTP_URL": f"smtp://127.0.0.1:{silent.getsockname()[1]}"}
        with working(data_dir, settings) as worker:
            connection, _ = silent.accept()
            with connection:
                worker.kill()
                worker.communicate(timeout=PATIENCE)

    with a_mail_server() as (settings, letterbox):
        while_leased = drained(data_dir, settings)
        let_time_pass(data_dir)
        after = drained(data_dir, settings)

    assert (while_leased, after) == (0, 1)
    assert len(letterbox.ids) == 1
    assert [(state, attempts) for name, state, attempts in jobs(data_dir) if name.startswith("send_")] == [("done", 2)]


def test_worker_mail_server_down_puts_off_and_delivers_later(data_dir: Path) -> None:
    down = {**SENDER, "DOORWARD_SMTP_URL": f"smtp://127.0.0.1:{free_port()}"}

    first = drained(data_dir, down)
    at_once = drained(data_dir, down)
    let_time_pass(data_dir)
    with a_mail_server() as (settings, letterbox):
        later = drained(data_dir, settings)

    assert (first, at_once, later) == (2, 0, 1)
    assert len(letterbox.ids) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_worker_signal_ends_it_well(data_dir: Path, number: signal.Signals) -> None:
    with a_mail_server() as (settings, letterbox), working(data_dir, settings) as worker:
        wait_until(lambda: len(letterbox.ids) == 1)
        worker.send_signal(number)
        out, err = worker.communicate(timeout=PATIENCE)

    assert worker.returncode == 0
    assert out.splitlines() == ["✓ Waiting for jobs. Ctrl-C stops it.", "Stopped."]
    assert "Traceback" not in err


def test_worker_beside_a_server_sends_what_the_server_posts(tmp_path: Path) -> None:
    folder = tmp_path / "data"

    with (
        a_mail_server() as (settings, letterbox),
        serving(folder, "--no-worker") as server,
        working(folder, settings) as worker,
    ):
        server.post("/v1/auth/register_mobile", REGISTRATION)
        wait_until(lambda: len(letterbox.ids) == 1)
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=PATIENCE)

    assert worker.returncode == 0
