"""The pages of the reference that say what is claimed, and what proves it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.conformance.suite.plans import BY_DESIGN, PLANS, Plan
from tests.requirements.table import PROJECT, Row, Table, Test, evidence, marked, tables

REFERENCE: Final = PROJECT / "docs" / "reference"
SUITE: Final = "tests/conformance/suite"
NOTE: Final = "<!-- Written by `make docs` from tests/requirements and the marks of the tests. Change those. -->"
_HOW: Final = (
    "A row names the tests that prove it. That they pass is not said by this page but by the run that let it in: "
    "continuous integration runs every test, and fails as well when a row has no test, when a test is marked with an "
    "id that is not here, or when this page is not what the tests say. A file without a name behind it means all its "
    "tests. Tests that need the published lists of attack strings say so, and are skipped where those are not at hand."
)
_SUITE: Final = (
    "Each module of these plans is mirrored by a test of its name, against a server in a process of its own. It is our "
    "reading of the module, and no certificate. *Refused by design* means that the test shows the refusal, which the "
    "suite accepts or warns of."
)
_CHAPTERS: Final = (
    "What this server claims of the OWASP Application Security Verification Standard 5.0: its chapters on browsers, "
    "files, authentication, sessions, authorization, self-contained tokens, OAuth and logging, as far as they "
    "concern a server of this kind. The sentences are our own."
)


def pages() -> Mapping[Path, str]:
    """Return every page by its place."""
    found = tables()
    known = evidence(found.values(), marked())
    return {
        REFERENCE / "conformance.md": conformance(found["specifications"], found["classes"], known),
        REFERENCE / "asvs.md": asvs(found["asvs"], known),
    }


def conformance(specifications: Table, classes: Table, known: Mapping[str, tuple[Test, ...]]) -> str:
    """Return the page of specifications, classes of attack, and the official suite's modules."""
    parts = [
        _HOW,
        "## Requirements of specifications",
        _rows(("id", "source", "what holds", "proved by"), specifications, known),
        "Not claimed:",
        _reasons(specifications),
        "## What broke elsewhere",
        "Every class of defect that was published about servers of this kind has its test here.",
        _rows(("id", "class", "what holds", "proved by"), classes, known),
        "Not claimed:",
        _reasons(classes),
        "## Modules of the official OpenID suite",
        _SUITE,
        *(part for plan in PLANS for part in _plan(plan)),
    ]
    return _page("Conformance", parts)


def asvs(table: Table, known: Mapping[str, tuple[Test, ...]]) -> str:
    """Return the page of OWASP ASVS."""
    parts = [
        _CHAPTERS,
        _HOW,
        _rows(("id", "level", "what holds", "proved by"), table, known),
        "## Not claimed",
        "What is not there yet, what is for whoever runs the server, and what does not apply.",
        _reasons(table),
    ]
    return _page("OWASP ASVS 5.0", parts)


def _plan(plan: Plan) -> Iterator[str]:
    yield f"### {plan.name}"
    rows = [(f"`{module}`", f"`{_test_of(module)}`", _verdict(plan, module)) for module in plan.modules]
    refused = sum(module in BY_DESIGN for module in plan.modules)
    files = _listed(f"{SUITE}/{file}" for file in plan.files)
    yield f"{len(rows)} modules, {refused} of them refused by design, in {files}."
    yield _table(("module", "test", "here"), rows)


def _verdict(plan: Plan, module: str) -> str:
    return f"refused by design: {BY_DESIGN[module]}" if module in BY_DESIGN else "done"


def _test_of(module: str) -> str:
    return f"test_{module.replace('-', '_').lower()}"


def _rows(columns: Sequence[str], table: Table, known: Mapping[str, tuple[Test, ...]]) -> str:
    return _table(columns, [(row.id, row.source, row.says, _proved(row, known)) for row in table.claimed.values()])


def _reasons(table: Table) -> str:
    return _table(("id", "why"), table.unclaimed.items())


def _proved(row: Row, known: Mapping[str, tuple[Test, ...]]) -> str:
    page = f"[{row.page}]({_link(row.page)})" if row.page else ""
    by = f"whatever proves {', '.join(row.by)}" if row.by else ""
    own = _listed(known[row.id])
    return "; ".join(part for part in (by, own, page) if part)


def _link(page: str) -> str:
    return f"../{page.removeprefix('docs/')}" if page.startswith("docs/") else f"../../{page}"


def _listed(tests: Iterable[Test]) -> str:
    """Return tests in one cell: by file, without the words that all of them share."""
    by_file: dict[str, list[str]] = {}
    for test in tests:
        file, _, name = test.partition("::")
        by_file.setdefault(file.removeprefix("tests/"), []).append(name.removeprefix("test_"))
    return "; ".join(
        f"`{file}`" + ("" if names == [""] else f" {', '.join(f'`{name}`' for name in names if name)}")
        for file, names in by_file.items()
    )


def _page(title: str, parts: Iterable[str]) -> str:
    return "\n\n".join((f"# {title}", NOTE, *parts)) + "\n"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [" | ".join(columns), " | ".join("---" for _ in columns)]
    lines += [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)
