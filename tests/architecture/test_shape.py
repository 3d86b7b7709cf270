"""Rooms, files and functions stay small enough to see whole."""

from pathlib import Path
from typing import Final

from tests.architecture.tree import PROJECT, SOURCE, functions, parsed, place, plant, python_files

FILES_A_ROOM: Final = 12
LINES_A_FILE: Final = 400
LINES_A_FUNCTION: Final = 60


def crowded_rooms(root: Path) -> list[str]:
    """Return each folder with too many modules; `__init__.py` is its door plate, and does not count."""
    rooms: dict[Path, int] = {}
    for path in python_files(root):
        if path.name != "__init__.py":
            rooms[path.parent] = rooms.get(path.parent, 0) + 1
    return [f"{room.relative_to(root)}: {count}" for room, count in rooms.items() if count > FILES_A_ROOM]


def long_files(root: Path) -> list[str]:
    """Return each file with too many lines."""
    lengths = ((path, len(path.read_text(encoding="utf-8").splitlines())) for path in python_files(root))
    return [f"{path.relative_to(root)}: {length}" for path, length in lengths if length > LINES_A_FILE]


def long_functions(root: Path) -> list[str]:
    """Return each function with too many lines, its signature and docstring included."""
    found = []
    for path in python_files(root):
        for function in functions(parsed(path)):
            length = (function.end_lineno or function.lineno) - function.lineno + 1
            if length > LINES_A_FUNCTION:
                found.append(f"{place(path, function, root)} {function.name}: {length}")
    return found


def test_crowded_rooms_source_has_none() -> None:
    assert crowded_rooms(SOURCE) == []


def test_crowded_rooms_thirteen_modules_are_found(tmp_path: Path) -> None:
    root = plant(tmp_path, {f"room/{number}.py": "" for number in range(FILES_A_ROOM + 1)})

    found = crowded_rooms(root)

    assert found == ["room: 13"]


def test_crowded_rooms_twelve_modules_and_a_door_plate_are_none(tmp_path: Path) -> None:
    modules = {f"room/{number}.py": "" for number in range(FILES_A_ROOM)}
    root = plant(tmp_path, modules | {"room/__init__.py": ""})

    found = crowded_rooms(root)

    assert found == []


def test_long_files_source_and_tests_have_none() -> None:
    assert long_files(SOURCE) + long_files(PROJECT / "tests") == []


def test_long_files_one_line_too_many_is_found(tmp_path: Path) -> None:
    root = plant(tmp_path, {"right.py": "x = 1\n" * LINES_A_FILE, "long.py": "x = 1\n" * (LINES_A_FILE + 1)})

    found = long_files(root)

    assert found == ["long.py: 401"]


def test_long_functions_source_has_none() -> None:
    assert long_functions(SOURCE) == []


def test_long_functions_one_line_too_many_is_found(tmp_path: Path) -> None:
    right = "def right():\n" + "    x = 1\n" * (LINES_A_FUNCTION - 1)
    long = "class Room:\n    async def long(self):\n" + "        x = 1\n" * LINES_A_FUNCTION
    root = plant(tmp_path, {"room.py": right + long})

    found = long_functions(root)

    assert found == ["room.py:62 long: 61"]
