"""Collecting what nothing leads to: uploads whose time is over, and bytes that no record names."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

from doorward.core.files.begin_upload import give_up, let_go
from doorward.core.files.ports import Bytes, HasFiles
from doorward.core.files.records import Key, Upload
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import made_at
from doorward.core.kernel.work import OpensView, OpensWork

ORPHANED_AFTER: Final = timedelta(days=1)
"""How old bytes are before they count as left: no request takes so long, so what is still on its way is younger."""

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class RemoveOrphans:
    """Remove uploads whose time is over, and the bytes that a crash, a removal or an erased account has left."""

    work: OpensWork[HasFiles]
    view: OpensView[HasFiles]
    heaps: Bytes
    clock: Clock

    def __call__(self) -> dict[str, int]:
        """Return how many of each kind were removed.

        Raises: Unavailable; the next run goes on.
        """
        now = self.clock.now()
        return {
            "uploads": self._expired(now),
            "heaps": self._unnamed(now - ORPHANED_AFTER),
            "unfinished": self.heaps.sweep(now - ORPHANED_AFTER),
        }

    def _expired(self, now: datetime) -> int:
        count = 0
        while True:
            with self.view() as work:
                uploads = work.uploads.expired(now, limit=_BATCH)
            removed = sum(self._give_up(upload) for upload in uploads)
            count += removed
            if not removed or len(uploads) < _BATCH:
                return count

    def _give_up(self, upload: Upload) -> bool:
        """Give one upload up in a unit of its own: it may have thousands of parts, and others want to write as well."""
        with self.work() as work:
            keys = give_up(work, upload)
        let_go(self.heaps, keys or ())
        return keys is not None

    def _unnamed(self, before: datetime) -> int:
        count, batch = 0, list[Key]()
        for key in takewhile(lambda key: made_at(key) < before, self.heaps.keys()):
            batch.append(key)
            if len(batch) == _BATCH:
                count += self._remove_unnamed(batch)
                batch.clear()
        return count + self._remove_unnamed(batch)

    def _remove_unnamed(self, keys: list[Key]) -> int:
        if not keys:
            return 0
        with self.view() as work:
            # Parts before files: bytes that become a file meanwhile are seen in one of the two, never in neither.
            parts = work.uploads.known(keys[0], keys[-1])
            files = work.files.known(keys[0], keys[-1])
        unnamed = [key for key in keys if key not in parts and key not in files]
        for key in unnamed:
            self.heaps.remove(key)
        return len(unnamed)
