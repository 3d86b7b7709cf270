"""What `doorward gateway nginx` writes and no other gateway: verdicts that are kept, and words with a 429."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Final

import httpx2

from tests.gateways.conftest import Behind, asked
from tests.gateways.people import Person, Place
from tests.gateways.servers import KINDS, Ports, description, running
from tests.gateways.test_limits import A_MINUTE, AT_ONCE, answers
from tests.processes import PATIENCE, free_port, wait_until

NGINX = KINDS[0]
STRANGERS: Final = 4
SHORTER_THAN_NGINX_HOLDS_A_QUESTION_BACK: Final = 3


@contextmanager
def nginx(folder: Path, ports: Ports, *, verdict_seconds: int = 0, scale: int = 1000) -> Iterator[None]:
    """Run nginx as it is written for these servers."""
    gateway = description(folder, ports, verdict_seconds=verdict_seconds, scale=scale)
    with running(NGINX, folder, ports, gateway):
        yield


@contextmanager
def people(ports: Ports, many: int) -> Iterator[tuple[Person, ...]]:
    """Let some browsers be there."""
    there = tuple(Person(Place("nginx", ports)) for _ in range(many))
    with ExitStack() as stack:
        for person in there:
            stack.enter_context(person.client)
        yield there


def test_what_is_too_much_is_said_as_doorward_says_it(ports: Ports, tmp_path: Path) -> None:
    accepts = {"accept": "text/html"}
    with nginx(tmp_path, ports, scale=1), httpx2.Client(timeout=PATIENCE) as client:
        tries = [client.post(f"{ports.issuer}/sign-in", data={}, headers=accepts) for _ in range(A_MINUTE + 2)]
        got = answers(ports, 4 * AT_ONCE)

    refused = [answer for answer in got if answer.status_code == 429]
    assert {answer.json()["code"] for answer in refused} == {"TOO_MANY_REQUESTS"}
    assert {answer.headers["content-type"] for answer in refused} == {"application/problem+json"}
    assert "Wait 12 seconds" in tries[-1].text
    assert tries[-1].headers["content-security-policy"].startswith("default-src 'none'")


def test_verdict_is_kept_for_a_moment_and_for_these_credentials_alone(behind: Behind, tmp_path: Path) -> None:
    ports, servers = behind.ports, behind.servers
    with nginx(tmp_path, ports, verdict_seconds=2), people(ports, 2) as (margaret, grace):
        address = f"{ports.issuer}/app/list"
        margaret.arrive(address)
        grace.arrive(address, name="grace")
        before = asked(servers)
        seen = [margaret.open(f"{address}?page={page}").told["x-auth-username"] for page in range(50)]
        others = [grace.open(address).told["x-auth-username"] for _ in range(5)]
        stranger = httpx2.get(address, headers={"accept": "*/*"})
        after = asked(servers)

    assert (set(seen), set(others), stranger.status_code) == ({"margaret"}, {"grace"}, 401)
    assert after - before < len(seen) / 2


AROUND: Final = r"""\1 underscores_in_headers on; ignore_invalid_headers off; satisfy any; merge_slashes off;
    proxy_intercept_errors on; proxy_cache_use_stale error timeout updating http_500;
"""
"""What an operator may have in the http block, for sites of their own."""


def test_what_stands_around_it_weakens_nothing(ports: Ports, tmp_path: Path) -> None:
    gateway = description(tmp_path, ports, verdict_seconds=2)
    forged = [("X_Auth_Subject", "root"), ("X.Auth.Subject", "root")]
    with (
        running(NGINX, tmp_path, ports, gateway, changed=("nginx.conf", "(http {)", AROUND)),
        people(ports, 1) as (margaret,),
    ):
        margaret.arrive(f"{ports.issuer}/app/list")
        opened = margaret.client.get(f"{ports.issuer}/open/list", headers=forged)
        guarded = margaret.client.get(f"{ports.issuer}/app/list", headers=forged)

    assert (opened.status_code, guarded.status_code) == (200, 200)
    for answer in (opened, guarded):
        assert "root" not in [value for _, value in answer.json()["headers"]]


class Together(BaseHTTPRequestHandler):
    """Says no to strangers once all of them have asked, in the place of Doorward."""

    strangers = Barrier(STRANGERS)

    def do_GET(self) -> None:
        status = HTTPStatus.UNAUTHORIZED if self.path.startswith("/forward-auth") else HTTPStatus.OK
        try:
            if self.path == "/forward-auth":
                self.strangers.wait(SHORTER_THAN_NGINX_HOLDS_A_QUESTION_BACK)
        except BrokenBarrierError:
            status = HTTPStatus.INTERNAL_SERVER_ERROR
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's word)
        """Say nothing."""


def test_strangers_do_not_wait_for_one_another(tmp_path: Path) -> None:
    """None of them has credentials, so all are one to whoever keeps a yes; and a no is never kept."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Together) as server, ThreadPoolExecutor(STRANGERS + 1) as pool:
        pool.submit(server.serve_forever)
        ports = Ports(free_port(), server.server_address[1], free_port())
        with nginx(tmp_path, ports, verdict_seconds=2):
            asking = [pool.submit(httpx2.get, f"{ports.issuer}/app/list", timeout=PATIENCE) for _ in range(STRANGERS)]
            statuses = [each.result().status_code for each in asking]
        server.shutdown()

    assert statuses == [401] * STRANGERS


def test_verdict_ends_with_the_session_within_its_bound(ports: Ports, tmp_path: Path) -> None:
    with nginx(tmp_path, ports, verdict_seconds=2), people(ports, 1) as (margaret,):
        address = f"{ports.issuer}/app/list"
        margaret.arrive(address)
        margaret.sign_out()

        wait_until(lambda: margaret.client.get(address, headers={"accept": "*/*"}).status_code == 401)
