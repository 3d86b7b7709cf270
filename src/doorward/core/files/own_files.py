"""What the owner of files does with them: list, look at, remove and take them along."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.files.begin_upload import let_go
from doorward.core.files.keep_upload import FilesWork
from doorward.core.files.ports import Bytes, HasFiles
from doorward.core.files.records import File, FileId, Purpose
from doorward.core.files.rules import charge
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.pages import Page
from doorward.core.kernel.work import OpensView, OpensWork


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of somebody's files, and how many bytes of their quota are taken."""

    page: Page[File]
    used_bytes: int
    quota_bytes: int


@dataclass(frozen=True, slots=True)
class ListFiles:
    """List the private files of an account, the oldest first."""

    view: OpensView[HasFiles]
    quota_bytes: int

    def __call__(self, account_id: AccountId, *, after: str | None = None, size: int = 50) -> Shelf:
        """Return at most `size` of them after one id."""
        with self.view() as work:
            page = work.files.page(account_id, purpose=Purpose.PRIVATE, after=after, size=size)
            return Shelf(page, work.quotas.used(account_id), self.quota_bytes)


@dataclass(frozen=True, slots=True)
class ShowFile:
    """Show one private file of an account."""

    view: OpensView[HasFiles]

    def __call__(self, account_id: AccountId, file_id: FileId) -> File:
        """Return it.

        Raises: NotFound, also when it is somebody else's.
        """
        with self.view() as work:
            return own(work, account_id, file_id)


@dataclass(frozen=True, slots=True)
class RemoveFile:
    """Remove a private file of an account; links to it lead nowhere at once."""

    work: OpensWork[FilesWork]
    heaps: Bytes
    clock: Clock

    def __call__(self, account_id: AccountId, file_id: FileId) -> None:
        """Remove it.

        Raises: NotFound, also when it is somebody else's.
        """
        with self.work() as work:
            file = own(work, account_id, file_id)
            if not work.files.remove(file_id):
                raise NotFound
            work.quotas.release(account_id, charge(file.size))
            event = Event(AuditKind.FILE_REMOVED, account_id=account_id, detail={"file_id": file_id})
            record(work.audit, event, self.clock.now())
        let_go(self.heaps, [file.key])


@dataclass(frozen=True, slots=True)
class ExportFiles:
    """Write out what files an account keeps; their bytes are had one by one."""

    view: OpensView[HasFiles]

    def __call__(self, account_id: AccountId) -> tuple[Mapping[str, object], ...]:
        """Return one entry a file."""
        return tuple(map(_entry, self._all(account_id)))

    def _all(self, account_id: AccountId) -> Iterator[File]:
        after: str | None = None
        while True:
            with self.view() as work:
                page = work.files.page(account_id, after=after, size=200)
            yield from page.items
            after = page.next_after
            if after is None:
                return


def own(work: HasFiles, account_id: AccountId, file_id: FileId) -> File:
    """Return a private file of an account.

    Raises: NotFound.
    """
    file = work.files.by_id(file_id)
    if file is None or file.account_id != account_id or file.purpose is not Purpose.PRIVATE:
        raise NotFound
    return file


def _entry(file: File) -> Mapping[str, object]:
    return {
        "id": file.id,
        "purpose": file.purpose,
        "name": file.name,
        "media_type": file.media_type,
        "size_bytes": file.size,
        "sha256": file.sha256.hex(),
        "created_at": file.created_at.isoformat(),
    }
