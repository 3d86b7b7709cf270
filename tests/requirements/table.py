"""What is claimed of specifications, and the tests that prove it: read from tables here and from the tests' marks."""

import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[2]
FOLDER: Final = Path(__file__).parent
TESTS: Final = PROJECT / "tests"
MARK: Final = "requirement"
_NODE: Final = "::"

Test = str
"""A test as pytest names it, `tests/file.py::test_name`, or a file of which every test counts."""


@dataclass(frozen=True, slots=True)
class Row:
    """A requirement: its id, where it is written, what holds in our own words, and tests that are named beside marks.

    `by` are other requirements that prove it, `page` is a page of the documentation where it asks for one.
    """

    id: str
    source: str
    says: str
    tests: tuple[Test, ...] = ()
    by: tuple[str, ...] = ()
    page: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what is claimed, and what is not, by id with the reason."""

    claimed: Mapping[str, Row]
    unclaimed: Mapping[str, str]

    @classmethod
    def read(cls, name: str) -> "Table":
        """Return the table of a name."""
        document = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
        claimed = {
            row_id: Row(
                row_id,
                row.get("source", ""),
                row["says"],
                tuple(row.get("tests", ())),
                tuple(row.get("by", ())),
                row.get("page", ""),
            )
            for row_id, row in document["claimed"].items()
        }
        return cls(claimed, document.get("unclaimed", {}))


@cache
def tables() -> Mapping[str, Table]:
    """Return every table: the specifications, the classes of attack, and OWASP ASVS."""
    return {name: Table.read(name) for name in ("specifications", "classes", "asvs")}


@cache
def marked(root: Path = TESTS) -> Mapping[str, tuple[Test, ...]]:
    """Return the tests below `root` by the requirements that they are marked with; they are read once."""
    found: defaultdict[str, list[Test]] = defaultdict(list)
    for path in sorted(root.rglob("test_*.py")):
        text = path.read_text("utf-8")
        if f"mark.{MARK}(" in text:
            name = path.relative_to(root.parent).as_posix()
            for test, row_id in _marks(ast.parse(text)):
                found[row_id].append(f"{name}{_NODE}{test}")
    return {row_id: tuple(dict.fromkeys(tests)) for row_id, tests in found.items()}


def evidence(found: Iterable[Table], marks: Mapping[str, tuple[Test, ...]]) -> Mapping[str, tuple[Test, ...]]:
    """Return the tests of each requirement: those that are marked with it, and those that its row names."""
    rows = [row for table in found for row in table.claimed.values()]
    return {row.id: tuple(dict.fromkeys((*marks.get(row.id, ()), *row.tests))) for row in rows}


def proofs(row: Row, known: Mapping[str, tuple[Test, ...]]) -> tuple[Test, ...]:
    """Return the tests that prove a row: its own, and those of the rows that it stands on."""
    return tuple(dict.fromkeys(test for row_id in (row.id, *row.by) for test in known.get(row_id, ())))


def missing(tests: Iterable[Test]) -> list[Test]:
    """Return the named tests that are not there."""
    return [test for test in tests if not _exists(test)]


def _exists(test: Test) -> bool:
    file, _, name = test.partition(_NODE)
    path = PROJECT / file
    return path.is_file() and (not name or f"def {name}(" in path.read_text("utf-8"))


def _marks(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield each test of a file with an id that it is marked with.

    A mark counts that decorates a test, stands on a case in its decorator, or on a case of a list that it names.
    """
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    lists = {name: set(_ids(node)) for node in tree.body for name in _targets(node)}
    for function in functions:
        for decorator in function.decorator_list:
            own = _ids(decorator)
            named = (node.id for node in ast.walk(decorator) if isinstance(node, ast.Name))
            of_lists = (row_id for name in named for row_id in sorted(lists.get(name, ())))
            for row_id in (*own, *of_lists):
                yield function.name, row_id


def _targets(node: ast.stmt) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id


def _ids(tree: ast.AST) -> list[str]:
    return [
        argument.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == MARK
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
