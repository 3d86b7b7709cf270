"""Takes a picture of every page in every state, light and dark, phone and desktop, and the one of the README."""

import sys
from collections.abc import Iterable
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser

PROJECT = Path(__file__).parent.parent
sys.path.insert(0, str(PROJECT))

from tests.browser.people import DESKTOP, PHONE, Person, Scheme, chromium  # noqa: E402 (found by the line above)
from tests.browser.scenes import SCENES, Scene, Stage, StageT  # noqa: E402
from tests.browser.scenes_abroad import SCENES_ABROAD, a_stage_abroad  # noqa: E402
from tests.browser.scenes_console import OTHERS_CONSOLE, SCENES_CONSOLE, StageConsole  # noqa: E402
from tests.browser.scenes_overview import SCENES_OVERVIEW, StageOverview  # noqa: E402
from tests.browser.server import Server, a_server  # noqa: E402

PICTURES = PROJECT / "screenshots"
README_PICTURE = PROJECT / "docs" / "images" / "sign-in.png"
README_SIZE = (976, 690)
SIZES = {"desktop": DESKTOP, "phone": PHONE}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def main(wanted: list[str]) -> None:
    """Take the pictures whose scenes are named, or all of them and the README's."""
    PICTURES.mkdir(exist_ok=True)
    at_home = [scene for scene in SCENES if not wanted or scene.name in wanted]
    abroad = [scene for scene in SCENES_ABROAD if not wanted or scene.name in wanted]
    on_console = [scene for scene in (*SCENES_CONSOLE, *OTHERS_CONSOLE) if not wanted or scene.name in wanted]
    overview = [scene for scene in SCENES_OVERVIEW if not wanted or scene.name in wanted]
    with chromium() as browser:
        if overview:
            with a_server() as server:
                play(overview, browser, server, stage=StageOverview.build(server, browser))
        if on_console:
            with a_server() as server:
                play(on_console, browser, server, stage=StageConsole.build(server, browser))
        if at_home:
            with a_server() as server:
                play(at_home, browser, server, stage=Stage.build(server, browser))
                if not wanted:
                    take_for_readme(browser, server)
        if abroad:
            with a_stage_abroad(browser) as (server, stage):
                play(abroad, browser, server, stage=stage)


def play(scenes: Iterable[Scene[StageT]], browser: Browser, server: Server, *, stage: StageT) -> None:
    """Take the pictures of scenes, in every look."""
    for scene in scenes:
        for (size_name, size), scheme in product(SIZES.items(), SCHEMES):
            person = scene.play(browser, server, stage, scheme=scheme, size=size)
            take(person, PICTURES / f"{scene.name}.{size_name}.{scheme}.png")
        print(scene.name)


def take(person: Person, file: Path) -> None:
    """Take a picture of the whole page, when everything on it has been drawn."""
    person.page.wait_for_load_state("networkidle")
    person.page.screenshot(path=file, full_page=True)
    person.context.close()


def take_for_readme(browser: Browser, server: Server) -> None:
    """Take the picture of signing in."""
    README_PICTURE.parent.mkdir(parents=True, exist_ok=True)
    person = Person.at(browser, server.base, size=README_SIZE).open("/sign-in")
    take(person, README_PICTURE)
    print(f"{README_PICTURE.relative_to(PROJECT)}: {README_PICTURE.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main(sys.argv[1:])
