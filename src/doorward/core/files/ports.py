"""What keeping files asks of the outside."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from doorward.core.files.records import File, FileId, Key, Part, Purpose, Upload, Verdict
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.pages import Page


class Pen(Protocol):
    """Writes the bytes that will lie under one key. One thread at a time uses it, but not always the same one.

    Between two calls any time may go by: whoever sends the bytes may be slow, and holds no thread meanwhile.
    """

    @abstractmethod
    def write(self, chunk: bytes) -> None:
        """Write some bytes behind those before. However many come in all, a bounded part of them is in memory.

        Raises: StorageFull. Unavailable. Then nothing is left to do but to drop.
        """

    @abstractmethod
    def keep(self) -> None:
        """Let what was written lie under the key: when it returns, that is whole and durable.

        Raises: StorageFull. Unavailable. Then nothing lies under the key.
        """

    @abstractmethod
    def drop(self) -> None:
        """Leave nothing of what was written. After `keep`, or another `drop`, nothing happens."""


class Pieces(Iterator[bytes], Protocol):
    """The bytes under one key, piece by piece."""

    @abstractmethod
    def close(self) -> None:
        """Let go what was opened, whether anything was read of it or not; then there are no more pieces.

        The end of the bytes does the same, and so does forgetting them. A second time nothing happens.
        """


class Bytes(Protocol):
    """Keeps bytes, each heap of them under a key of its own, and never changes any.

    A key is an identifier of ours (26 small letters and digits) and is written once. What lies under a key is whole:
    bytes that a pen was not told to keep are never seen under it. All calls block, and several threads make them at
    once. Every method raises `Unavailable` when the place is away.
    """

    @abstractmethod
    def pen(self, key: Key) -> Pen:
        """Begin to write under a new key."""

    @abstractmethod
    def join(self, key: Key, parts: Sequence[tuple[Key, int]]) -> None:
        """Keep under a new key what lies under others: of each, in order, as many bytes from its beginning as is said.

        The parts stay. It is as durable and as whole as a write.
        Raises: StorageFull. KeyError, when a part is not there.
        """

    @abstractmethod
    def read(self, key: Key, start: int = 0, stop: int | None = None) -> Pieces:
        """Return the bytes from `start` to before `stop` (None: to the end) in pieces of at most 1 MiB.

        What was opened can be read to its end even when it is removed meanwhile.
        Raises: KeyError, before the first piece, when nothing lies under the key.
        """

    @abstractmethod
    def size(self, key: Key) -> int | None:
        """Return how many bytes lie under a key, or None when nothing does."""

    @abstractmethod
    def remove(self, key: Key) -> None:
        """Remove what lies under a key, if anything does."""

    @abstractmethod
    def keys(self, *, after: str = "") -> Iterator[Key]:
        """Return the keys under which something lies and that sort behind `after`, in order."""

    @abstractmethod
    def sweep(self, before: datetime) -> int:
        """Remove what pens that began before a moment have left, neither kept nor dropped, and return how many did."""


class Pictures(Protocol):
    """Makes pictures smaller."""

    @abstractmethod
    def shrink(self, source: bytes, *, edge_pixels: int) -> bytes:
        """Return a picture as WebP, cut to a square from its middle, of at most so many pixels an edge.

        Nothing of the source but its pixels is left: no metadata, no profile, no frame beside the first.
        Memory and time are bounded, whatever the source claims of itself.
        Raises: PictureRefused.
        """


class Scanner(Protocol):
    """Looks for viruses."""

    @abstractmethod
    def scan(self, chunks: Iterable[bytes]) -> Verdict:
        """Return what is thought of all bytes of `chunks`; what could not be scanned to its end is never clean.

        Raises: Unavailable, when the scanner is away or refuses to look.
        """


class Turns(Protocol):
    """Bounds how much long work on bytes is done at the same moment, so that a thread is left for the rest."""

    @abstractmethod
    def taken(self, account_id: AccountId) -> AbstractContextManager[None]:
        """Take a turn for an account while the block runs; nobody waits for one.

        Raises: Unavailable, when there is none, or the account has its share of them.
        """


class Files(Protocol):
    """Keeps the records of files that are whole. An account has one avatar at most."""

    @abstractmethod
    def by_id(self, file_id: FileId) -> File | None:
        """Return a file."""

    @abstractmethod
    def avatar_of(self, account_id: AccountId) -> File | None:
        """Return the avatar of an account."""

    @abstractmethod
    def add(self, file: File) -> bool:
        """Keep the record of a file, and return True; when its id is taken, change nothing and return False.

        The same holds for an avatar when the account has one.
        """

    @abstractmethod
    def remove(self, file_id: FileId) -> bool:
        """Remove the record of a file, and tell whether there was one."""

    @abstractmethod
    def page(
        self, account_id: AccountId, *, purpose: Purpose | None = None, after: str | None = None, size: int = 50
    ) -> Page[File]:
        """Return the files of an account in the order of their ids, after one id; all, or those for a purpose."""

    @abstractmethod
    def remove_some(self, account_id: AccountId, *, limit: int) -> int:
        """Remove the records of at most `limit` files of an account, and return how many; fewer: there are no more."""

    @abstractmethod
    def known(self, first: Key, last: Key) -> frozenset[Key]:
        """Return the keys from `first` to `last`, both among them, that files lie under."""


class Uploads(Protocol):
    """Keeps uploads and their parts."""

    @abstractmethod
    def by_id(self, upload_id: FileId) -> Upload | None:
        """Return an upload."""

    @abstractmethod
    def add(self, upload: Upload) -> None:
        """Keep a new upload."""

    @abstractmethod
    def advance(self, upload: Upload, part: Part, *, to: int) -> bool:
        """Keep a part that starts at the upload's offset, set that to `to`, and return True.

        False: the upload stands somewhere else by now, or is gone; nothing was written.
        """

    @abstractmethod
    def parts_of(self, upload_id: FileId) -> tuple[Part, ...]:
        """Return the parts of an upload in their order."""

    @abstractmethod
    def remove(self, upload: Upload) -> bool:
        """Remove an upload that stands where `upload` does, with its parts, and tell whether it was there."""

    @abstractmethod
    def expired(self, now: datetime, *, limit: int) -> tuple[Upload, ...]:
        """Return at most `limit` uploads whose time is over."""

    @abstractmethod
    def remove_some(self, account_id: AccountId, *, limit: int) -> int:
        """Remove at most `limit` uploads of an account with their parts, and return how many; fewer: no more are left.

        They go wherever they stand.
        """

    @abstractmethod
    def known(self, first: Key, last: Key) -> frozenset[Key]:
        """Return the keys from `first` to `last`, both among them, that parts lie under."""


class Quotas(Protocol):
    """Counts the bytes that are kept or promised to each account."""

    @abstractmethod
    def reserve(self, account_id: AccountId, size: int, *, quota: int) -> bool:
        """Count `size` more bytes if all stay within `quota`, atomically, and tell whether they do."""

    @abstractmethod
    def release(self, account_id: AccountId, size: int) -> None:
        """Count `size` bytes less."""

    @abstractmethod
    def used(self, account_id: AccountId) -> int:
        """Return how many bytes are counted."""

    @abstractmethod
    def remove_all(self, account_id: AccountId) -> None:
        """Forget the count of an account."""


class HasFiles(Protocol):
    """A unit of work that reaches the files, the uploads and the quotas."""

    @property
    @abstractmethod
    def files(self) -> Files:
        """The files."""

    @property
    @abstractmethod
    def uploads(self) -> Uploads:
        """The uploads."""

    @property
    @abstractmethod
    def quotas(self) -> Quotas:
        """The quotas."""
