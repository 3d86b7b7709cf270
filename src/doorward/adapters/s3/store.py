"""Bytes in a bucket: each heap is one object, which lies where the same one lies in a folder of files."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import obstore

from doorward.adapters.s3.bucket import TIMEOUT, opened, reaching
from doorward.adapters.s3.pen import Loop, S3Pen
from doorward.adapters.s3.place import S3Place
from doorward.core.files.ports import Bytes, Pen, Pieces
from doorward.core.files.records import Key
from doorward.core.kernel.ids import is_id

KEPT: Final = "kept"
_ROOM_LETTERS: Final = 6
_SLICE: Final = 1 << 20
_READ: Final = 256 << 10
_NOTHING: Final = "0"
_AT_ONCE: Final = timedelta(seconds=1)


class S3Bytes(Bytes):
    """Keeps bytes in a bucket, which other things may share: what is not named like a key of ours is never touched.

    S3 shows an object when all of it is there, so nothing half-written is ever seen.
    Raises: ValueError, when the URL cannot be read.
    """

    def __init__(self, url: str, *, timeout: timedelta = TIMEOUT) -> None:
        self.place = S3Place.parse(url)
        self._store = opened(self.place, timeout=timeout)
        self._streams = opened(self.place, timeout=timeout, is_streaming=True)
        self._checks = opened(self.place, timeout=_AT_ONCE, retries=0)
        self._loop = Loop()

    def pen(self, key: Key) -> Pen:
        return S3Pen(self._store, path_of(key), self._loop)

    def join(self, key: Key, parts: Sequence[tuple[Key, int]]) -> None:
        pen = self.pen(key)
        try:
            for part, size in parts:
                for piece in self._beginning(part, size):
                    pen.write(piece)
            pen.keep()
        finally:
            pen.drop()

    def read(self, key: Key, start: int = 0, stop: int | None = None) -> Pieces:
        if not start and stop is None:
            return _slices(self._opened(key, None))
        size = self.size(key)
        if size is None:
            raise KeyError(key)
        end = size if stop is None else min(stop, size)
        if start >= end:
            return _slices(())
        return _slices(self._opened(key, None if (start, end) == (0, size) else (start, end)))

    def size(self, key: Key) -> int | None:
        try:
            with reaching():
                return obstore.head(self._store, path_of(key))["size"]
        except FileNotFoundError:
            self._require_bucket()
            return None

    def remove(self, key: Key) -> None:
        try:
            with reaching():
                obstore.delete(self._store, path_of(key))
        except FileNotFoundError:
            return

    def keys(self, *, after: str = "") -> Iterator[Key]:
        with reaching():
            for page in obstore.list(self._store, KEPT, offset=path_of(after) if after else None, chunk_size=1000):
                yield from filter(None, (_key_of(found["path"]) for found in page))

    def sweep(self, before: datetime) -> int:  # noqa: ARG002 (there is nothing to choose from)
        """Return 0: S3 does not show what a killed process began to write, and removes it by a rule of the bucket."""
        return 0

    def check(self) -> None:
        """Return when the bucket answers, which it has a second for.

        Raises: Unavailable.
        """
        with reaching():
            obstore.list(self._checks, _NOTHING).collect()

    def close(self) -> None:
        """Let nothing run in the background any more."""
        self._loop.close()

    def _beginning(self, key: Key, size: int) -> Iterator[bytes]:
        """Return the first bytes under a key.

        Raises: KeyError, when there are not as many.
        """
        left = size
        for piece in self.read(key, 0, size):
            left -= len(piece)
            yield piece
        if left:
            raise KeyError(key)

    def _opened(self, key: Key, between: tuple[int, int] | None) -> Iterator[bytes]:
        """Open what lies under a key.

        Raises: KeyError.
        """
        try:
            with reaching():
                found = obstore.get(self._streams, path_of(key), options={"range": between} if between else None)
                return iter(found.stream(min_chunk_size=_READ))
        except FileNotFoundError:
            raise KeyError(key) from None

    def _require_bucket(self) -> None:
        """Return when the bucket is there: asked for the size of a thing, it does not say which of both is missing.

        Raises: Unavailable.
        """
        with reaching():
            obstore.list(self._store, _NOTHING).collect()


def path_of(key: str) -> str:
    """Return where the bytes of a key lie."""
    return f"{KEPT}/{key[:_ROOM_LETTERS]}/{key}"


def _key_of(path: str) -> Key | None:
    """Return whose bytes lie at a path, or None when they are no bytes of ours."""
    name = path.rpartition("/")[2]
    return Key(name) if is_id(name) and path == path_of(name) else None


def _slices(stream: Iterable[bytes]) -> Generator[bytes]:
    with reaching():
        for chunk in stream:
            view = memoryview(chunk)
            for at in range(0, len(view), _SLICE):
                yield bytes(view[at : at + _SLICE])
