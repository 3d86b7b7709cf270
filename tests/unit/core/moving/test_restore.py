"""Restoring what does not fit, or did not arrive whole."""

from pathlib import Path

import pytest

from doorward.adapters.archive.file import FileBackup
from doorward.adapters.sql.moving.archive import SqlArchive
from doorward.core.moving.errors import BackupUnknown, SidesDiffer
from doorward.core.moving.records import KINDS, Header, Kind, Summary
from doorward.core.moving.restore import Restore, _whole, known_kinds
from doorward.testing.clock import START, FixedClock
from tests.contract.breaking import Silent
from tests.stores import a_sqlite_store


@pytest.mark.parametrize("columns", [{"colours": ("id",)}, {"roles": ("account_id", "role", "colour")}])
def test_known_kinds_what_is_not_known_is_refused(columns: dict[str, tuple[str, ...]]) -> None:
    header = Header(START, "9999", 0, 1, columns)

    with pytest.raises(BackupUnknown):
        known_kinds(header)


def test_whole_column_that_came_later_is_empty() -> None:
    ours = next(kind for kind in KINDS if kind.name == "passwords")
    older = Kind("passwords", ("account_id", "changed_at"))

    assert ours.columns == ("account_id", "hash", "changed_at")
    assert _whole(older, [("ada", 7)]) == [("ada", None, 7)]


def test_require_same_store_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    store = a_sqlite_store(tmp_path)
    target = SqlArchive(f"sqlite:///{tmp_path}/doorward.db")
    backup = FileBackup(tmp_path / "backup", [bytes(32)])
    restore = Restore(target, backup, store.work, FixedClock(), Silent())

    with pytest.raises(SidesDiffer, match="accounts"):
        restore._require_same({"accounts": Summary(5, bytes(32))})

    target.close()
    store.close()
