"""Backups as files: whole and genuine, or refused before a word of them is understood."""

import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from doorward.adapters.archive.file import MAGIC, FileBackup
from doorward.adapters.archive.lines import pages_in
from doorward.core.moving.errors import BackupDamaged, BackupExists, BackupForeign, BackupUnknown
from doorward.core.moving.ports import Pen
from doorward.core.moving.records import KINDS, Header, Kind, Row
from tests.builders import NOW

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
ROLES, PASSWORDS = KINDS[3], KINDS[2]
HEADER = Header(NOW, "0002", epoch=3, records=4, columns={"passwords": PASSWORDS.columns, "roles": ROLES.columns})
PAGES: list[tuple[Kind, list[Row]]] = [
    (PASSWORDS, [("ada", "hash", 1), ("grace", "häsh\n", 2)]),
    (ROLES, [("ada", "operator")]),
    (ROLES, [("ada", "auditor")]),
]


def write(backup: FileBackup) -> None:
    with backup.writing(HEADER) as pen:
        for kind, rows in PAGES:
            pen.add(kind, rows)
        pen.end({})


def read(backup: FileBackup) -> list[tuple[str, Row]]:
    backup.check()
    return [(kind, row) for kind, rows in backup.pages() for row in rows]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "doorward.backup"


@pytest.fixture
def backup(path: Path) -> FileBackup:
    written = FileBackup(path, [KEY])
    write(written)
    return written


class Full(Exception):
    """What a full disk is here."""


@contextmanager
def breaking(backup: FileBackup) -> Iterator[Pen]:
    with backup.writing(HEADER) as pen:
        pen.add(*PAGES[0])
        yield pen
        raise Full


def test_read_gives_back_what_was_written(backup: FileBackup) -> None:
    assert backup.check() == HEADER
    assert read(backup) == [(kind.name, row) for kind, rows in PAGES for row in rows]


def test_writing_makes_a_file_for_its_owner_alone_and_leaves_nothing_beside(backup: FileBackup, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_writing_that_fails_leaves_nothing(path: Path) -> None:
    with pytest.raises(Full), breaking(FileBackup(path, [KEY])):
        pass

    assert list(path.parent.iterdir()) == []


def test_writing_over_a_file_is_refused(backup: FileBackup, path: Path) -> None:
    before = path.read_bytes()

    with pytest.raises(BackupExists):
        write(backup)

    assert path.read_bytes() == before


def test_check_any_bit_changed_is_refused(backup: FileBackup, path: Path) -> None:
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])

        with pytest.raises((BackupDamaged, BackupForeign, BackupUnknown)):
            backup.check()


def test_check_cut_short_anywhere_is_refused(backup: FileBackup, path: Path) -> None:
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])

        with pytest.raises((BackupDamaged, BackupForeign, BackupUnknown)):
            backup.check()


def test_check_with_something_behind_is_refused(backup: FileBackup, path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")

    with pytest.raises(BackupDamaged):
        backup.check()


def test_check_of_another_deployment_is_refused(backup: FileBackup, path: Path) -> None:
    with pytest.raises(BackupForeign):
        FileBackup(path, [OTHER_KEY]).check()


def test_check_of_another_deployment_that_claims_our_key_is_refused(backup: FileBackup, path: Path) -> None:
    ours = path.read_bytes()
    path.unlink()
    write(FileBackup(path, [OTHER_KEY]))
    first_line = len(MAGIC) + 17
    path.write_bytes(ours[:first_line] + path.read_bytes()[first_line:])

    with pytest.raises(BackupDamaged):
        backup.check()


def test_check_under_the_secret_before_is_genuine(backup: FileBackup, path: Path) -> None:
    assert FileBackup(path, [OTHER_KEY, KEY]).check() == HEADER


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00" * 100, b"doorward backup 2 " + b"0" * 200])
def test_check_of_what_is_no_backup_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(BackupUnknown):
        FileBackup(path, [KEY]).check()


def test_pages_changed_after_the_check_are_refused(backup: FileBackup, path: Path) -> None:
    backup.check()
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))

    with pytest.raises(BackupDamaged):
        list(backup.pages())


def test_pages_of_a_backup_without_its_end_are_refused(path: Path) -> None:
    backup = FileBackup(path, [KEY])
    with backup.writing(HEADER) as pen:
        pen.add(*PAGES[0])
        pen.end({})
    whole = path.read_bytes()
    body = whole[len(MAGIC) + 17 : -32]
    lines = zlib.decompress(body, wbits=31).splitlines(keepends=True)

    assert lines[-1].startswith(b'{"end":')
    with pytest.raises(ValueError, match="no end"):
        list(pages_in([zlib.compress(b"".join(lines[:-1]), wbits=31)]))


def test_name_tells_backups_apart(backup: FileBackup, path: Path) -> None:
    other = FileBackup(path.with_name("other"), [OTHER_KEY])
    write(other)

    assert backup.name() == backup.name() != other.name()
