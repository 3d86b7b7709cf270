"""The pages hold together: links lead somewhere, and the two commands are what the README says."""

import re
from pathlib import Path

from tests.architecture.tree import PROJECT
from tests.docs.markdown import anchors, blocks, broken_links, links

PAGES = [
    *sorted(PROJECT.glob("*.md")),
    *sorted((PROJECT / "docs").rglob("*.md")),
    *sorted((PROJECT / "examples").glob("*.md")),
    *sorted((PROJECT / "examples").glob("*/README.md")),
]


def test_links_of_all_pages_lead_somewhere() -> None:
    assert broken_links(PAGES) == []


def test_broken_links_planted_links_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A page, here\n[a](page.md) [b](#a-page-here) [c](gone.md) [d](page.md#gone) [e](https://x.org)")

    found = broken_links([page])

    assert found == ["page.md: gone.md", "page.md: page.md#gone"]


def test_links_in_code_are_none() -> None:
    assert links("`[a](b)`\n```sh\n[c](d)\n```\n[e](f)") == ["f"]


def test_anchors_heading_with_code_and_punctuation_is_as_shown() -> None:
    assert anchors("## What is in it, and `what` is not") == {"what-is-in-it-and-what-is-not"}


def test_docs_every_page_is_in_the_index() -> None:
    folder = PROJECT / "docs"
    listed = {(folder / link.partition("#")[0]).resolve() for link in links((folder / "README.md").read_text("utf-8"))}
    listed |= {
        (folder / "decisions" / link).resolve()
        for link in links((folder / "decisions" / "README.md").read_text("utf-8"))
    }
    pages = {page.resolve() for page in folder.rglob("*.md")} - {(folder / "README.md").resolve()}

    assert pages - listed == set()


def test_worked_second_version_is_the_one_that_tests_roll_out() -> None:
    page = PROJECT / "docs" / "how-to" / "bring-a-second-version.md"
    shown = [block.text for block in blocks(page.read_text("utf-8")) if block.language == "python"]
    folder = PROJECT / "tests" / "functional" / "v2"
    rolled_out = [(folder / f"{name}.py").read_text("utf-8") for name in ("bodies", "web", "endings")]

    assert shown == [text.replace("tests.functional.v2", "doorward.api.v2").rstrip() for text in rolled_out]


def test_readme_two_commands_are_in_the_makefile_and_run_in_integration() -> None:
    first = next(block for block in blocks((PROJECT / "README.md").read_text("utf-8")) if block.language == "sh")
    commands = re.findall(r"^make (\w+)", first.text, re.MULTILINE)
    targets = re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE)

    assert commands == ["run", "test"]
    assert set(commands) <= set(targets)
    assert "make --no-print-directory test" in (PROJECT / ".ci" / "run").read_text("utf-8")
