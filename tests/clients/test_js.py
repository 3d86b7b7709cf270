"""The browser library by itself: its types, its own tests in Node, and its size."""

import gzip
import re
from typing import Final

from tests.library import FOLDER, library, run

LARGEST: Final = 6 * 1024
STORED: Final = re.compile(r"localStorage|indexedDB|document\.cookie|navigator\.locks")


def test_library_own_tests_pass() -> None:
    library()

    said = run("npm", "test", folder=FOLDER)

    assert re.search(r"^# fail 0$", said, re.MULTILINE), said
    assert re.search(r"^# pass [1-9]\d$", said, re.MULTILINE), said


def test_library_is_small() -> None:
    assert len(gzip.compress(library().read_bytes(), 9)) <= LARGEST


def test_library_comes_with_its_types() -> None:
    told = (library().parent / "index.d.ts").read_text()

    assert {"Doorward", "WebSession", "DoorwardError"} <= set(re.findall(r"\w+", told))


def test_library_keeps_nothing_where_scripts_could_find_it() -> None:
    assert STORED.findall(library().read_text()) == []


def test_library_needs_nothing_else() -> None:
    assert '"dependencies"' not in (FOLDER / "package.json").read_text()
    assert re.findall(r"\bfrom\s*[\"'](?!\./)", "".join(each.read_text() for each in FOLDER.glob("src/*.ts"))) == []
