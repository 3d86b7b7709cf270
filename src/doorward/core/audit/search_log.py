"""Looking into the audit log."""

from dataclasses import dataclass

from doorward.core.audit import rules
from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.records import Entry, Search
from doorward.core.kernel.pages import Page
from doorward.core.kernel.work import OpensView


@dataclass(frozen=True, slots=True)
class SearchLog:
    """Return entries page by page, the latest first."""

    view: OpensView[HasAuditLog]

    def __call__(self, search: Search, *, after: str | None = None, size: int = 50) -> Page[Entry]:
        """Return one page of what is searched for; `after` is where the page before said to go on.

        Raises: Invalid, when `after` is no place.
        """
        before = None if after is None else rules.read_place(after)
        with self.view() as work:
            found = work.audit.search(search, before=before, limit=size + 1)
        shown = found[:size]
        return Page(shown, rules.spell_place(rules.place_of(shown[-1])) if len(found) > size else None)

    def one(self, sequence: int) -> Entry | None:
        """Return the entry at a place of the chain."""
        with self.view() as work:
            found = work.audit.read(after=sequence - 1, limit=1)
        return next((entry for entry in found if entry.sequence == sequence), None)
