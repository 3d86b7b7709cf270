"""Bytes in a folder: what the operating system is told, and what is made of what it says."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from doorward.adapters.disk.folder import FolderBytes
from doorward.core.files.errors import StorageFull
from doorward.core.files.records import Key
from doorward.core.kernel.errors import Unavailable

ONE = Key(f"{1:026}")
TWO = Key(f"{2:026}")


@pytest.fixture
def heaps(tmp_path: Path) -> FolderBytes:
    return FolderBytes(tmp_path / "files")


def written(heaps: FolderBytes, key: Key = ONE, content: bytes = b"content") -> Path:
    pen = heaps.pen(key)
    pen.write(content)
    pen.keep()
    return heaps.place(key)


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() or path.is_symlink()]


def open_at(place: Path) -> int:
    """Return how many descriptors of this process are of a file."""
    links = [Path(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")]  # noqa: PTH208 (numbers)
    return sum(link.exists() and link.samefile(place) for link in links)


def test_write_is_for_the_owner_alone(heaps: FolderBytes) -> None:
    place = written(heaps)

    assert place.stat().st_mode & 0o777 == 0o600
    for folder in (place.parent, place.parent.parent, heaps.folder, heaps.folder / "unfinished"):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_write_is_on_the_disk_before_it_is_at_its_place(heaps: FolderBytes, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    sync, rename = os.fsync, Path.rename

    def synced(descriptor: int) -> None:
        kind = "folder" if Path(f"/proc/self/fd/{descriptor}").resolve().is_dir() else "file"
        order.append(f"sync {kind}")
        sync(descriptor)

    def renamed(path: Path, target: Path) -> Path:
        order.append("rename")
        return rename(path, target)

    written(heaps, TWO)
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)

    written(heaps)

    assert order == ["sync file", "rename", "sync folder"]


def test_write_that_is_dropped_or_forgotten_leaves_nothing(heaps: FolderBytes) -> None:
    dropped = heaps.pen(ONE)
    dropped.write(b"x")
    dropped.drop()
    forgotten = heaps.pen(TWO)
    forgotten.write(b"x")
    del forgotten

    assert files_below(heaps.folder) == []
    assert heaps.size(ONE) is None


def test_pen_after_its_end_writes_nothing(heaps: FolderBytes) -> None:
    pen = heaps.pen(ONE)
    pen.write(b"kept")
    pen.keep()

    pen.drop()
    with pytest.raises(Unavailable):
        pen.write(b"more")

    assert b"".join(heaps.read(ONE)) == b"kept"


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "a" * 25, "A" * 26, f"{'a' * 24}/.", "a" * 27])
def test_key_that_is_none_of_ours_reaches_no_path(heaps: FolderBytes, key: str) -> None:
    for act in (heaps.pen, heaps.place, heaps.read):
        with pytest.raises(KeyError):
            act(Key(key))
    heaps.remove(Key(key))

    assert not heaps.folder.exists()


def test_link_that_was_planted_is_not_followed(heaps: FolderBytes, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    place = written(heaps)
    place.unlink()
    place.symlink_to(secret)
    (heaps.folder / "unfinished" / TWO).symlink_to(secret)

    with pytest.raises(KeyError):
        heaps.read(ONE)
    with pytest.raises(Unavailable):
        heaps.pen(TWO)

    assert secret.read_text() == "secret"


def test_keys_leaves_out_what_is_none_of_ours(heaps: FolderBytes) -> None:
    place = written(heaps)
    (place.parent / "notes.txt").write_text("x")
    (place.parent.parent / "README").write_text("x")

    assert list(heaps.keys()) == [ONE]


def test_remove_takes_the_empty_folder_along_while_others_write_there(heaps: FolderBytes) -> None:
    place = written(heaps)
    pen = heaps.pen(TWO)
    pen.write(b"x")

    heaps.remove(ONE)
    gone = not place.parent.exists()
    pen.keep()

    assert gone
    assert list(heaps.keys()) == [TWO]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_disk_that_is_full_keeps_nothing_half(heaps: FolderBytes, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def full(_descriptor: int, _chunk: object) -> int:
        raise OSError(number, "full")

    pen = heaps.pen(ONE)
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StorageFull):
        pen.write(b"x")
    pen.drop()

    assert files_below(heaps.folder) == []


def test_disk_that_fills_up_at_the_last_moment_keeps_nothing(
    heaps: FolderBytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    pen = heaps.pen(ONE)
    pen.write(b"x")
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(StorageFull):
        pen.keep()

    assert files_below(heaps.folder) == []


def test_disk_that_fails_is_away(heaps: FolderBytes, monkeypatch: pytest.MonkeyPatch) -> None:
    written(heaps)

    def broken(_descriptor: int, _count: int, _at: int) -> bytes:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "pread", broken)

    with pytest.raises(Unavailable):
        list(heaps.read(ONE))


@pytest.mark.parametrize("asked", [0, 1], ids=["before it began", "in the middle"])
@pytest.mark.parametrize("end", ["closed", "forgotten"])
def test_read_that_is_left_lets_the_file_go(heaps: FolderBytes, asked: int, end: str) -> None:
    place = written(heaps)

    pieces = heaps.read(ONE)
    held = open_at(place)
    for _ in range(asked):
        next(pieces)
    if end == "closed":
        pieces.close()
        assert list(pieces) == []
    else:
        del pieces

    assert (held, open_at(place)) == (1, 0)


def test_read_to_its_end_lets_the_file_go(heaps: FolderBytes) -> None:
    place = written(heaps)
    pieces = heaps.read(ONE)

    assert list(pieces) == [b"content"]
    assert open_at(place) == 0


def test_write_in_small_steps_of_the_system_is_whole(heaps: FolderBytes, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, chunk: write(descriptor, bytes(chunk)[:3]))

    written(heaps, content=b"0123456789")

    assert b"".join(heaps.read(ONE)) == b"0123456789"


def test_join_of_a_part_that_is_shorter_than_said_keeps_nothing(heaps: FolderBytes) -> None:
    written(heaps, content=b"123")

    with pytest.raises(KeyError):
        heaps.join(TWO, [(ONE, 4)])

    assert list(heaps.keys()) == [ONE]
    assert heaps.sweep(datetime(2100, 1, 1, tzinfo=UTC)) == 0


def test_write_whose_beginning_was_swept_away_is_away(heaps: FolderBytes) -> None:
    pen = heaps.pen(ONE)
    pen.write(b"x")
    heaps.sweep(datetime(2100, 1, 1, tzinfo=UTC))

    with pytest.raises(Unavailable):
        pen.keep()
