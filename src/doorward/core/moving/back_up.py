"""Making a backup, while servers go on working."""

from dataclasses import dataclass

from doorward.core.kernel.clock import Clock
from doorward.core.moving.pages import pages
from doorward.core.moving.ports import Archive, Backup, Records, Tells
from doorward.core.moving.records import EPOCH, KINDS, META, NOT_IN_BACKUPS, Header, Summary
from doorward.core.moving.rules import Tally


@dataclass(frozen=True, slots=True)
class BackUp:
    """Write one moment of a store into a file. The keys of address pseudonyms stay out of it, so that they can die."""

    source: Archive
    backup: Backup
    clock: Clock
    tell: Tells

    def __call__(self) -> dict[str, Summary]:
        """Return what was written of each kind; the file is on the disk by then.

        Raises: BackupExists. Unavailable. OSError.
        """
        kinds = [kind for kind in KINDS if kind.name not in NOT_IN_BACKUPS]
        written = {}
        with self.source.snapshot() as records:
            count = sum(records.count(kind) for kind in kinds)
            header = Header(
                made_at=self.clock.now(),
                revision=self.source.schema().revision,
                epoch=epoch_of(records),
                records=count,
                columns={kind.name: kind.columns for kind in kinds},
            )
            self.tell.begin("back up", count)
            with self.backup.writing(header) as pen:
                for kind in kinds:
                    tally = Tally()
                    for page in pages(records, kind):
                        pen.add(kind, page)
                        tally.add(page)
                        self.tell.forward(kind.name, len(page))
                    written[kind.name] = tally.summary()
                pen.end(written)
        return written


def epoch_of(records: Records) -> int:
    """Return how often a store was restored from a backup."""
    meta = {row[0]: row[1] for page in pages(records, META) for row in page}
    return int(meta.get(EPOCH) or 0)
