"""Proving that the audit log is whole."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from doorward.core.audit import rules
from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.records import Entry, Head
from doorward.core.kernel.work import OpensView, OpensWork


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """How many entries are sound, and the sequence number of the first that is not (None: none was found yet).

    `total` is how many are looked at in all, and `end` the last sound one as text: whoever keeps it outside can show
    later that the chain still goes through it.
    """

    sound: int
    first_broken: int | None
    total: int
    end: str

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left to look at."""
        return self.first_broken is not None or self.sound == self.total


@dataclass(frozen=True, slots=True)
class VerifyChain:
    """Read the whole audit log, and tell where its chain breaks.

    What was altered, removed, put in or put elsewhere breaks the chain at its place, and so does an end that is
    missing. Who may write to every table of the store can make a whole new chain: that is found by an `end` which was
    kept elsewhere.
    """

    work: OpensWork[HasAuditLog]
    view: OpensView[HasAuditLog]

    def __call__(self, *, end: str | None = None) -> ChainVerdict:
        """Return the verdict; a pass over a million entries takes about half a minute.

        Raises: Invalid, when `end` is none.
        """
        *_, verdict = self.steps(end=end)
        return verdict

    def steps(self, *, end: str | None = None) -> Iterator[ChainVerdict]:
        """Return how far it is, again and again, and the verdict last. No step takes longer than a page of entries.

        What is appended meanwhile is left for the next time.
        Raises: Invalid, when `end` is none; before the first step.
        """
        kept = rules.START if end is None else rules.read_end(end)
        with self.work() as work:  # a view may meet an end whose last entry is still on its way
            last = work.audit.head()
        return self._steps(max(last.sequence, kept.sequence), ends=(last, kept))

    def _steps(self, total: int, *, ends: tuple[Head, Head]) -> Iterator[ChainVerdict]:
        head, broken = rules.START, None
        while head.sequence < total and broken is None:
            with self.view() as work:
                entries = work.audit.read(after=head.sequence, limit=min(1000, total - head.sequence))
            broken = _first_broken(entries, head, ends)
            sound = [entry for entry in entries if broken is None or entry.sequence < broken]
            if sound:
                head = Head(sound[-1].sequence, sound[-1].link)
                yield ChainVerdict(head.sequence, None, total, rules.spell_end(head))
        if broken is not None or total == 0:
            yield ChainVerdict(head.sequence, broken, total, rules.spell_end(head))


def _first_broken(entries: Iterable[Entry], head: Head, ends: tuple[Head, Head]) -> int | None:
    """Return the first place that is not as it must be: the chain goes on there, and through every known end."""
    linked = list(entries)
    if not linked:
        return head.sequence + 1
    links = {end.sequence: end.link for end in ends}
    others = [entry.sequence for entry in linked if links.get(entry.sequence, entry.link) != entry.link]
    return min(filter(None, (rules.first_broken(linked, head), *others)), default=None)
