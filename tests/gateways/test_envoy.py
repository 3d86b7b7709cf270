"""What `doorward gateway envoy` alone writes, in a real Envoy: how it reads paths, what it says, who may speak."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx2
import pytest

from tests.gateways.conftest import Behind, an_instance
from tests.gateways.servers import KINDS, Ports, description, running
from tests.processes import PATIENCE, free_port, wait_until

ENVOY: Final = next(kind for kind in KINDS if kind.name == "envoy")
A_MINUTE: Final = 5


@pytest.fixture(scope="module")
def ports(behind: Behind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    """Run Envoy with the limits of the table; each test calls from addresses of its own."""
    folder = tmp_path_factory.mktemp("envoy")
    with running(ENVOY, folder, behind.ports, description(folder, behind.ports, scale=1, has_files=False)):
        yield behind.ports


def caller(address: str) -> httpx2.Client:
    """Return somebody who calls from an address of their own."""
    return httpx2.Client(timeout=PATIENCE, transport=httpx2.HTTPTransport(local_address=address))


def sent(ports: Ports, path: str) -> int:
    """Ask for a path as it is written, and return the status."""
    with socket.create_connection(("127.0.0.1", ports.gateway), PATIENCE, ("127.0.3.1", 0)) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost:{ports.gateway}\r\n\r\n".encode("latin-1"))
        return int(line.makefile("rb").readline().split()[1])


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("127.0.2.1", "/sign-in"),
        ("127.0.2.2", "/sign%2Din?next=%2F"),
        ("127.0.2.3", "/%73%69%67%6e%2din"),
        ("127.0.2.4", "//sign-in"),
        ("127.0.2.5", "/x/../sign-in"),
    ],
)
def test_attempts_are_counted_however_the_path_is_written(ports: Ports, address: str, path: str) -> None:
    with caller(address) as client:
        tries = [client.post(f"{ports.issuer}{path}").status_code for _ in range(A_MINUTE + 1)]

    assert [status == 429 for status in tries] == [False] * A_MINUTE + [True]


def test_what_is_too_much_is_said_as_doorward_says_it_and_to_people_on_a_page(ports: Ports) -> None:
    with caller("127.0.2.6") as client:
        tries = [client.post(f"{ports.issuer}/sign-in") for _ in range(A_MINUTE + 1)]
        page = client.post(f"{ports.issuer}/sign-in", headers={"accept": "text/html"})

    assert tries[-1].json()["code"] == "TOO_MANY_REQUESTS"
    assert tries[-1].headers["content-type"] == "application/problem+json"
    assert "Wait 12 seconds" in page.text
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/open/%2e%2e%2fapp/list", "/open/..%5capp/list"])
def test_path_with_a_slash_written_as_a_number_reaches_nobody(ports: Ports, path: str) -> None:
    assert sent(ports, path) == 400


@pytest.mark.parametrize("path", ["/open/..;/app/list", "/app/../app/x", "/%61%70p/list"])
def test_guarded_place_is_guarded_however_its_path_is_written(ports: Ports, path: str) -> None:
    assert sent(ports, path) == 401


@pytest.mark.parametrize("path", ["/x/../metrics", "/%6detrics", "/metrics%0a"])
def test_figures_are_for_nobody_outside(ports: Ports, path: str) -> None:
    assert sent(ports, path) == 404


def test_sockets_reach_applications_and_not_doorward(ports: Ports) -> None:
    asked = {"connection": "Upgrade", "upgrade": "websocket"}
    paths = ("/open/list", "/app/list", "/.well-known/jwks.json")

    with caller("127.0.2.7") as client:
        statuses = [client.get(f"{ports.issuer}{path}", headers=asked).status_code for path in paths]

    assert statuses == [200, 401, 403]


def test_caller_is_not_forgotten_for_others_who_came_since(ports: Ports) -> None:
    def attempt(address: str) -> int:
        with caller(address) as client:
            return client.post(f"{ports.issuer}/sign-in").status_code

    tries = [attempt("127.0.4.1") for _ in range(A_MINUTE)]
    others = [attempt(f"127.0.5.{number}") for number in range(1, 31)]

    assert 429 not in (*tries, *others)
    assert attempt("127.0.4.1") == 429


def test_name_of_a_field_with_an_underscore_is_refused(ports: Ports) -> None:
    with caller("127.0.2.9") as client:
        assert client.get(f"{ports.issuer}/open/list", headers={"x_other": "1"}).status_code == 400


def test_field_that_steers_envoy_is_taken_from_callers(ports: Ports) -> None:
    steering = {"x-envoy-retry-on": "5xx", "x-envoy-upstream-rq-timeout-ms": "1", "x-envoy-original-path": "/app/"}

    with caller("127.0.2.8") as client:
        told = client.get(f"{ports.issuer}/open/list", headers=steering).json()["headers"]

    assert [name for name, _ in told if name.startswith("X-Envoy-")] == []


def test_question_goes_to_another_server_when_the_one_that_was_asked_is_killed(behind: Behind, tmp_path: Path) -> None:
    """Doorward says no, since it knows no host by the port of this gateway; two Envoys at one port would share it."""
    own = behind.ports
    here = Ports(free_port(), free_port(), own.application, (own.doorward,))
    with (
        an_instance(behind.store, own, here.doorward) as doomed,
        running(ENVOY, tmp_path, here, description(tmp_path, here, has_files=False)),
    ):
        before = {httpx2.post(f"{here.issuer}/app/list").status_code for _ in range(4)}
        doomed.process.kill()
        doomed.process.wait(PATIENCE)
        after = {httpx2.post(f"{here.issuer}/app/list").status_code for _ in range(4)}

    assert (before, after) == ({403}, {403})


def test_log_tells_of_a_request_and_not_of_its_query(behind: Behind, tmp_path: Path) -> None:
    here = Ports(free_port(), behind.ports.doorward, behind.ports.application)
    gateway = description(tmp_path, here, has_files=False)
    with running(ENVOY, tmp_path, here, gateway), caller("127.0.2.10") as client:
        told = client.get(f"{here.issuer}/open/list?code=secret", headers={"traceparent": "made-up"}).json()
        wait_until(lambda: gateway.edge.log.exists() and "/open/list" in gateway.edge.log.read_text())

    lines = [json.loads(line) for line in gateway.edge.log.read_text().splitlines()]
    (line,) = [each for each in lines if each["path"] == "/open/list"]
    fields = dict(told["headers"])
    assert (line["event"], line["method"], line["status"]) == ("gateway.answered", "GET", 200)
    assert line["request_id"] == fields["X-Request-Id"]
    assert "Traceparent" not in fields
    assert "secret" not in gateway.edge.log.read_text()
    assert "127.0.2.10" not in gateway.edge.log.read_text()
