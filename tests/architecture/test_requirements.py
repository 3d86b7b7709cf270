"""Every claim has its tests, every mark is a claim's, and the pages say what the tests say."""

from collections import Counter
from pathlib import Path

import pytest

from tests.architecture.tree import PROJECT, functions, parsed
from tests.conformance.suite.plans import BY_DESIGN, PLANS
from tests.requirements.pages import SUITE, pages
from tests.requirements.table import Row, Table, evidence, marked, missing, proofs, tables

PLANTED = """
CASES = [pytest.param(1, marks=pytest.mark.requirement("B-01"))]

@pytest.mark.requirement("A-01", "A-02")
@pytest.mark.parametrize("case", CASES)
def test_one(): ...

@pytest.mark.parametrize("case", [pytest.param(1, marks=pytest.mark.requirement("C-01"))])
def test_two(): ...

def test_three(): ...
"""


@pytest.mark.parametrize("name", ["specifications", "classes", "asvs"])
def test_every_claim_has_a_test_or_a_page(name: str) -> None:
    known = evidence(tables().values(), marked())

    assert [row.id for row in tables()[name].claimed.values() if not (proofs(row, known) or row.page)] == []


def test_every_named_test_and_page_is_there() -> None:
    rows = [row for table in tables().values() for row in table.claimed.values()]

    assert missing(test for row in rows for test in row.tests) == []
    assert [row.page for row in rows if row.page and not (PROJECT / row.page).is_file()] == []


def test_every_mark_and_every_reference_names_a_requirement() -> None:
    found = tables().values()
    known = {row_id for table in found for row_id in (*table.claimed, *table.unclaimed)}

    assert set(marked()) - known == set()
    assert {other for table in found for row in table.claimed.values() for other in row.by} - known == set()


def test_no_requirement_is_claimed_twice_or_both_ways() -> None:
    ids = Counter(row_id for table in tables().values() for row_id in (*table.claimed, *table.unclaimed))

    assert [row_id for row_id, count in ids.items() if count > 1] == []


def test_pages_are_what_the_tests_say() -> None:
    stale = [place.name for place, text in pages().items() if not place.is_file() or place.read_text("utf-8") != text]

    assert stale == [], "run `make docs`"


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_every_module_of_a_plan_has_the_test_of_its_name(plan: object) -> None:
    (chosen,) = (each for each in PLANS if each is plan)
    names = {function.name for file in chosen.files for function in functions(parsed(PROJECT / SUITE / file))}

    assert {f"test_{module.replace('-', '_').lower()}" for module in chosen.modules} - names == set()


def test_every_test_of_the_suite_mirrors_a_module() -> None:
    modules = {module for plan in PLANS for module in plan.modules}
    wanted = {f"test_{module.replace('-', '_').lower()}" for module in modules}
    files = {PROJECT / SUITE / file for plan in PLANS for file in plan.files}
    names = {f.name for file in files for f in functions(parsed(file)) if f.name.startswith("test_")}

    assert names - wanted == set()
    assert set(BY_DESIGN) - modules == set()


def test_marked_finds_marks_on_tests_on_cases_and_on_cases_of_lists(tmp_path: Path) -> None:
    root = tmp_path / "tests"
    root.mkdir()
    (root / "test_planted.py").write_text(PLANTED, "utf-8")

    found = marked(root)

    one, two = "tests/test_planted.py::test_one", "tests/test_planted.py::test_two"
    assert found == {"A-01": (one,), "A-02": (one,), "B-01": (one,), "C-01": (two,)}


def test_missing_planted_names_are_found() -> None:
    here = "tests/architecture/test_requirements.py"

    assert missing([here, f"{here}::test_pages_are_what_the_tests_say"]) == []
    assert missing([f"{here}::test_gone", "tests/gone.py"]) == [f"{here}::test_gone", "tests/gone.py"]


def test_proofs_are_marks_named_tests_and_those_of_others() -> None:
    row = Row("A-01", "", "", tests=("tests/b.py",), by=("B-01",))
    table = Table({"A-01": row, "B-01": Row("B-01", "", ""), "C-01": Row("C-01", "", "")}, {})

    known = evidence([table], {"A-01": ("tests/a.py::test_a",), "B-01": ("tests/c.py::test_c",)})

    assert proofs(row, known) == ("tests/a.py::test_a", "tests/b.py", "tests/c.py::test_c")
    assert proofs(table.claimed["C-01"], known) == ()
