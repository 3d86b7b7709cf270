"""The example of a single page, as `npm run build` makes it, under its strict policy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import NewPerson
from tests.browser.notes import a_notes_api
from tests.browser.people import PHONE, Person
from tests.browser.server import PASSWORD, Server
from tests.browser.single_page import SinglePage, a_single_page, wait_until_known
from tests.library import example

pytestmark = pytest.mark.browser

TEXT = '<b>Buy</b> milk & "bread"'


@pytest.fixture(scope="module")
def page(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SinglePage]:
    folder: Path = tmp_path_factory.mktemp("page")
    with a_single_page(folder) as started, a_notes_api(server.base, started.base) as api:
        scopes = [word for scope in ("openid", "profile", "notes:read", "notes:write") for word in ("--scope", scope)]
        addresses = ["--redirect-uri", f"{started.base}/signed-in", "--post-logout-redirect-uri", f"{started.base}/"]
        server.client(
            "Notes", "--type", "spa", "--refresh-cookie", "--first-party", *addresses, *scopes, "--resource", api
        )
        example(folder, VITE_ISSUER=server.base, VITE_CLIENT_ID="notes", VITE_API=api)
        wait_until_known(server.base, started.base)
        yield started


def sign_in(person: Person, page: SinglePage, name: str) -> None:
    person.page.goto(page.base)
    person.page.click("#sign-in")
    person.page.wait_for_selector("#sign-in-submit")
    person.fill(username=name, password=PASSWORD).press("sign-in-submit")
    person.page.wait_for_selector("#who:visible")


def test_example_person_signs_in_keeps_notes_and_leaves(
    new_person: NewPerson, server: Server, page: SinglePage
) -> None:
    person, name = new_person(), server.account("katherine")

    sign_in(person, page, name)
    assert (person.read("name"), person.place) == (name, "/")
    person.page.fill("#text", TEXT)
    person.page.click("#add")
    person.page.wait_for_selector("#list li")
    assert person.page.inner_text("#list li") == TEXT

    person.page.reload()
    person.page.wait_for_selector("#list li")
    assert person.read("name") == name

    person.page.evaluate("() => { document.body.id = 'old'; }")
    person.page.click("#sign-out")
    person.page.wait_for_selector("body:not(#old) #welcome:visible")  # by the server, and back
    assert person.page.inner_text("#list") == ""
    assert person.open(f"{server.base}/account").place.startswith("/sign-in")


def test_example_page_fits_a_phone(new_person: NewPerson, server: Server, page: SinglePage) -> None:
    person = new_person(size=PHONE)
    sign_in(person, page, server.account("dorothea-with-a-long-name"))

    width = person.page.evaluate("() => document.documentElement.scrollWidth")

    assert width <= PHONE[0]
