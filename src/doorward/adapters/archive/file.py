"""A backup in one file: a line that says what it is, what it holds, and a code over all of it."""

import hmac
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from doorward.adapters.archive.lines import LinePen, header_in, pages_in
from doorward.core.kernel import secrets
from doorward.core.moving.errors import BackupDamaged, BackupExists, BackupForeign, BackupUnknown
from doorward.core.moving.ports import Backup, Pen
from doorward.core.moving.records import Header, Row

MAGIC: Final = b"doorward backup 1 "
_KEY_NAME_BYTES: Final = 8
_FIRST_LINE: Final = len(MAGIC) + 2 * _KEY_NAME_BYTES + 1
_CODE: Final = 32
_BLOCK: Final = 1 << 18


class FileBackup(Backup):
    """The backup at `path`, written under the first of `keys`, read under any of them.

    The first line is in the clear and names the key; the last 32 bytes are HMAC-SHA-256 over everything before them.
    Nothing is decompressed or understood before the whole file has proven genuine.
    """

    def __init__(self, path: Path, keys: Sequence[bytes]) -> None:
        self._path = path
        self._keys = {_name_of(key): key for key in keys}
        self._current = keys[0]

    @contextmanager
    def writing(self, header: Header) -> Iterator[Pen]:
        if self._path.exists():
            raise BackupExists(str(self._path))
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}.part")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                code = hmac.new(self._current, digestmod="sha256")

                def write(data: bytes) -> None:
                    code.update(data)
                    file.write(data)

                write(MAGIC + _name_of(self._current) + b"\n")
                yield LinePen(write, header)
                file.write(code.digest())
                file.flush()
                os.fsync(file.fileno())
            beside.rename(self._path)
            _sync_folder(self._path.parent)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise

    def check(self) -> Header:
        for _ in self._blocks():
            pass
        try:
            return header_in(self._blocks())
        except ValueError as error:
            raise self._strange() from error

    def pages(self) -> Iterator[tuple[str, list[Row]]]:
        try:
            yield from pages_in(self._blocks())
        except ValueError as error:
            raise BackupDamaged(str(self._path)) from error

    def name(self) -> str:
        with self._path.open("rb") as file:
            file.seek(-_CODE, os.SEEK_END)
            return f"backup {file.read().hex()[:16]}"

    def _blocks(self) -> Iterator[bytes]:
        """Yield what is between the first line and the code.

        Raises: BackupUnknown, BackupForeign. BackupDamaged, at the end, when the code is another.
        """
        with self._path.open("rb") as file:
            first = file.read(_FIRST_LINE)
            code = hmac.new(self._key(first), first, "sha256")
            left = os.fstat(file.fileno()).st_size - _FIRST_LINE - _CODE
            while left > 0:
                block = file.read(min(_BLOCK, left))
                if not block:
                    break
                left -= len(block)
                code.update(block)
                yield block
            self._require(code.digest(), file)

    def _key(self, first: bytes) -> bytes:
        if not first.startswith(MAGIC):
            raise self._strange()
        key = self._keys.get(first[len(MAGIC) :].rstrip(b"\n"))
        if key is None:
            raise BackupForeign(str(self._path))
        return key

    def _require(self, code: bytes, file: BinaryIO) -> None:
        if not hmac.compare_digest(code, file.read()):
            raise BackupDamaged(str(self._path))

    def _strange(self) -> BackupUnknown:
        what = f"{self._path} is no backup that this program can read."
        why = "It does not begin as a backup of `doorward store backup` does, or a newer program made it."
        return BackupUnknown(what, why, "Name the right file, or restore it with the program that made it.")


def _name_of(key: bytes) -> bytes:
    """Return the name of a key, which tells nothing of it."""
    return secrets.mac(key, b"backup key name").hex()[: 2 * _KEY_NAME_BYTES].encode()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
