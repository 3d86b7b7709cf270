"""The demonstration as it is typed: four agents start, know each other, and leave nothing behind."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from examples.demo.__main__ import Demo, check
from examples.demo.agents import Agents
from examples.demo.place import PASSWORD, USERNAME, Place
from tests.architecture.tree import PROJECT
from tests.browser.people import Person, chromium
from tests.docs.lesson import agrees, lesson, run
from tests.functional.examples.demonstrating import WORDS, Demonstration, demonstrating
from tests.library import install_example

TUTORIAL = PROJECT / "docs" / "tutorial" / "four-agents.md"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    install_example()  # one at a time: others build it too
    with demonstrating(tmp_path_factory.mktemp("demo")) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def a_shell(place: Place, folder: Path) -> dict[str, str]:
    """Return the environment of a second terminal, in whose browser ada allows what she is asked."""
    script = "import sys; from examples.demo.person import Person; from examples.demo.place import PASSWORD, USERNAME"
    ada = folder / "ada.py"
    ada.write_text(
        f"{script}\nwith Person() as ada:\n    ada.allow(sys.argv[1], username=USERNAME, password=PASSWORD)\n"
    )
    (folder / "examples").symlink_to(PROJECT / "examples")
    return {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.defpath)),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join((str(PROJECT / "src"), str(PROJECT))),
        "BROWSER": f"{sys.executable} {ada} %s &",
        "NOTES_ISSUER": place.issuer,
        "NOTES_API": place.api,
    }


def test_demo_is_as_the_tutorial_shows(running: Demonstration, tmp_path: Path) -> None:
    taught = lesson(running.here(TUTORIAL.read_text("utf-8")))

    printed = run(taught.steps, tmp_path, a_shell(running.place, tmp_path))

    assert agrees(taught.greetings[0], running.greeting), running.greeting
    for step, output in zip(taught.steps, printed, strict=True):
        assert step.printed is None or agrees(step.printed, output), f"line {step.line} printed:\n{output}"


def test_check_goes_every_way(running: Demonstration, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = check(Demo(running.place, Agents(tmp_path), has_page=True, is_json=False))

    said = capsys.readouterr().out
    assert (status, said.count("✓"), said.count("✗")) == (0, 8, 0), said


@pytest.mark.browser
def test_page_signs_in_asks_for_leave_and_keeps_notes(running: Demonstration, browser: Browser) -> None:
    place = running.place
    person = Person.at(browser, place.page)
    page = person.page
    note = page.locator("#list li").get_by_text("feed the cat", exact=True)

    person.open("/")
    expect(page.locator("#welcome")).to_be_visible()
    person.press("sign-in")
    assert page.url.startswith(place.issuer)
    assert person.read("application-name") == "Notes"
    person.fill(username=USERNAME, password=PASSWORD).press("sign-in-submit")
    asked = person.read("permissions")
    person.press("allow-submit")
    expect(page.locator("#desk")).to_be_visible()
    person.fill(text="feed the cat")
    page.click("#add")
    expect(note).to_be_visible()

    assert "notes:write" in asked
    assert page.url == f"{place.page}/"
    assert person.read("name") == USERNAME
    assert page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]") == []
    # Cookies know no ports: what the server lets its own scripts read, a page on the same host reads too.
    assert page.evaluate("document.cookie.split('; ').map((each) => each.split('=')[0])") == ["dw_csrf"]
    page.reload()
    expect(note).to_be_visible()
    page.click("#clear")
    expect(page.locator("#empty")).to_be_visible()
    person.press("sign-out")
    page.wait_for_url(f"{place.page}/**")
    expect(page.locator("#welcome")).to_be_visible()
    person.context.close()
    assert person.complaints == []


@pytest.mark.browser
def test_guest_book_is_written_into_from_its_page(running: Demonstration, browser: Browser) -> None:
    person = Person.at(browser, running.place.mounted)
    page = person.page

    person.open("/").fill(username=USERNAME, password=PASSWORD)
    page.click("#sign-in-submit")
    expect(page.locator("#who")).to_have_text(USERNAME)
    person.fill(text="I shall come again.")
    page.click("#write-submit")
    expect(page.locator("#entries p").first).to_have_text("I shall come again.")
    page.click("#sign-out")
    expect(page.locator("#sign-in-form")).to_be_visible()

    person.context.close()
    assert person.complaints == []


def test_greeting_for_programs_has_every_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = Place(range(9000, 9004))

    Demo(place, Agents(tmp_path), has_page=False, is_json=True).greet()

    told = json.loads(capsys.readouterr().out)
    assert (told["issuer"], told["api"], told["mounted"]) == (place.issuer, place.api, place.mounted)
    assert told["page"] is None
    assert told["processes"] == {}
    assert f"--issuer {place.issuer}" in told["app"]["sign_in"]


def test_check_that_finds_nobody_there_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo = Demo(Place([9, 9, 9, 9]), Agents(tmp_path), has_page=True, is_json=True)

    status = check(demo)

    found = json.loads(capsys.readouterr().out)
    assert status == 1
    assert [row["finding"] for row in found] == [None] * 8
    assert all(row["wrong"] for row in found)


def refused(*words: str, variables: tuple[str, ...] = ()) -> str:
    """Return what the demonstration says instead of starting; it must say what to type."""
    command = ["env", *variables, *WORDS, *words]
    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert ran.returncode != 0
    assert "--" in ran.stderr
    assert "Traceback" not in ran.stderr
    return ran.stderr


def test_demo_whose_port_is_taken_says_so() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        told = refused("--port", f"{port}")

    assert f"Port {port} cannot be used: Address already in use." in told


def test_demo_without_node_says_so_before_it_starts_anything() -> None:
    told = refused("--port", "0", variables=("PATH=/nonexistent",))

    assert "Node.js is missing" in told
    assert "Starting" not in told


def test_demo_on_a_port_that_is_none_says_which_are() -> None:
    assert "between 1 and 65531" in refused("--port", "70000")
