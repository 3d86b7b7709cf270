"""Restoring a store from a backup."""

from dataclasses import dataclass, replace
from typing import Protocol

from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensWork
from doorward.core.moving.copy_store import begun
from doorward.core.moving.errors import BackupUnknown, SidesDiffer
from doorward.core.moving.pages import summaries, total
from doorward.core.moving.ports import Archive, Backup, Tells
from doorward.core.moving.records import EPOCH, KINDS, META, Header, Kind, Restored, Row, Summary
from doorward.core.moving.rules import Gate, Move, Tally


class RestoreWork(HasAuditLog, Protocol):
    """What restoring writes beside the records themselves."""


@dataclass(frozen=True, slots=True)
class Restore:
    """Fill an empty store from a backup, so that nothing which was used or ended since comes back to life.

    Tokens that were rotated after the backup are unknown to it, and those that they replaced would work again. So all
    sessions have ended on the way in, unless they are to be kept; links and codes are left out; jobs that waited are
    dead, for a person to look at. The epoch of the store counts up. An interruption leaves it marked, and the next call
    with the same backup begins anew.
    """

    target: Archive
    backup: Backup
    work: OpensWork[RestoreWork]
    clock: Clock
    tell: Tells

    def __call__(self, *, keeps_sessions: bool = False) -> Restored:
        """Return what came back; the store can be worked on.

        Raises: BackupForeign, BackupDamaged, BackupUnknown, TargetNotEmpty, OtherMoveUnfinished: nothing was changed.
        SidesDiffer. Unavailable. OSError.
        """
        header = self.backup.check()
        kinds = known_kinds(header)
        move = Move(self.backup.name())
        begun(self.target, move.source)
        for kind in KINDS:
            self.target.empty(kind, move=move.text())
        gate = Gate(self.clock.now(), keeps_sessions=keeps_sessions)
        epoch = header.epoch + 1
        self.tell.begin("restore", header.records)
        kept = self._fill(kinds, gate, move=move, epoch=epoch)
        self._require_same(kept)
        restored = Restored(
            kept, header.made_at, epoch, gate.sessions_ended, gate.artefacts_discarded, gate.jobs_buried
        )
        self._note(restored)
        self.target.mark(None)
        return restored

    def _fill(self, kinds: dict[str, Kind], gate: Gate, *, move: Move, epoch: int) -> dict[str, Summary]:
        """Write the backup into the store, and return what should be in there."""
        tallies = {kind.name: Tally() for kind in KINDS}
        for name, page in self.backup.pages():
            kind = kinds[name]
            rows = [row for row in gate(kind, page) if (name, row[0]) != (META.name, EPOCH)]
            self.target.put(kind, rows, move=move.text())
            tallies[name].add(_whole(kind, rows))
            self.tell.forward(name, len(page))
        counted: list[Row] = [(EPOCH, str(epoch))]
        self.target.put(META, counted, move=move.text())
        tallies[META.name].add(counted)
        return {name: tally.summary() for name, tally in tallies.items()}

    def _require_same(self, kept: dict[str, Summary]) -> None:
        with self.target.snapshot() as records:
            self.tell.begin("compare", total(records))
            found = summaries(records, self.tell)
        differing = [name for name, summary in kept.items() if found[name] != summary]
        if differing:
            raise SidesDiffer(differing)

    def _note(self, restored: Restored) -> None:
        now = self.clock.now()
        detail = {
            "epoch": str(restored.epoch),
            "made_at": restored.made_at.isoformat(timespec="seconds"),
            "sessions_ended": str(restored.sessions_ended),
        }
        with self.work() as work:
            record(work.audit, Event(AuditKind.STORE_RESTORED, detail=detail), now)


def known_kinds(header: Header) -> dict[str, Kind]:
    """Return the kinds of a backup, with the columns that it has of each.

    Raises: BackupUnknown, when it has some that this program does not know.
    """
    ours = {kind.name: kind for kind in KINDS}
    for name, columns in header.columns.items():
        if name not in ours or not set(columns) <= set(ours[name].columns):
            what = f"The backup is of a newer program: revision {header.revision}, with {name} as none here knows it."
            raise BackupUnknown(
                what, "What is not understood would be lost.", "Restore it with the program that made it."
            )
    return {name: replace(ours[name], columns=tuple(columns)) for name, columns in header.columns.items()}


def _whole(kind: Kind, rows: list[Row]) -> list[Row]:
    """Return rows with nothing in the columns that the backup does not know yet."""
    columns = next(ours.columns for ours in KINDS if ours.name == kind.name)
    if columns == kind.columns:
        return rows
    return [tuple(dict(zip(kind.columns, row, strict=True)).get(column) for column in columns) for row in rows]
