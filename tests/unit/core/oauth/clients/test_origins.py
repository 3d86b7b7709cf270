"""From where browsers may call: what of the registrations counts, and for how long."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.assembly.flows import Work
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.ids import ClientId
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.clients.origins import LOOK_AGAIN_AFTER, Origins, RegisteredOrigins, origins_of
from doorward.core.oauth.records import Client, ClientType
from tests.builders import NOW, a_client
from tests.house import House

OWN = "https://app.example"


def register(house: House, *clients: Client) -> None:
    with house.store.work() as work:
        for client in clients:
            assert work.clients.add(client)


@pytest.fixture
def origins(house: House) -> RegisteredOrigins:
    return RegisteredOrigins(house.store.view, FindClient(house.store.view), house.clock)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (OWN,)),
        ({"redirect_uris": ("http://localhost:5173/in", f"{OWN}:8443/a")}, ("http://localhost:5173", f"{OWN}:8443")),
        ({"redirect_uris": ("com.example.app:/in",)}, ()),
        ({"type": ClientType.WEB}, ()),
        ({"type": ClientType.NATIVE}, ()),
        ({"disabled_at": NOW}, ()),
    ],
    ids=str,
)
def test_origins_are_those_of_enabled_clients_that_run_in_browsers(
    changes: dict[str, object], expected: tuple[str, ...]
) -> None:
    assert origins_of(replace(a_client(), **changes)) == set(expected)  # type: ignore[arg-type]  # a test's own


@pytest.mark.requirement("C-11")
@pytest.mark.parametrize(
    ("address", "origin"),
    [
        (f"{OWN}/back?to=here", OWN),
        (f"{OWN}:443/back", OWN),
        (f"{OWN}:80/back", f"{OWN}:80"),
        ("http://127.0.0.1:80/back", "http://127.0.0.1"),
        ("http://[::1]:443/back", "http://[::1]:443"),
    ],
)
def test_origins_are_written_as_browsers_send_them(address: str, origin: str) -> None:
    assert origins_of(replace(a_client(), redirect_uris=(address,))) == {origin}


def test_origins_of_clients_with_a_cookie_are_told_apart(house: House, origins: RegisteredOrigins) -> None:
    other = "https://other.example"
    page = replace(a_client(), id=ClientId("page"), redirect_uris=(f"{other}/in",), uses_refresh_cookie=True)
    register(house, a_client(), page)

    assert origins() == Origins(every=frozenset({OWN, other}), with_cookie=frozenset({other}))


def test_origins_of_every_page_of_clients_count(house: House, origins: RegisteredOrigins) -> None:
    uris = [f"https://app-{number}.example" for number in range(101)]
    register(house, *(replace(a_client(), id=ClientId(uri[8:]), redirect_uris=(f"{uri}/in",)) for uri in uris))

    assert origins().every == set(uris)


def test_origins_are_read_again_after_a_while_and_no_sooner(house: House, origins: RegisteredOrigins) -> None:
    before = origins()
    register(house, a_client())

    at_once, soon = origins.at_once(), origins()
    house.clock.pause(LOOK_AGAIN_AFTER)

    assert before == at_once == soon == Origins()
    assert origins.at_once() is None
    assert origins().every == {OWN}


def test_origins_of_before_count_while_the_store_is_away_and_are_asked_for_each_time(
    house: House, origins: RegisteredOrigins
) -> None:
    register(house, a_client())
    known = origins()
    house.clock.pause(LOOK_AGAIN_AFTER)

    def away() -> AbstractContextManager[Work]:
        raise Unavailable(timedelta(seconds=1))

    origins.view = away

    assert origins() == known == Origins(every=frozenset({OWN}))
    assert origins.at_once() is None
