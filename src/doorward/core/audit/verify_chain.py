"""Proving that the audit log is whole."""

from dataclasses import dataclass

from doorward.core.audit import rules
from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.records import Head
from doorward.core.kernel.work import OpensView


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """How many entries are sound, and the sequence number of the first that is not (None: all are)."""

    sound: int
    first_broken: int | None


@dataclass(frozen=True, slots=True)
class VerifyChain:
    """Read the whole audit log, and tell where its chain breaks."""

    view: OpensView[HasAuditLog]

    def __call__(self) -> ChainVerdict:
        """Return the verdict; a pass over a million entries takes some seconds."""
        head = rules.START
        while True:
            with self.view() as work:
                entries = work.audit.read(after=head.sequence)
            if not entries:
                return ChainVerdict(head.sequence, None)
            broken = rules.first_broken(entries, head)
            if broken is not None:
                return ChainVerdict(broken - 1, broken)
            head = Head(entries[-1].sequence, entries[-1].link)
