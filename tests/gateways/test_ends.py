"""Servers that end behind the real gateways: no request is lost beyond the one that they were answering."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Event
from typing import Final

import httpx2
import pytest

from tests.gateways.conftest import Behind, an_instance
from tests.gateways.people import Person, Place
from tests.gateways.servers import KINDS, Kind, Ports, an_application, description, running
from tests.processes import PATIENCE, Server, free_port

API: Final = "/.well-known/jwks.json"
CALLERS: Final = 8


@dataclass(frozen=True)
class Doomed:
    """A gateway before two servers of each kind, one of which is there to end."""

    ports: Ports
    server: Server
    application: ExitStack


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def doomed(
    request: pytest.FixtureRequest, behind: Behind, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Doomed]:
    kind: Kind = request.param
    folder = tmp_path_factory.mktemp(kind.name)
    with ExitStack() as stack:
        application = stack.enter_context(ExitStack())
        own, staying = behind.ports, (behind.ports.doorward,)
        ports = Ports(
            own.gateway, free_port(), application.enter_context(an_application()), staying, further=(own.application,)
        )
        server = stack.enter_context(an_instance(behind.store, ports, ports.doorward))
        stack.enter_context(running(kind, folder, ports, description(folder, ports, has_files=kind.has_files)))
        yield Doomed(ports, server, application)


def test_servers_that_end_lose_no_more_than_what_they_were_answering(doomed: Doomed) -> None:
    """One of Doorward ends under load; one of the application while nobody asks, so nobody notices."""
    issuer, stop, person = doomed.ports.issuer, Event(), Person(Place("any", doomed.ports))
    with person.client, ThreadPoolExecutor(CALLERS) as pool:
        person.arrive(f"{issuer}/app/list")
        asking = [
            pool.submit(ask_on, person.client, [f"{issuer}{API}", f"{issuer}/app/list"], stop) for _ in range(CALLERS)
        ]
        doomed.server.process.kill()
        doomed.server.process.wait(PATIENCE)
        stop.set()
        statuses = [status for each in asking for status in each.result()]
        doomed.application.close()
        after = ask_each(person.client, issuer, CALLERS)

    assert len([status for status in statuses if status != 200]) <= CALLERS
    assert after == {"keys": {200}, "guarded": {200}, "token": {400}, "form": {200}}


def test_request_that_an_application_cannot_answer_takes_it_away_from_nobody(doomed: Doomed) -> None:
    issuer = doomed.ports.issuer
    with httpx2.Client(timeout=PATIENCE) as client:
        for _ in range(4):
            crashed = client.get(f"{issuer}/open/crash").status_code
            after = {client.get(f"{issuer}/open/list").status_code for _ in range(4)}

            assert crashed in (502, 503)
            assert after == {200}


def ask_each(client: httpx2.Client, issuer: str, times: int) -> dict[str, set[int]]:
    """Ask for everything so many times, and return the statuses."""
    return {
        "keys": {client.get(f"{issuer}{API}").status_code for _ in range(times)},
        "guarded": {client.get(f"{issuer}/app/list").status_code for _ in range(times)},
        "token": {client.post(f"{issuer}/oauth/token").status_code for _ in range(times)},
        "form": {client.post(f"{issuer}/open/form", data={"a": "b"}).status_code for _ in range(times)},
    }


def ask_on(client: httpx2.Client, addresses: list[str], stop: Event) -> list[int]:
    """Ask until told to stop, and once more, and return the statuses."""
    statuses: list[int] = []
    while True:
        is_last = stop.is_set()
        statuses.extend(client.get(address).status_code for address in addresses)
        if is_last:
            return statuses
