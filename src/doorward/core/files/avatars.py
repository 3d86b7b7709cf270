"""The picture of an account: set, shown, removed."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.files.begin_upload import let_go, new_key
from doorward.core.files.errors import FilesOff, PictureRefused, TooLarge
from doorward.core.files.keep_upload import FilesWork, unasked
from doorward.core.files.ports import Bytes, HasFiles, Pictures
from doorward.core.files.records import (
    AVATAR_EDGE_PIXELS,
    AVATAR_MAX_BYTES,
    File,
    FileId,
    Key,
    Purpose,
)
from doorward.core.files.rules import HEAD_BYTES, PICTURE_TYPES, sniff
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Conflict, NotFound
from doorward.core.kernel.ids import AccountId, new_id
from doorward.core.kernel.work import OpensView, OpensWork

_MEDIA_TYPE = "image/webp"
_NAME = "avatar.webp"


@dataclass(frozen=True, slots=True)
class PutAvatar:
    """Set the picture of an account. What is kept is made anew of its pixels; what was sent is thrown away."""

    work: OpensWork[FilesWork]
    heaps: Bytes
    pictures: Pictures | None
    clock: Clock

    def __call__(self, account_id: AccountId, source: bytes, *, before: Callable[[], object] = unasked) -> File:
        """Return the picture; the one before is gone. `before` is called when the picture is made, and may refuse.

        Raises: FilesOff, when nothing can read pictures. TooLarge. PictureRefused. Conflict, when two pictures come at
        once. StorageFull. Unavailable.
        """
        if self.pictures is None:
            raise FilesOff
        if len(source) > AVATAR_MAX_BYTES:
            raise TooLarge
        if sniff(source[:HEAD_BYTES], PICTURE_TYPES) is None:
            raise PictureRefused
        picture = self.pictures.shrink(source, edge_pixels=AVATAR_EDGE_PIXELS)
        before()
        key = new_key(self.clock.now())
        self._write(key, picture)
        replaced = self._commit(account_id, file := self._file(account_id, key, picture))
        if replaced is not None:
            let_go(self.heaps, [replaced.key])
        return file

    def _write(self, key: Key, picture: bytes) -> None:
        pen = self.heaps.pen(key)
        try:
            pen.write(picture)
            pen.keep()
        finally:
            pen.drop()

    def _file(self, account_id: AccountId, key: Key, picture: bytes) -> File:
        now = self.clock.now()
        return File(
            id=FileId(new_id(now)),
            account_id=account_id,
            purpose=Purpose.AVATAR,
            name=_NAME,
            media_type=_MEDIA_TYPE,
            size=len(picture),
            sha256=hashlib.sha256(picture).digest(),
            key=key,
            created_at=now,
        )

    def _commit(self, account_id: AccountId, file: File) -> File | None:
        with self.work() as work:
            before = work.files.avatar_of(account_id)
            if before is not None:
                work.files.remove(before.id)
            if not work.files.add(file):
                let_go(self.heaps, [file.key])
                raise Conflict
            event = Event(AuditKind.AVATAR_CHANGED, account_id=account_id, detail={"file_id": file.id})
            record(work.audit, event, file.created_at)
        return before


@dataclass(frozen=True, slots=True)
class ShowAvatar:
    """Show the picture of an account."""

    view: OpensView[HasFiles]

    def __call__(self, account_id: AccountId) -> File | None:
        """Return it, if there is one."""
        with self.view() as work:
            return work.files.avatar_of(account_id)


@dataclass(frozen=True, slots=True)
class RemoveAvatar:
    """Remove the picture of an account."""

    work: OpensWork[FilesWork]
    heaps: Bytes
    clock: Clock

    def __call__(self, account_id: AccountId) -> None:
        """Remove it.

        Raises: NotFound, when there is none.
        """
        with self.work() as work:
            file = work.files.avatar_of(account_id)
            if file is None or not work.files.remove(file.id):
                raise NotFound
            event = Event(AuditKind.AVATAR_REMOVED, account_id=account_id, detail={"file_id": file.id})
            record(work.audit, event, self.clock.now())
        let_go(self.heaps, [file.key])
