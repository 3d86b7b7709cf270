"""Every page can be read and used by everybody: axe finds nothing, and nothing sticks out of a phone."""

from collections.abc import Iterator
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # ships no types
from playwright.sync_api import Browser

from tests.browser.people import DESKTOP, PHONE, Person, Scheme
from tests.browser.scenes import SCENES, Scene, Stage, StageT
from tests.browser.scenes_abroad import SCENES_ABROAD, StageAbroad, a_stage_abroad
from tests.browser.server import Server

pytestmark = pytest.mark.browser

# Colours hang on the scheme alone, and places on the size: two looks show both of either.
LOOKS: Final[tuple[tuple[Scheme, tuple[int, int]], ...]] = (("light", DESKTOP), ("dark", PHONE))
# Frames hold mails, and are shut off: what speaks to them is refused, and the browser says so.
_RULES: Final = {
    "iframes": False,
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
_FINDINGS: Final = """async (rules) => (await axe.run(rules)).violations.map(
  ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`
)"""


@pytest.fixture(scope="module")
def stage(browser: Browser, server: Server) -> Stage:
    return Stage.build(server, browser)


@pytest.fixture(scope="module")
def abroad(browser: Browser) -> Iterator[tuple[Server, StageAbroad]]:
    with a_stage_abroad(browser) as both:
        yield both


def findings(person: Person) -> list[str]:
    """Return what axe finds; of its report, what it finds alone leaves the browser."""
    if not person.page.evaluate("'axe' in window"):
        person.page.evaluate(Axe().axe_script)
    found: list[str] = person.page.evaluate(_FINDINGS, _RULES)
    return found


def complaints_in_every_look(browser: Browser, server: Server, stage: StageT, scene: Scene[StageT]) -> list[str]:
    """Play a scene, and return what is wrong with it.

    Tests beside this one make networks of their own, at which the browser drops what it loads: then it plays again.
    """
    complaints = _complaints(browser, server, stage, scene)
    if any("ERR_NETWORK_CHANGED" in complaint for complaint in complaints):
        complaints = _complaints(browser, server, stage, scene)
    return complaints


def _complaints(browser: Browser, server: Server, stage: StageT, scene: Scene[StageT]) -> list[str]:
    person = scene.play(browser, server, stage)
    found = []
    for scheme, size in LOOKS:
        person.look(scheme, size)
        found += [f"{scheme} at {size}: {finding}" for finding in findings(person)]
        width = person.page.evaluate("document.documentElement.scrollWidth")
        found += [f"{scheme} at {size}: {width} wide"] if width > size[0] else []
    person.context.close()
    return found + person.complaints


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_page_is_clean_in_every_look(browser: Browser, server: Server, stage: Stage, scene: Scene[Stage]) -> None:
    assert complaints_in_every_look(browser, server, stage, scene) == []


@pytest.mark.parametrize("scene", SCENES_ABROAD, ids=lambda scene: scene.name)
def test_page_about_others_is_clean_in_every_look(
    browser: Browser, abroad: tuple[Server, StageAbroad], scene: Scene[StageAbroad]
) -> None:
    assert complaints_in_every_look(browser, *abroad, scene) == []


@pytest.mark.parametrize("scene", [scene for scene in SCENES if "refused" in scene.name], ids=lambda scene: scene.name)
def test_page_with_problems_moves_the_focus_to_them(
    browser: Browser, server: Server, stage: Stage, scene: Scene[Stage]
) -> None:
    person = scene.play(browser, server, stage)

    person.page.locator("#error-summary:focus").wait_for()  # a script moves it, after the page has come
    title = person.page.title()
    person.context.close()

    assert title.startswith("Error: ")


def test_page_is_used_by_keyboard_alone(browser: Browser, server: Server, stage: Stage) -> None:
    person = Person.at(browser, server.base).open("/sign-in")
    keyboard = person.page.keyboard

    keyboard.press("Tab")
    skip = person.page.evaluate("document.activeElement.className")
    keyboard.press("Enter")
    keyboard.press("Tab")
    keyboard.type("nobody")
    keyboard.press("Tab")
    keyboard.press("Tab")
    keyboard.type("not the password")
    with person.page.expect_navigation():
        keyboard.press("Enter")
    seen = person.read("error-summary")
    person.context.close()

    assert skip == "skip"
    assert seen.startswith("There is a problem The name or the password is not right.")


def test_page_shows_and_hides_a_password(browser: Browser, server: Server) -> None:
    person = Person.at(browser, server.base).open("/sign-in").fill(password="correct horse")

    person.page.click("text=Show")
    shown = person.page.get_attribute("#password", "type")
    person.page.click("text=Hide")
    hidden = person.page.get_attribute("#password", "type")
    person.context.close()

    assert (shown, hidden) == ("text", "password")


def test_page_counts_the_characters_that_are_missing(browser: Browser, server: Server) -> None:
    person = Person.at(browser, server.base).open("/register").fill(password="ten 🦊 char")

    told = person.read("password-hint")
    person.context.close()

    assert told == "10 of 15 characters: 5 to go."
