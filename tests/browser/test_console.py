"""The console in a browser: clean in every look, used by keyboard alone, with scripts and without."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.people import Person
from tests.browser.scenes import Scene
from tests.browser.scenes_console import SCENES_CONSOLE, StageConsole
from tests.browser.server import Server, a_server
from tests.browser.test_accessibility import complaints_in_every_look

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def operated() -> Iterator[Server]:
    with a_server() as server:
        yield server


@pytest.fixture(scope="module")
def stage(browser: Browser, operated: Server) -> StageConsole:
    return StageConsole.build(operated, browser)


@pytest.fixture
def operator(browser: Browser, operated: Server, stage: StageConsole) -> Iterator[Person]:
    person = Person.at(browser, operated.base, state=stage.people["operator"])
    yield person
    person.context.close()
    assert person.complaints == []


@pytest.mark.parametrize("scene", SCENES_CONSOLE, ids=lambda scene: scene.name)
def test_page_of_the_console_is_clean_in_every_look(
    browser: Browser, operated: Server, stage: StageConsole, scene: Scene[StageConsole]
) -> None:
    assert complaints_in_every_look(browser, operated, stage, scene) == []


def test_search_answers_while_one_types(operator: Person) -> None:
    operator.open("/console/accounts")

    operator.page.type("#q", "marg")
    operator.page.wait_for_url("**/console/accounts?q=marg")
    operator.page.locator("#accounts tbody tr").first.wait_for()
    found = operator.page.locator("#accounts tbody tr").all_inner_texts()
    is_still_there = operator.page.evaluate("document.activeElement.id")
    operator.page.type("#q", "xyz")
    operator.page.locator("#nothing").wait_for()

    assert (len(found), "margery" in found[0], is_still_there) == (1, True, "q")


def test_search_of_somebody_who_was_signed_out_meanwhile_leads_to_sign_in(operator: Person) -> None:
    operator.open("/console/accounts").context.clear_cookies()

    operator.page.type("#q", "marg")
    operator.page.wait_for_url("**/sign-in?**")

    assert operator.sees("for-console")


def test_search_works_without_scripts(browser: Browser, operated: Server, stage: StageConsole) -> None:
    person = Person.at(browser, operated.base, state=stage.people["operator"], scripts=False)

    person.open("/console").fill(q="margery").press("q-submit")
    place, shown = person.place, person.page.locator("#accounts tbody tr").count()
    person.context.close()

    assert (place, shown) == ("/console/accounts?q=margery", 1)


def test_account_is_found_and_unlocked_by_keyboard_alone(operator: Person) -> None:
    keyboard = operator.open("/console").page.keyboard

    operator.page.focus("#q")
    keyboard.type("lucia")
    with operator.page.expect_navigation():
        keyboard.press("Enter")
    operator.page.focus("#accounts a")
    with operator.page.expect_navigation():
        keyboard.press("Enter")
    operator.page.focus("#unlock")
    with operator.page.expect_navigation():
        keyboard.press("Enter")
    asked = operator.read("title")
    reached: list[str] = []
    while "ask-submit" not in reached and len(reached) < 20:
        keyboard.press("Tab")
        reached.append(operator.page.evaluate("document.activeElement.id"))
    with operator.page.expect_navigation():
        keyboard.press("Enter")

    assert asked == "Unlock lucia?"
    assert operator.read("notice") == "The account is unlocked: its password may be tried again."
    assert not operator.sees("lock")
