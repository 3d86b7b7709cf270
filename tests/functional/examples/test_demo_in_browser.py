"""The demonstration with a real browser: in through the page, past the question, to the notes and out again."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from examples.demo.place import PASSWORD, USERNAME
from tests.browser.people import Person, chromium
from tests.functional.examples.demonstrating import Demonstration, demonstrating
from tests.library import install_example

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    install_example()  # one at a time: others build it too
    with demonstrating(tmp_path_factory.mktemp("demo"), "--json", last="}") as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def test_page_signs_in_asks_for_leave_and_keeps_notes(demo: Demonstration, browser: Browser) -> None:
    where = json.loads(demo.greeting)
    person = Person.at(browser, where["page"])
    page = person.page

    person.open("/")
    expect(page.locator("#welcome")).to_be_visible()
    person.press("sign-in")
    assert page.url.startswith(where["issuer"])
    assert person.read("application-name") == "Notes"
    person.fill(username=USERNAME, password=PASSWORD).press("sign-in-submit")
    asked = person.read("permissions")
    person.press("allow-submit")
    expect(page.locator("#desk")).to_be_visible()
    person.fill(text="water the plants")
    page.click("#add")
    expect(page.locator("#list li")).to_have_text(["water the plants"])

    assert "notes:write" in asked
    assert page.url == f"{where['page']}/"
    assert person.read("name") == USERNAME
    assert page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]") == []
    # Cookies know no ports: what the server lets its own scripts read, a page on the same host reads too.
    assert page.evaluate("document.cookie.split('; ').map((each) => each.split('=')[0])") == ["dw_csrf"]
    page.reload()
    expect(page.locator("#list li")).to_have_text(["water the plants"])
    page.click("#clear")
    expect(page.locator("#empty")).to_be_visible()
    person.press("sign-out")
    page.wait_for_url(f"{where['page']}/**")
    expect(page.locator("#welcome")).to_be_visible()
    person.context.close()
    assert person.complaints == []


def test_guest_book_is_written_into_from_its_page(demo: Demonstration, browser: Browser) -> None:
    person = Person.at(browser, json.loads(demo.greeting)["mounted"])
    page = person.page

    person.open("/").fill(username=USERNAME, password=PASSWORD)
    page.click("#sign-in-submit")
    expect(page.locator("#who")).to_have_text(USERNAME)
    person.fill(text="It was lovely here.")
    page.click("#write-submit")
    expect(page.locator("#entries p")).to_have_text(["It was lovely here."])
    page.click("#sign-out")
    expect(page.locator("#sign-in-form")).to_be_visible()

    person.context.close()
    assert person.complaints == []
