"""Stores for tests, empty and ready."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from doorward.adapters.memory.store import MemoryStore
from doorward.adapters.sql.migrations import upgrade
from doorward.adapters.sql.store import SqlStore


def a_memory_store() -> MemoryStore:
    """Return a store in this process."""
    return MemoryStore(on_change=lambda _: None, on_jobs=lambda: None)


@cache
def _template() -> bytes:
    with TemporaryDirectory(prefix="doorward-template-") as folder:
        path = Path(folder) / "empty.db"
        upgrade(f"sqlite:///{path}")
        return path.read_bytes()


def a_sqlite_store(folder: Path) -> SqlStore:
    """Return a store on a new file in `folder`."""
    path = folder / "doorward.db"
    path.write_bytes(_template())
    return SqlStore(f"sqlite:///{path}", on_change=lambda _: None, on_jobs=lambda: None)
