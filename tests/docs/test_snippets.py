"""What the README and the tutorials show is what happens."""

from pathlib import Path

import pytest

from tests.architecture.tree import PROJECT
from tests.docs.conftest import Served
from tests.docs.lesson import Step, agrees, lesson, run

LESSONS = [PROJECT / "README.md", *sorted((PROJECT / "docs" / "tutorial").glob("*.md"))]
ON_FOUR_SERVERS = {"four-agents"}
"""What `make demo` serves, and tests/functional/examples follows."""

IN_A_SHELL = [
    path for path in LESSONS if path.stem not in ON_FOUR_SERVERS and lesson(path.read_text(encoding="utf-8")).steps
]


@pytest.mark.parametrize("path", IN_A_SHELL, ids=lambda path: path.stem)
def test_lesson_followed_line_by_line_shows_what_it_says(path: Path, served: Served) -> None:
    taught = lesson(served.here(path.read_text(encoding="utf-8")))
    for name, text in taught.files.items():
        (served.folder / name).write_text(text, encoding="utf-8")

    printed = run(taught.steps, served.folder, served.environment)

    greeted = served.log.read_text(encoding="utf-8")
    assert [said for said in taught.greetings if not agrees(said, greeted)] == []
    for step, output in zip(taught.steps, printed, strict=True):
        assert step.printed is None or agrees(step.printed, output), f"line {step.line} printed:\n{output}"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_every_page_starts_a_server_and_shows_something(path: Path) -> None:
    page = path.read_text(encoding="utf-8")

    taught = [lesson(page), lesson(page, language="js")]

    assert len(taught[0].greetings) == 1
    assert any(step.printed for each in taught for step in each.steps)


def test_run_command_that_fails_is_told_by_its_line(tmp_path: Path) -> None:
    steps = (Step("echo fine", 3), Step("echo said before; false", 8), Step("echo never", 12))

    with pytest.raises(AssertionError, match="line 8 ended with 1:\nsaid before"):
        run(steps, tmp_path, {"PATH": "/usr/bin:/bin"})


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [
        pytest.param("fine", "this is fine\n", True, id="part of a line"),
        pytest.param("fine", "this is bad\n", False, id="something else"),
        pytest.param('{"id":"…","ok":true}', '{"id":"01","ok":true}', True, id="value that differs"),
        pytest.param('{"id":"…","ok":true}', '{"id":"01",\n"ok":true}', False, id="value stays in its line"),
        pytest.param("a\n…\nd", "a\nb\nc\nd\n", True, id="lines left out"),
        pytest.param("a\n…\nd", "a\nd\n", True, id="no lines left out"),
        pytest.param("…\nd", "a\nd\n", True, id="begin left out"),
        pytest.param("a\n…", "a\nd\n", True, id="end left out"),
        pytest.param("a\nb", "b\na\n", False, id="other order"),
        pytest.param("a\nb", "a  \nb  \n", True, id="spaces at the end"),
        pytest.param("a   b", "a       b\n", True, id="wider column"),
        pytest.param("a   b", "a b\n", False, id="no column"),
    ],
)
def test_agrees_what_is_shown_and_printed_is_told(shown: str, printed: str, expected: bool) -> None:  # noqa: FBT001 (a row of the table)
    assert agrees(shown, printed) is expected
