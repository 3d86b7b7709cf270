"""What no linter knows of the house's style: who may catch everything, what is documented, no security by assert."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest

from tests.architecture.tree import SOURCE, Function, nodes, parsed, place, plant, python_files

CATCH_ALLS: Final[Mapping[str, int]] = MappingProxyType({"api": 1, "worker": 1})
"""How many handlers a room may have that catch everything: the HTTP door, and the worker's loop."""

BROAD: Final = frozenset({"Exception", "BaseException"})

Documented = ast.ClassDef | Function


def asserts(root: Path) -> list[str]:
    """Return each assert statement: `python -O` removes them, so none may decide anything."""
    return [
        place(path, node, root)
        for path in python_files(root)
        for node in nodes(parsed(path))
        if isinstance(node, ast.Assert)
    ]


def catches_all(handler: ast.ExceptHandler) -> bool:
    """Return whether a handler catches everything and keeps it; one that ends in a bare `raise` keeps nothing."""
    last = handler.body[-1]
    if isinstance(last, ast.Raise) and last.exc is None:
        return False
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in BROAD) for kind in caught)


def misplaced_catch_alls(root: Path) -> list[str]:
    """Return each handler that catches everything, outside the two doors or beyond the one that each may have."""
    found = []
    seen: Counter[str] = Counter()
    for path in python_files(root):
        room = path.relative_to(root).parts[0]
        for node in nodes(parsed(path)):
            if isinstance(node, ast.ExceptHandler) and catches_all(node):
                seen[room] += 1
                if seen[room] > CATCH_ALLS.get(room, 0):
                    found.append(place(path, node, root))
    return found


def makers_of_sessions(root: Path) -> list[str]:
    """Return each file that makes the record of a session: what starts one, or reads one from a store."""
    return [
        str(path.relative_to(root))
        for path in python_files(root)
        if any(
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Session"
            for node in nodes(parsed(path))
        )
    ]


def public(body: list[ast.stmt]) -> Iterator[Documented]:
    """Yield the public classes and functions of a module or class, and those of its public classes."""
    for node in body:
        if isinstance(node, Documented) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


def undocumented(root: Path) -> list[str]:
    """Return each module, public class and public function that has no docstring."""
    found = []
    for path in python_files(root):
        tree = parsed(path)
        if ast.get_docstring(tree) is None:
            found.append(place(path, tree, root))
        found += [
            f"{place(path, node, root)} {node.name}" for node in public(tree.body) if ast.get_docstring(node) is None
        ]
    return found


def test_asserts_source_has_none() -> None:
    assert asserts(SOURCE) == []


def test_asserts_planted_assert_is_found(tmp_path: Path) -> None:
    root = plant(tmp_path, {"room.py": "def f(x):\n    assert x\n"})

    found = asserts(root)

    assert found == ["room.py:2"]


def test_misplaced_catch_alls_source_has_none() -> None:
    assert misplaced_catch_alls(SOURCE) == []


@pytest.mark.parametrize(
    "handler",
    ["except Exception:", "except BaseException as e:", "except:", "except (KeyError, Exception):"],
)
@pytest.mark.parametrize("file", ["core/x.py", "cli/x.py", "adapters/sql/x.py"])
def test_misplaced_catch_alls_planted_handler_is_found(tmp_path: Path, file: str, handler: str) -> None:
    root = plant(tmp_path, {file: f"try:\n    f()\n{handler}\n    pass\n"})

    found = misplaced_catch_alls(root)

    assert found == [f"{file}:3"]


def test_misplaced_catch_alls_second_handler_at_a_door_is_found(tmp_path: Path) -> None:
    handler = "try:\n    f()\nexcept Exception:\n    pass\n"
    root = plant(tmp_path, {"api/a.py": handler, "api/b.py": handler, "worker/run.py": handler})

    found = misplaced_catch_alls(root)

    assert found == ["api/b.py:3"]


@pytest.mark.parametrize("handler", ["except KeyError:\n    pass", "except BaseException:\n    undo()\n    raise"])
def test_misplaced_catch_alls_narrow_or_raising_handler_is_none(tmp_path: Path, handler: str) -> None:
    root = plant(tmp_path, {"core/x.py": f"try:\n    f()\n{handler}\n"})

    found = misplaced_catch_alls(root)

    assert found == []


def test_makers_of_sessions_in_the_core_are_the_two_that_start_them() -> None:
    assert makers_of_sessions(SOURCE / "core") == ["oauth/start_session.py", "sessions/start.py"]


def test_makers_of_sessions_planted_one_is_found(tmp_path: Path) -> None:
    root = plant(tmp_path, {"core/x.py": "def f(): return g(Session(id=1))\n", "core/y.py": "Session\n"})

    found = makers_of_sessions(root)

    assert found == ["core/x.py"]


def test_undocumented_core_has_none() -> None:
    assert undocumented(SOURCE / "core") == []


def test_undocumented_planted_names_are_found(tmp_path: Path) -> None:
    text = (
        "class Room:\n    def enter(self): ...\n    def _hidden(self): ...\nasync def leave(): ...\ndef _own(): ...\n"
    )
    root = plant(tmp_path, {"room.py": text, "fine.py": '"""What lives here."""\n'})

    found = undocumented(root)

    assert found == ["room.py:1", "room.py:1 Room", "room.py:2 enter", "room.py:4 leave"]
