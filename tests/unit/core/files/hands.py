"""Hands for files: one upload or another in a line, and places and stores that stop in the middle."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from doorward.adapters.memory.files.bytes import MemoryBytes
from doorward.core.audit.records import AuditKind
from doorward.core.files.append_to_upload import Checksum
from doorward.core.files.ports import Bytes, Pen, Scanner
from doorward.core.files.records import FileId, Key, Progress, Verdict
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.ids import AccountId
from tests.house import House, Store

PDF: Final = b"%PDF-1.7\n" + bytes(index % 251 for index in range(91))
SIZE: Final = len(PDF)


class Killed(BaseException):
    """The process ends here."""


def append(
    house: House,
    owner: AccountId,
    upload_id: FileId,
    content: bytes,
    *,
    offset: int = 0,
    checksum: Checksum | None = None,
    at_once: int = 7,
) -> Progress:
    """Send bytes from an offset on, a few at once."""
    appending = house.flows.files.append(owner, upload_id, offset=offset, checksum=checksum)
    for start in range(0, len(content), at_once):
        appending.take(content[start : start + at_once])
    return appending.end()


def begin(house: House, owner: AccountId, *, length: int = SIZE, name: str = "report.pdf") -> FileId:
    """Begin an upload, and return its id."""
    return house.flows.files.begin(owner, length=length, name=name).id


def keep(house: House, owner: AccountId, content: bytes = PDF) -> FileId:
    """Keep a file, and return its id."""
    upload_id = begin(house, owner, length=len(content))
    append(house, owner, upload_id, content)
    return upload_id


def read(house: House, owner: AccountId, file_id: FileId) -> bytes:
    """Return the bytes of a file."""
    files = house.flows.files
    return b"".join(files.open.read(files.show(owner, file_id)))


@dataclass
class Fuse:
    """Counts what is done, and ends the process before or after the deed of a number; None: never."""

    burns_at: int | None = None
    done: int = 0

    def __call__(self) -> None:
        """Count a moment at which the process may end."""
        if self.burns_at is not None and self.done >= self.burns_at:
            raise Killed
        self.done += 1


@dataclass(frozen=True)
class FragilePen(Pen):
    """Writes until the process ends."""

    inner: Pen
    fuse: Callable[[], None]

    def write(self, chunk: bytes) -> None:
        self.inner.write(chunk)

    def keep(self) -> None:
        self.fuse()
        self.inner.keep()
        self.fuse()

    def drop(self) -> None:
        self.inner.drop()


@dataclass(frozen=True)
class FragileBytes(MemoryBytes):
    """Keeps bytes until the process ends, before or after each deed."""

    fuse: Callable[[], None] = field(default_factory=Fuse)

    def pen(self, key: Key) -> Pen:  # type: ignore[override]  # what writes is any pen
        self.fuse()
        return FragilePen(MemoryBytes.pen(self, key), self.fuse)

    def join(self, key: Key, parts: Sequence[tuple[Key, int]]) -> None:
        self.fuse()
        MemoryBytes.join(self, key, parts)
        self.fuse()

    def remove(self, key: Key) -> None:
        self.fuse()
        MemoryBytes.remove(self, key)
        self.fuse()


@dataclass(frozen=True)
class FragileStore:
    """A store whose process may end before and after each commit."""

    inner: Store
    fuse: Callable[[], None]

    @contextmanager
    def work(self) -> Iterator[object]:
        with self.inner.work() as work:
            yield work
            self.fuse()
        self.fuse()

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


def reachable(house: House) -> set[Key]:
    """Return the keys that records name."""
    first, last = Key(""), Key("z" * 26)
    with house.store.view() as view:
        return set(view.files.known(first, last) | view.uploads.known(first, last))


def lying(heaps: Bytes) -> set[Key]:
    """Return the keys that bytes lie under."""
    return set(heaps.keys())


class Scripted(Scanner):
    """Says one thing after another, and looks at everything."""

    def __init__(self, *verdicts: Verdict | Unavailable) -> None:
        self.verdicts = list(verdicts)
        self.seen = b""

    def scan(self, chunks: Iterable[bytes]) -> Verdict:
        self.seen = b"".join(chunks)
        verdict = self.verdicts.pop(0)
        if isinstance(verdict, Unavailable):
            raise verdict
        return verdict


def events(house: House) -> list[AuditKind]:
    """Return what the audit says of files and pictures."""
    with house.store.view() as view:
        return [entry.event.kind for entry in view.audit.read() if entry.event.kind.startswith(("file.", "avatar."))]
