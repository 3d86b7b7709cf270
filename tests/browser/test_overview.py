"""The console's pages on which operators look: axe finds nothing, nothing sticks out, and what is live stays so."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import Person
from tests.browser.scenes import Scene
from tests.browser.scenes_overview import SCENES_OVERVIEW, StageOverview
from tests.browser.server import Server, a_server
from tests.browser.test_accessibility import complaints_in_every_look

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stage(browser: Browser) -> Iterator[tuple[Server, StageOverview]]:
    with a_server() as server:
        yield server, StageOverview.build(server, browser)


@pytest.mark.parametrize("scene", SCENES_OVERVIEW, ids=lambda scene: scene.name)
def test_overview_is_for_everybody(
    browser: Browser, stage: tuple[Server, StageOverview], scene: Scene[StageOverview]
) -> None:
    assert complaints_in_every_look(browser, stage[0], stage[1], scene) == []


def at_health(browser: Browser, stage: tuple[Server, StageOverview]) -> Person:
    person = Person.at(browser, stage[0].base, state=stage[1].people["operator"])
    person.page.emulate_media(reduced_motion="no-preference")
    person.page.clock.install()
    person.open("/console/health")
    return person


def test_health_keeps_itself_up_to_date_and_leaves_open_what_was_opened(
    browser: Browser, stage: tuple[Server, StageOverview]
) -> None:
    person = at_health(browser, stage)
    person.page.click("#chart-queue-table summary")
    person.page.evaluate("document.activeElement.blur(); document.getElementById('figures').dataset.old = 'yes'")

    with person.page.expect_response("**/console/health"):
        person.page.clock.run_for(11_000)

    expect(person.page.locator("#figures[data-old]")).to_have_count(0)
    expect(person.page.locator("#chart-queue-table[open]")).to_have_count(1)
    person.context.close()


def test_health_stands_still_for_whoever_unticks_the_box(browser: Browser, stage: tuple[Server, StageOverview]) -> None:
    person = at_health(browser, stage)
    asked: list[str] = []
    person.page.uncheck("#keep-fresh-box")
    person.page.on("request", lambda request: asked.append(request.url))

    person.page.clock.run_for(60_000)

    assert asked == []
    person.context.close()
