"""Copying a whole store into another one."""

from dataclasses import dataclass

from doorward.core.moving.errors import OtherMoveUnfinished, SameStore, TargetNotEmpty
from doorward.core.moving.pages import first_in_use, pages, summaries, total
from doorward.core.moving.ports import Archive, Records, Tells
from doorward.core.moving.records import KINDS, Compared, Kind
from doorward.core.moving.rules import Move, move_of


@dataclass(frozen=True, slots=True)
class CopyStore:
    """Copy everything from one store into an empty one, and compare both sides.

    It may end at any moment, and goes on there when it is called again: each page and how far it leads are written
    together. Until both sides agree, the new store is marked, and no program works on it. Both stores have the schema
    that this program needs.
    """

    source: Archive
    target: Archive
    tell: Tells

    def __call__(self, source_name: str) -> tuple[Compared, ...]:
        """Return what is there of each kind on both sides; where they agree in all, the new store is open for work.

        `source_name` tells the source from other stores, and holds no secret.
        Raises: TargetNotEmpty, OtherMoveUnfinished, SameStore, with nothing changed. Unavailable.
        """
        move = begun(self.target, source_name)
        if self.source.schema().copy is not None:  # the mark has appeared on both sides
            self.target.mark(None)
            raise SameStore
        with self.source.snapshot() as records:
            self.tell.begin("copy", total(records))
            for kind in KINDS:
                move = self._copy(records, kind, move)
        compared = self._compare()
        differing = [each.kind for each in compared if not each.agrees]
        self.target.mark(move.again(differing).text() if differing else None)
        return compared

    def _copy(self, records: Records, kind: Kind, move: Move) -> Move:
        if move.is_through(kind):
            self.tell.forward(kind.name, records.count(kind))
            return move
        after = move.after(kind)
        if after is None:
            self.target.empty(kind, move=move.text())
        else:
            with self.target.snapshot() as kept:
                self.tell.forward(kind.name, kept.count(kind))
        for page in pages(records, kind, after=after):
            move = move.at(kind, kind.key(page[-1]))
            self.target.put(kind, page, move=move.text())
            self.tell.forward(kind.name, len(page))
        move = move.at(kind, None)
        self.target.mark(move.text())
        return move

    def _compare(self) -> tuple[Compared, ...]:
        """Read both sides from the beginning: what was written after it was copied shows."""
        with self.source.snapshot() as left, self.target.snapshot() as right:
            self.tell.begin("compare", total(left) + total(right))
            ours, theirs = summaries(left, self.tell), summaries(right, self.tell)
        return tuple(Compared(kind.name, ours[kind.name], theirs[kind.name]) for kind in KINDS)


def begun(target: Archive, source_name: str) -> Move:
    """Return the move into a store, which is marked from now on: a new one, or that from the same source before.

    Raises: TargetNotEmpty, OtherMoveUnfinished. Unavailable.
    """
    kept = target.schema().copy
    if kept is not None:
        move = move_of(kept)
        if move.source != source_name:
            raise OtherMoveUnfinished(move.source)
        return move
    with target.snapshot() as records:
        in_use = first_in_use(records)
    if in_use is not None:
        raise TargetNotEmpty(*in_use)
    move = Move(source_name)
    target.mark(move.text())
    return move
