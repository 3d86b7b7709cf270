"""Filling a store with people who never were."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.secrets import digest
from doorward.core.kernel.work import OpensWork
from doorward.core.moving.demo import Demo
from doorward.core.moving.errors import OtherMoveUnfinished, PeopleThere
from doorward.core.moving.pages import PAGE
from doorward.core.moving.ports import Archive, Tells
from doorward.core.moving.records import Kind
from doorward.core.moving.rules import Move, move_of

_FROM: Final = "demo data begun at "


class FillWork(HasAuditLog, Protocol):
    """What filling writes beside the records themselves."""


@dataclass(frozen=True, slots=True)
class Fill:
    """Write made-up people into a store that holds nobody; what else is there stays as it is.

    It may end at any moment, and goes on there when it is called again for as many under the same key: each page and
    how far it leads are written together. Until all is there the store is marked, and no program works on it.
    """

    target: Archive
    work: OpensWork[FillWork]
    tell: Tells

    def __call__(self, demo: Demo) -> Demo:
        """Return what is there now: as asked for, but of the moment at which it was begun.

        Raises: PeopleThere, OtherMoveUnfinished, with nothing changed. Unavailable.
        """
        demo, move = self._begun(demo)
        self.tell.begin("make", sum(count for _, count in demo.made()))
        for kind, count in demo.made():
            move = self._write(demo, kind, count, move)
        detail = {"accounts": str(demo.accounts), "sessions": str(demo.sessions)}
        with self.work() as work:
            record(work.audit, Event(AuditKind.DEMO_DATA_MADE, detail=detail), demo.at)
        self.target.mark(None)
        return demo

    def _begun(self, demo: Demo) -> tuple[Demo, Move]:
        kept = self.target.schema().copy
        if kept is None:
            self._require_nobody(demo)
            move = Move(_source(demo))
            self.target.mark(move.text())
            return demo, move
        move = move_of(kept)
        begun = _begun_as(demo, move.source)
        if begun is None:
            raise OtherMoveUnfinished(move.source)
        return begun, move

    def _require_nobody(self, demo: Demo) -> None:
        with self.target.snapshot() as records:
            for kind, _ in demo.made():
                count = records.count(kind)
                if count:
                    raise PeopleThere(kind.name, count)

    def _write(self, demo: Demo, kind: Kind, count: int, move: Move) -> Move:
        done = move.after(kind)
        first = int(str(done[0])) + 1 if done else 1
        self.tell.forward(kind.name, first - 1)
        for start in range(first, count + 1, PAGE):
            numbers = range(start, min(start + PAGE, count + 1))
            move = move.at(kind, (numbers[-1],))
            self.target.put(kind, demo.rows(kind, numbers), move=move.text())
            self.tell.forward(kind.name, len(numbers))
        return move


def _source(demo: Demo) -> str:
    """Return what a store says of itself until it is filled."""
    return f"{_FROM}{demo.at.isoformat()}{_rest(demo)}"


def _rest(demo: Demo) -> str:
    return f": {demo.accounts} accounts and {demo.sessions} sessions under {digest(demo.key).hex()[:8]}"


def _begun_as(demo: Demo, source: str) -> Demo | None:
    """Return the demo data that a store was begun to be filled with; None when it is not what is asked for now."""
    begun_at = source.removeprefix(_FROM).removesuffix(_rest(demo))
    try:
        begun = replace(demo, at=datetime.fromisoformat(begun_at))
    except ValueError:
        return None
    return begun if _source(begun) == source else None
