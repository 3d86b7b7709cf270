"""A server for all, a browser for each module, and people who must have nothing to complain about."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.people import Person, chromium
from tests.browser.server import Server, a_server

NewPerson = Callable[..., Person]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with a_server() as started:
        yield started


# For each module and no longer: while it runs, no other test in this process can run a loop of its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def new_person(browser: Browser, server: Server) -> Iterator[NewPerson]:
    people: list[Person] = []

    def appear(base: str = server.base, **options: object) -> Person:
        people.append(Person.at(browser, base, **options))  # type: ignore[arg-type]  # checked by `at`
        return people[-1]

    yield appear
    for person in people:
        person.context.close()
    assert [complaint for person in people for complaint in person.complaints] == []


@pytest.fixture
def person(new_person: NewPerson) -> Person:
    return new_person()
