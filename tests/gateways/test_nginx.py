"""What `doorward gateway nginx` writes and no other gateway: verdicts that are kept, and words with a 429."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2

from tests.gateways.conftest import Behind, asked
from tests.gateways.people import Person, Place
from tests.gateways.servers import KINDS, Ports, description, running
from tests.gateways.test_limits import A_MINUTE, AT_ONCE, answers
from tests.processes import PATIENCE, wait_until

NGINX = KINDS[0]


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


def test_verdict_ends_with_the_session_within_its_bound(ports: Ports, tmp_path: Path) -> None:
    with nginx(tmp_path, ports, verdict_seconds=2), people(ports, 1) as (margaret,):
        address = f"{ports.issuer}/app/list"
        margaret.arrive(address)
        margaret.sign_out()

        wait_until(lambda: margaret.client.get(address, headers={"accept": "*/*"}).status_code == 401)
