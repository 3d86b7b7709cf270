"""A server that takes its leave: it goes on for a while, says so, and hangs up on nobody."""

import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import httpx2
import pytest

from tests.processes import PATIENCE, Server, serving, wait_until

QUESTION: Final = (
    b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
)
CALLERS: Final = 8


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that servers of this module use one after another."""
    return tmp_path_factory.mktemp("leaving") / "data"


@pytest.fixture
def server(data_dir: Path) -> Iterator[Server]:
    with serving(data_dir, variables={"DOORWARD_DRAIN_SECONDS": "2"}) as started:
        yield started


def is_leaving(server: Server) -> bool:
    return server.get("/readyz").status_code == 503


def asked(port: int) -> bytes | None:
    """Return what a question on a connection of its own is answered with, or None when there is no connection."""
    try:
        connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
    except ConnectionRefusedError:
        return None
    with connection:
        connection.sendall(QUESTION)
        return connection.recv(65536)


def test_leaving_server_goes_on_and_says_that_it_leaves(server: Server) -> None:
    with httpx2.Client(base_url=server.url) as client:
        before = client.get("/healthz")
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: is_leaving(server))
        ready, after = client.get("/readyz"), client.get("/healthz")
    status = server.process.wait(PATIENCE)

    assert "connection" not in before.headers
    assert (ready.status_code, ready.json()["checks"]["serving"], ready.headers["retry-after"]) == (503, "away", "5")
    assert (after.status_code, after.headers["connection"]) == (200, "close")
    assert status == 0


def test_leaving_server_answers_everybody_whom_it_let_in(server: Server) -> None:
    def ask_until_closed(_: int) -> list[bytes]:
        answers = []
        while (answer := asked(server.port)) is not None:
            answers.append(answer)
        return answers

    with ThreadPoolExecutor(CALLERS) as callers:
        asking = callers.map(ask_until_closed, range(CALLERS))
        server.process.send_signal(signal.SIGTERM)
        answers = [answer for each in asking for answer in each]
    status = server.process.wait(PATIENCE)

    assert len(answers) > CALLERS
    assert {answer[:13] for answer in answers} == {b"HTTP/1.1 405 "}
    assert status == 0


def test_leaving_server_hangs_up_on_whoever_never_asks(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as silent:
        server.process.send_signal(signal.SIGTERM)
        heard = silent.recv(1)
    status = server.process.wait(PATIENCE)

    assert (heard, status) == (b"", 0)


def test_second_signal_ends_a_leaving_server_at_once(server: Server) -> None:
    server.process.send_signal(signal.SIGTERM)
    wait_until(lambda: is_leaving(server))

    status, _, _ = server.end(signal.SIGTERM)

    assert status == 130
