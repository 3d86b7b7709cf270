"""Writing out the audit log, for whoever keeps it elsewhere."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from typing import Final

from doorward.core.audit import rules
from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.records import Entry, Place, Search
from doorward.core.kernel.secrets import encode
from doorward.core.kernel.work import OpensView

_AT_ONCE: Final = 500
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula. Source: OWASP, CSV Injection."""

COLUMNS: Final = (
    "sequence", "at", "kind", "account_id", "actor_id", "session_id", "address_tag", "detail", "link",
)  # fmt: skip


class Format(StrEnum):
    """How the log is written out: a JSON object a line, or a table for spreadsheets."""

    NDJSON = "ndjson"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class ExportLog:
    """Write out the log, or what is searched for in it, a page of entries at a time."""

    view: OpensView[HasAuditLog]

    def __call__(self, search: Search, *, form: Format = Format.NDJSON, after: int = 0) -> Iterator[str]:
        """Return the text in pieces; however long the log is, one page of it is in memory.

        All of the log comes in the order of its chain, from the entry behind `after` on, so whoever has the links can
        verify them. What is searched for comes as a search shows it: the latest first.
        """
        if _HEADS[form]:
            yield _HEADS[form]
        pages = self._whole(after) if search == Search() else self._found(search)
        for page in pages:
            yield _WRITES[form](page)

    def _whole(self, after: int) -> Iterator[tuple[Entry, ...]]:
        while entries := self._read(after):
            yield entries
            after = entries[-1].sequence

    def _read(self, after: int) -> tuple[Entry, ...]:
        with self.view() as work:
            return work.audit.read(after=after, limit=_AT_ONCE)

    def _found(self, search: Search) -> Iterator[tuple[Entry, ...]]:
        before = None
        while entries := self._search(search, before):
            yield entries
            before = rules.place_of(entries[-1])

    def _search(self, search: Search, before: Place | None) -> tuple[Entry, ...]:
        with self.view() as work:
            return work.audit.search(search, before=before, limit=_AT_ONCE)


def members_of(entry: Entry) -> dict[str, str | int | Mapping[str, str] | None]:
    """Return an entry as it is written out."""
    event = entry.event
    values = (
        entry.sequence,
        entry.at.isoformat(),
        event.kind.value,
        event.account_id,
        event.actor_id,
        event.session_id,
        event.address_tag,
        dict(sorted(event.detail.items())),
        encode(entry.link),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _as_lines(entries: Iterable[Entry]) -> str:
    return "".join(f"{json.dumps(members_of(entry), ensure_ascii=False)}\n" for entry in entries)


def _as_rows(entries: Iterable[Entry]) -> str:
    return _rows(
        [
            _harmless(json.dumps(value, ensure_ascii=False) if isinstance(value, Mapping) else value)
            for value in members_of(entry).values()
        ]
        for entry in entries
    )


def _rows(rows: Iterable[Iterable[str | int | None]]) -> str:
    written = StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def _harmless(value: str | int | None) -> str | int | None:
    """Return a value that no spreadsheet runs."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


_HEADS: Final[Mapping[Format, str]] = {Format.NDJSON: "", Format.CSV: _rows([COLUMNS])}
_WRITES: Final[Mapping[Format, Callable[[Iterable[Entry]], str]]] = {Format.NDJSON: _as_lines, Format.CSV: _as_rows}
