"""Making a file of an upload whose bytes have all come."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Protocol

from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.files.begin_upload import give_up, let_go, new_key
from doorward.core.files.errors import Infected, OffsetMismatch, TypeRefused
from doorward.core.files.ports import Bytes, HasFiles, Pieces, Scanner, Turns
from doorward.core.files.records import Bounds, File, Key, Part, Purpose, Upload
from doorward.core.files.rules import HEAD_BYTES, name_of_type, pieces, sniff
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Refusal, Unavailable
from doorward.core.kernel.work import OpensWork


class FilesWork(HasFiles, HasAuditLog, Protocol):
    """What keeping and removing files writes."""


@dataclass(frozen=True, slots=True)
class Whole:
    """All bytes of an upload under one key, and what they are."""

    key: Key
    media_type: str
    sha256: bytes


def unasked() -> None:
    """Refuse nothing."""


@dataclass(frozen=True, slots=True)
class KeepUpload:
    """Make a file of an upload: its bytes under one key, their type told, scanned if there is a scanner.

    Whatever stops this on its way leaves the upload as it stood, and bytes that nothing names.
    """

    work: OpensWork[FilesWork]
    heaps: Bytes
    scanner: Scanner | None
    turns: Turns
    clock: Clock
    bounds: Bounds

    def __call__(
        self, upload: Upload, parts: Sequence[Part], *, sha256: bytes | None, before: Callable[[], object] = unasked
    ) -> File:
        """Return the file. `parts` are all of them in order, and `sha256` is what the first one had if it is alone.

        `before` is called last, where looking at all of it took its time, and may refuse.
        Raises: TypeRefused, Infected, with the upload given up. OffsetMismatch, when another call was first.
        StorageFull. Unavailable, and then the last byte may be sent again.
        """
        used = pieces(parts, upload.length)
        if len(used) == 1 and sha256 is not None and self.scanner is None:  # nothing has to be read
            return self._kept(upload, parts, sha256=sha256, before=unasked)
        with ExitStack() as turn:
            try:
                turn.enter_context(self.turns.taken(upload.account_id))
            except Unavailable:
                let_go(self.heaps, [part.key for part in parts if part.start >= upload.offset])
                raise
            return self._kept(upload, parts, sha256=sha256, before=before)

    def _kept(
        self, upload: Upload, parts: Sequence[Part], *, sha256: bytes | None, before: Callable[[], object]
    ) -> File:
        used = pieces(parts, upload.length)
        key = used[0][0] if len(used) == 1 else self._joined(used)
        spare = {key, *(part.key for part in parts)} - {part.key for part in parts if part.start < upload.offset}
        try:
            whole = self._looked_at(key, sha256 if len(used) == 1 else None)
            before()
        except (TypeRefused, Infected) as refusal:
            let_go(self.heaps, spare)
            self.refuse(upload, refusal)
            raise
        except Refusal:
            let_go(self.heaps, spare)
            raise
        file = self._committed(upload, whole, spare)
        let_go(self.heaps, [part.key for part in parts if part.key != key])
        return file

    def refuse(self, upload: Upload, refusal: Refusal) -> None:
        """Give an upload up because of what its bytes are.

        Raises: OffsetMismatch, when it has gone on meanwhile: another call decides what becomes of it.
        """
        with self.work() as work:
            keys = give_up(work, upload)
            if keys is None:
                raise OffsetMismatch
            detail = {"file_id": upload.id, "reason": refusal.code}
            event = Event(AuditKind.FILE_REFUSED, account_id=upload.account_id, detail=detail)
            record(work.audit, event, self.clock.now())
        let_go(self.heaps, keys)

    def _joined(self, used: Sequence[tuple[Key, int]]) -> Key:
        key = new_key(self.clock.now())
        try:
            self.heaps.join(key, used)
        except KeyError:  # another call has made a file of it, and its parts are gone
            raise OffsetMismatch from None
        return key

    def _looked_at(self, key: Key, sha256: bytes | None) -> Whole:
        try:
            with closing(self.heaps.read(key, 0, HEAD_BYTES)) as first:
                head = b"".join(first)
            media_type = sniff(head, self.bounds.types)
            if media_type is None:
                raise TypeRefused
            if sha256 is None or self.scanner is not None:
                with closing(self.heaps.read(key)) as all_of_it:  # a scanner that is away reads nothing of it
                    sha256 = self._read(all_of_it)
        except KeyError:
            raise OffsetMismatch from None
        return Whole(key, media_type, sha256)

    def _read(self, chunks: Pieces) -> bytes:
        """Return the digest of everything, which the scanner has seen."""
        hashed = hashlib.sha256()

        def passing() -> Iterator[bytes]:
            for chunk in chunks:
                hashed.update(chunk)
                yield chunk

        if self.scanner is None:
            for _ in passing():
                pass
        elif self.scanner.scan(passing()).found is not None:
            raise Infected
        return hashed.digest()

    def _committed(self, upload: Upload, whole: Whole, spare: Collection[Key]) -> File:
        now = self.clock.now()
        file = File(
            id=upload.id,
            account_id=upload.account_id,
            purpose=Purpose.PRIVATE,
            name=name_of_type(upload.name, whole.media_type),
            media_type=whole.media_type,
            size=upload.length,
            sha256=whole.sha256,
            key=whole.key,
            created_at=now,
        )
        # When the store goes away in here it may have kept the file all the same, so the bytes stay: if nothing names
        # them in the end, they are collected.
        with self.work() as work:
            if not work.uploads.remove(upload):
                let_go(self.heaps, spare)
                raise OffsetMismatch
            work.files.add(file)
            detail = {"file_id": file.id, "media_type": file.media_type}
            record(work.audit, Event(AuditKind.FILE_KEPT, account_id=file.account_id, detail=detail), now)
        return file
