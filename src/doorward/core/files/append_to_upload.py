"""Taking the bytes of an upload as they come.

Source: tus resumable upload protocol 1.0.0.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from doorward.core.files.begin_upload import SeeUpload, let_go, new_key
from doorward.core.files.errors import ChecksumMismatch, OffsetMismatch, TooLarge, TooManyParts, TypeRefused
from doorward.core.files.keep_upload import FilesWork, KeepUpload, unasked
from doorward.core.files.ports import Bytes, Pen
from doorward.core.files.records import FileId, Part, Progress, Upload
from doorward.core.files.rules import HEAD_BYTES, most_parts, sniff, standing
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.secrets import same
from doorward.core.kernel.work import OpensView, OpensWork

CHECKSUMS: Final[Mapping[str, str]] = {"sha1": "sha1", "sha256": "sha256"}
"""What bytes may be compared by on their way; not against anybody, so that the first, which tus asks for, will do."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one request should come to: an algorithm of `CHECKSUMS`, and a digest."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class AppendToUpload:
    """Take more bytes of an upload. Nobody else is kept out meanwhile: of several, the first to end goes on."""

    work: OpensWork[FilesWork]
    view: OpensView[FilesWork]
    heaps: Bytes
    keep: KeepUpload
    clock: Clock

    def __call__(
        self,
        account_id: AccountId,
        upload_id: FileId,
        *,
        offset: int,
        size: int | None = None,
        checksum: Checksum | None = None,
    ) -> "Appending":
        """Return what takes the bytes from `offset` on, one after the other; `size` is how many were announced.

        Raises: NotFound. OffsetMismatch, when the upload stands elsewhere. TooLarge, when more are announced than are
        missing. TooManyParts.
        """
        with self.view() as work:
            upload = work.uploads.by_id(upload_id)
        if upload is None or upload.account_id != account_id or self.clock.now() >= upload.expires_at:
            SeeUpload(self.view, self.clock)(account_id, upload_id)
            raise OffsetMismatch  # it has become a file
        if offset != upload.offset:
            raise OffsetMismatch
        if size is not None and offset + size > upload.length:
            raise TooLarge
        is_last_byte = offset == upload.length - 1  # which is no part that stays
        if upload.parts >= most_parts(upload.length) and not is_last_byte:
            raise TooManyParts
        return Appending(self, upload, checksum)

    def end(self, upload: Upload, part: Part, *, sha256: bytes | None, before: Callable[[], object]) -> Progress:
        """Count a part that is kept, and make a file of the upload when it was the last.

        Raises: OffsetMismatch, when the upload went on without it; then the part is gone. What keeping raises.
        """
        reached = part.start + part.size
        stands_at = standing(upload, reached)
        with self.work() as work:
            earlier = work.uploads.parts_of(upload.id) if reached == upload.length else ()
            goes_on = stands_at == part.start or work.uploads.advance(upload, part, to=stands_at)
            standing_now = work.uploads.by_id(upload.id) if goes_on else None
        if standing_now is None:  # it went on without this part, or is gone
            let_go(self.heaps, [part.key])
            raise OffsetMismatch
        if reached < upload.length:
            return Progress(reached, upload.length, upload.expires_at)
        file = self.keep(standing_now, (*earlier, part), sha256=sha256, before=before)
        return Progress(file.size, file.size, file=file)


class Appending:
    """The bytes of one request on their way. One thread at a time uses it, but not always the same one."""

    def __init__(self, flow: AppendToUpload, upload: Upload, checksum: Checksum | None) -> None:
        self._flow = flow
        self._upload = upload
        self._key = new_key(flow.clock.now())
        self._pen: Pen | None = None
        self._size = 0
        self._head = b""
        self._sha256 = hashlib.sha256()
        self._checksum = checksum
        self._compared = hashlib.new(CHECKSUMS[checksum.algorithm], usedforsecurity=False) if checksum else None

    def take(self, chunk: bytes) -> None:
        """Write the next bytes.

        Raises: TooLarge, when there are more than are missing. TypeRefused, when the first ones are of no type that
        is taken, with the upload given up. StorageFull. Unavailable. Then nothing is left to do but to drop.
        """
        if not chunk:
            return
        if self._upload.offset + self._size + len(chunk) > self._upload.length:
            raise TooLarge
        self._look(chunk)
        if self._pen is None:
            self._pen = self._flow.heaps.pen(self._key)
        self._pen.write(chunk)
        self._size += len(chunk)
        if self._upload.offset == 0:
            self._sha256.update(chunk)
        if self._compared is not None:
            self._compared.update(chunk)

    def end(self, *, before: Callable[[], object] = unasked) -> Progress:
        """Keep what came, also when that is less than was announced, and return where the upload stands now.

        `before` is called once more before a file is kept, where making it whole took its time, and may refuse.
        Raises: ChecksumMismatch, with nothing kept. What `AppendToUpload.end` raises.
        """
        upload = self._upload
        if self._compared is not None and self._checksum is not None:
            self._compare(self._compared.digest(), self._checksum.digest)
        if self._pen is None:
            return Progress(upload.offset, upload.length, upload.expires_at)
        self._pen.keep()
        part = Part(upload.id, self._key, upload.offset, self._size)
        is_all = self._size == upload.length
        sha256 = self._sha256.digest() if is_all else None
        return self._flow.end(upload, part, sha256=sha256, before=before)

    def drop(self) -> None:
        """Leave nothing of what came."""
        if self._pen is not None:
            self._pen.drop()

    def _look(self, chunk: bytes) -> None:
        """Refuse what is of no type that is taken before all of it has come; the file is looked at again when whole."""
        if self._upload.offset or len(self._head) >= HEAD_BYTES:
            return
        self._head += chunk[: HEAD_BYTES - len(self._head)]
        keep = self._flow.keep
        if len(self._head) == HEAD_BYTES and sniff(self._head, keep.bounds.types) is None:
            refusal = TypeRefused()
            keep.refuse(self._upload, refusal)
            raise refusal

    def _compare(self, came: bytes, sent: bytes) -> None:
        if not same(came, sent):
            self.drop()
            raise ChecksumMismatch
