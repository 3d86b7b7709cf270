"""Bytes as files, one a key.

A heap is written beside its place, made durable there, and moved to it in one step: what is at its place is whole.
Names are keys, so nothing that anybody said ever becomes part of a path; each folder and file is for its owner alone.
"""

import contextlib
import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from doorward.core.files.errors import StorageFull
from doorward.core.files.ports import Bytes, Pen, Pieces
from doorward.core.files.records import Key
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.ids import is_id

PIECE_BYTES: Final = 256 * 1024
_ROOM_LETTERS: Final = 6
"""How many letters of a key name the folder it lies in: those begin with the time, so a folder holds 17 minutes."""

_RETRY_AFTER: Final = timedelta(seconds=5)
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_UNFINISHED: Final = "unfinished"
_KEPT: Final = "kept"
_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


class FolderBytes(Bytes):
    """Keeps bytes in a folder, which several processes of one machine may share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def pen(self, key: Key) -> "FolderPen":
        with _faults():
            return FolderPen(self, _checked(key))

    def join(self, key: Key, parts: Sequence[tuple[Key, int]]) -> None:
        pen = self.pen(key)
        try:
            for part, count in parts:
                pen.copy(self.place(part), count)
            pen.keep()
        finally:
            pen.drop()

    def read(self, key: Key, start: int = 0, stop: int | None = None) -> "FolderPieces":
        with _faults():
            return FolderPieces(_opened(self.place(key)), start, stop)

    def size(self, key: Key) -> int | None:
        try:
            with _faults():
                return self.place(key).lstat().st_size
        except KeyError:
            return None

    def remove(self, key: Key) -> None:
        with contextlib.suppress(KeyError), _faults():
            place = self.place(key)
            place.unlink()
            with contextlib.suppress(OSError):
                place.parent.rmdir()  # once it is empty

    def keys(self, *, after: str = "") -> Iterator[Key]:
        with _faults():
            rooms = _names(self.folder / _KEPT)
        for room in rooms:
            if room < after[:_ROOM_LETTERS]:
                continue
            with _faults():
                names = _names(self.folder / _KEPT / room)
            yield from (Key(name) for name in names if is_id(name) and name > after)

    def sweep(self, before: datetime) -> int:
        unfinished, count = self.folder / _UNFINISHED, 0
        with _faults():
            for name in _names(unfinished):
                with contextlib.suppress(FileNotFoundError):
                    written_at = datetime.fromtimestamp((unfinished / name).lstat().st_mtime, UTC)
                    if written_at < before:
                        (unfinished / name).unlink()
                        count += 1
        return count

    def place(self, key: Key) -> Path:
        """Return where the bytes of a key lie; `within` tells the same to a server that serves the folder.

        Raises: KeyError, when it is none of ours.
        """
        return self.folder / self.within(key)

    @staticmethod
    def within(key: Key) -> str:
        """Return where the bytes of a key lie in the folder.

        Raises: KeyError.
        """
        return f"{_KEPT}/{_checked(key)[:_ROOM_LETTERS]}/{key}"

    def beside(self, key: Key) -> Path:
        """Return where the bytes of a key are written before they are whole."""
        return self.folder / _UNFINISHED / key


class FolderPen(Pen):
    """Writes one file."""

    def __init__(self, heaps: FolderBytes, key: Key) -> None:
        self._place = heaps.place(key)
        self._beside = heaps.beside(key)
        self._descriptor: int | None = None
        _made(self._beside.parent)
        self._descriptor = os.open(self._beside, _NEW, _MODE)

    def write(self, chunk: bytes) -> None:
        with _faults():
            _write_all(self._open(), chunk)

    def copy(self, source: Path, count: int) -> None:
        """Write the first bytes of another file; the system copies them without handing them to this process.

        Raises: StorageFull. Unavailable. KeyError, when it is not there or shorter.
        """
        with _faults():
            descriptor = _opened(source)
            try:
                left = count
                while left:
                    copied = os.sendfile(self._open(), descriptor, None, left)
                    if not copied:
                        raise KeyError(source.name)
                    left -= copied
            finally:
                os.close(descriptor)

    def keep(self) -> None:
        try:
            with _faults():
                os.fsync(self._open())
                self._close()
                self._move()
                _sync(self._place.parent)
        except BaseException:
            self.drop()
            raise

    def drop(self) -> None:
        self._close()
        with contextlib.suppress(OSError):
            self._beside.unlink()

    def _move(self) -> None:
        """Move the file to its place, whose folder goes when the last file in it is removed, at any moment."""
        while True:
            _made(self._place.parent)
            try:
                self._beside.rename(self._place)
            except FileNotFoundError:
                if not self._beside.exists():
                    raise Unavailable(_RETRY_AFTER) from None
            else:
                return

    def _open(self) -> int:
        if self._descriptor is None:
            raise Unavailable(_RETRY_AFTER)
        return self._descriptor

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def __del__(self) -> None:
        if self._descriptor is not None:  # whoever wrote was stopped in the middle
            self.drop()


class FolderPieces(Pieces):
    """Reads one file, and lets it go at its end, when it is closed, or when it is forgotten.

    A generator would do so only once the first piece was asked for, and whoever opened it may go away before that.
    """

    def __init__(self, descriptor: int, start: int, stop: int | None) -> None:
        self._descriptor: int | None = descriptor
        self._at = start
        self._stop = stop

    def __next__(self) -> bytes:
        if self._descriptor is None:
            raise StopIteration
        count = PIECE_BYTES if self._stop is None else min(PIECE_BYTES, self._stop - self._at)
        with _faults():
            piece = os.pread(self._descriptor, count, self._at) if count > 0 else b""
        if not piece:
            self.close()
            raise StopIteration
        self._at += len(piece)
        return piece

    def close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def __del__(self) -> None:
        self.close()


def _checked(key: Key) -> Key:
    if not is_id(key):
        raise KeyError(key)
    return key


def _opened(path: Path) -> int:
    """Return a descriptor of a file that is none but itself: a link to another one is not followed."""
    return os.open(path, _READ)


def _write_all(descriptor: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(descriptor, view) :]


def _made(folder: Path) -> None:
    """Make a folder and those above it, for the owner alone, and let it be found after a crash."""
    if folder.is_dir():
        return
    if not folder.parent.is_dir():
        _made(folder.parent)
    folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 (a path a file would cost more than the name)
    except (FileNotFoundError, NotADirectoryError):  # something else that somebody put there
        return []


@contextmanager
def _faults() -> Iterator[None]:
    """Turn what the system says into what the port promises."""
    try:
        yield
    except FileNotFoundError as error:
        raise KeyError(error.filename) from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise KeyError(error.filename) from None
        if error.errno in _FULL:
            raise StorageFull from error
        raise Unavailable(_RETRY_AFTER) from error
