"""Everything that a store holds, to tell whether something changed it."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing

from tests.functional.site import Site

Contents = Mapping[str, frozenset[tuple[object, ...]]]


def contents(site: Site) -> Contents:
    """Return the rows of every table."""
    with closing(sqlite3.connect(site.file, timeout=10)) as store:
        names = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: frozenset(store.execute(f"SELECT * FROM {name}")) for name in names}  # noqa: S608 (our own tables)


def changed(before: Contents, after: Contents) -> set[str]:
    """Return the tables that differ."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


class Unchanged:
    """Tells whether a store still holds what it held; it is looked through only after somebody wrote to it."""

    def __init__(self, site: Site) -> None:
        self._site, self._before = site, contents(site)
        self._store = sqlite3.connect(site.file, timeout=10, check_same_thread=False)
        self._version = self._read()

    def __bool__(self) -> bool:
        version = self._read()
        if version != self._version and changed(self._before, contents(self._site)):
            return False
        self._version = version
        return True

    def close(self) -> None:
        """Let the file go."""
        self._store.close()

    def _read(self) -> int:
        version: int = self._store.execute("PRAGMA data_version").fetchone()[0]
        return version
