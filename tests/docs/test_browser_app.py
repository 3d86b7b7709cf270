"""What the tutorial types into a browser's console shows what it says."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import CDPSession

from tests.architecture.tree import PROJECT
from tests.browser.people import chromium
from tests.docs.conftest import Served
from tests.docs.lesson import agrees, lesson

PAGE = PROJECT / "docs" / "tutorial" / "browser-app.md"


@pytest.fixture
def console(served: Served) -> Iterator[CDPSession]:
    with chromium() as browser:
        opened = browser.new_page()
        opened.goto(f"{served.address}/")
        yield opened.context.new_cdp_session(opened)


def typed(console: CDPSession, commands: str) -> object:
    """Return what a browser's console shows for what is typed into it."""
    asked = {"expression": commands, "replMode": True, "awaitPromise": True, "returnByValue": True}
    answer = console.send("Runtime.evaluate", asked)
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    shown: object = answer["result"].get("value")
    return shown


@pytest.mark.browser
def test_browser_app_typed_line_by_line_shows_what_it_says(served: Served, console: CDPSession) -> None:
    taught = lesson(served.here(PAGE.read_text(encoding="utf-8")), language="js")

    shown = [typed(console, step.commands) for step in taught.steps]

    assert agrees(taught.greetings[0], served.log.read_text(encoding="utf-8"))
    for step, value in zip(taught.steps, shown, strict=True):
        assert step.printed is None or json.loads(step.printed) == value, f"line {step.line}"
