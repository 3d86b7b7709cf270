"""Reading a kind of record from its beginning to its end, some records at a time."""

from collections.abc import Iterator
from typing import Final

from doorward.core.moving.ports import Records, Tells
from doorward.core.moving.records import AUDIT_HEAD, KINDS, META, Kind, Row, Summary
from doorward.core.moving.rules import Tally

PAGE: Final = 5000
"""How many records are in memory at once, and how many at most are moved again after an interruption."""

_ALWAYS_THERE: Final = (AUDIT_HEAD, META)
"""Kinds of which a store has records from its beginning."""


def pages(records: Records, kind: Kind, *, after: Row | None = None) -> Iterator[list[Row]]:
    """Yield the records of a kind behind a key, page by page."""
    while page := records.page(kind, after=after, limit=PAGE):
        yield page
        if len(page) < PAGE:
            return
        after = kind.key(page[-1])


def total(records: Records) -> int:
    """Return how many records there are of all kinds together."""
    return sum(records.count(kind) for kind in KINDS)


def summaries(records: Records, tell: Tells) -> dict[str, Summary]:
    """Return what there is of each kind, by reading everything."""
    found = {}
    for kind in KINDS:
        tally = Tally()
        for page in pages(records, kind):
            tally.add(page)
            tell.forward(kind.name, len(page))
        found[kind.name] = tally.summary()
    return found


def first_in_use(records: Records) -> tuple[str, int] | None:
    """Return the first kind of which a store holds records, and how many; None: it is as new."""
    for kind in KINDS:
        count = records.count(kind)
        if count and kind not in _ALWAYS_THERE:
            return kind.name, count
    return None
