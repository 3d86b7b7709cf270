"""The source as architecture tests read it: files, rooms and syntax trees."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[2]
SOURCE = PROJECT / "src" / "doorward"

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(root: Path) -> list[Path]:
    """Return every Python file below `root`, in order."""
    return sorted(root.rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file; it is read once, by whichever test asks first."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Return every node of a tree."""
    return tuple(ast.walk(tree))


def place(path: Path, node: ast.AST, root: Path) -> str:
    """Return where a node stands, as an editor opens it, relative to `root`."""
    return f"{path.relative_to(root)}:{getattr(node, 'lineno', 1)}"


def functions(tree: ast.Module) -> Iterator[Function]:
    """Yield every function and method, nested ones included."""
    for node in nodes(tree):
        if isinstance(node, Function):
            yield node


def imported(tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    """Yield each imported module by its full dotted name, lazy imports included."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node, node.module


def plant(root: Path, files: dict[str, str]) -> Path:
    """Write `files` below `root`, each with the folders it needs, and return `root`."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
