"""Beginning an upload, asking where it stands, and giving it up."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from doorward.core.files.errors import OffsetMismatch, QuotaExceeded, TooLarge
from doorward.core.files.ports import Bytes, HasFiles, Turns
from doorward.core.files.records import UPLOAD_LIVES_FOR, Bounds, FileId, Key, Progress, Purpose, Upload
from doorward.core.files.rules import charge, clean_name
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Invalid, NotFound, Unavailable
from doorward.core.kernel.ids import AccountId, new_id
from doorward.core.kernel.work import OpensView, OpensWork


@dataclass(frozen=True, slots=True)
class BeginUpload:
    """Promise room for a file. All of it is counted at once, so that uploads at the same time cannot pass the quota."""

    work: OpensWork[HasFiles]
    clock: Clock
    bounds: Bounds

    def __call__(self, account_id: AccountId, *, length: int, name: str) -> Upload:
        """Return the upload of a file of so many bytes.

        Raises: Invalid, when there are none. TooLarge. QuotaExceeded.
        """
        if length < 1:
            raise Invalid("/length", "a file has at least one byte")
        if length > self.bounds.max_bytes:
            raise TooLarge
        now = self.clock.now()
        upload = Upload(FileId(new_id(now)), account_id, clean_name(name), length, now, now + UPLOAD_LIVES_FOR)
        with self.work() as work:
            if not work.quotas.reserve(account_id, charge(length), quota=self.bounds.quota_bytes):
                raise QuotaExceeded
            work.uploads.add(upload)
        return upload


@dataclass(frozen=True, slots=True)
class SeeUpload:
    """Tell where an upload stands."""

    view: OpensView[HasFiles]
    clock: Clock

    def __call__(self, account_id: AccountId, upload_id: FileId) -> Progress:
        """Return it; an upload that has become a file stands at its end.

        Raises: NotFound.
        """
        with self.view() as work:
            upload = work.uploads.by_id(upload_id)  # first: an upload becomes a file, and never the other way round
            file = work.files.by_id(upload_id) if upload is None else None
        if upload is not None and upload.account_id == account_id and self.clock.now() < upload.expires_at:
            return Progress(upload.offset, upload.length, upload.expires_at, name=upload.name)
        if file is not None and file.account_id == account_id and file.purpose is Purpose.PRIVATE:
            return Progress(file.size, file.size, file=file, name=file.name)
        raise NotFound


@dataclass(frozen=True, slots=True)
class DropUpload:
    """Give an upload up, and the room that was promised to it."""

    work: OpensWork[HasFiles]
    heaps: Bytes
    turns: Turns

    def __call__(self, account_id: AccountId, upload_id: FileId) -> None:
        """Remove it, with the bytes that have come.

        Raises: NotFound, also when it is somebody else's. OffsetMismatch, when it went on meanwhile. Unavailable.
        """
        with self.turns.taken(account_id):
            with self.work() as work:
                upload = work.uploads.by_id(upload_id)
                if upload is None or upload.account_id != account_id:
                    raise NotFound
                keys = give_up(work, upload)
                if keys is None:
                    raise OffsetMismatch
            let_go(self.heaps, keys)


def give_up(work: HasFiles, upload: Upload) -> tuple[Key, ...] | None:
    """Remove an upload that stands where it stood, and return the keys of its parts; None when it went on meanwhile."""
    keys = tuple(part.key for part in work.uploads.parts_of(upload.id))
    if not work.uploads.remove(upload):
        return None
    work.quotas.release(upload.account_id, charge(upload.length))
    return keys


def let_go(heaps: Bytes, keys: Iterable[Key]) -> None:
    """Remove bytes that nothing names any more; what cannot be removed now is collected later."""
    for key in keys:
        with contextlib.suppress(Unavailable):
            heaps.remove(key)


def new_key(now: datetime) -> Key:
    """Return a key that nothing lies under."""
    return Key(new_id(now))
