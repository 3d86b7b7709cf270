"""The audit chain, and the daily keys of address pseudonyms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import and_, delete, func, insert, or_, select, tuple_, update

from doorward.adapters.sql import tables
from doorward.adapters.sql.engine.connection import Connection, Row
from doorward.adapters.sql.engine.statement import Statement, given, insert_unless_taken
from doorward.adapters.sql.engine.values import mapping_of, micros, moment, text_of
from doorward.core.audit.ports import AddressKeys, AuditLog
from doorward.core.audit.records import AddressKey, Entry, Event, Head, Place, Search, kind_of
from doorward.core.audit.rules import START, unreadable
from doorward.core.kernel.ids import AccountId

_E = tables.audit.c
_H = tables.audit_head.c
_K = tables.address_keys.c

# Locked where units of work run side by side: who continues the chain goes alone until its unit ends.
_HEAD = Statement(select(_H.sequence, _H.link).with_for_update())
_APPEND = Statement(insert(tables.audit))
_MOVE_HEAD = Statement(
    update(tables.audit_head)
    .where(_H.sequence == given("expected_sequence"))
    .values(sequence=given("sequence"), link=given("link"))
)
_READ = select(tables.audit).where(_E.sequence > given("after")).order_by(_E.sequence).limit(given("limit"))
_READ_ALL = Statement(_READ)
_READ_ABOUT = Statement(_READ.where(_E.account_id == given("account_id")))

_ASKED: Final = ("account_id", "actor_id", "address_tag", "kind")
_FOUND_BY: Final = (("account_id", "kind"), *((column,) for column in _ASKED), ())
"""The columns of the indexes that a search may look into, besides the time: the narrowest first."""

_NO_TIME: Final = (micros(datetime.min.replace(tzinfo=UTC)), micros(datetime.max.replace(tzinfo=UTC)))
"""The first moment that there is, and the last."""


def _found_by(columns: tuple[str, ...]) -> Statement:
    """Return a search by the index over some columns and the time. What it says of others is compared, row by row."""
    others = [column for column in _ASKED if column not in columns]
    asked = [or_(given(column) == "", func.coalesce(_E[column], "") == given(column)) for column in others]
    found = select(tables.audit).where(
        _E.at >= given("since"),
        tuple_(_E.at, _E.sequence) < tuple_(given("before_at"), given("before_sequence")),
        and_(*asked),
    )
    narrowed = found.where(*(_E[column] == given(column) for column in columns))
    return Statement(narrowed.order_by(_E.at.desc(), _E.sequence.desc()).limit(given("limit")))


_SEARCHES: Final[Mapping[tuple[str, ...], Statement]] = {columns: _found_by(columns) for columns in _FOUND_BY}

_KEY = Statement(select(tables.address_keys).where(_K.day == given("day")))
_ADD_KEY = insert_unless_taken(tables.address_keys)
_DESTROY = Statement(delete(tables.address_keys).where(_K.destroy_at <= given("due")))
_OLDEST = Statement(select(tables.address_keys).order_by(_K.destroy_at).limit(1))


@dataclass(frozen=True, slots=True)
class SqlAuditLog(AuditLog):
    """Keeps the chain; its end stands in a row of its own."""

    connection: Connection

    def head(self) -> Head:
        row = self.connection.one(_HEAD)
        return START if row is None else Head(row[0], row[1])

    def append(self, entry: Entry) -> None:
        moved = self.connection.change(
            _MOVE_HEAD, expected_sequence=entry.sequence - 1, sequence=entry.sequence, link=entry.link
        )
        if moved != 1:
            raise ValueError(f"entry {entry.sequence} does not continue the audit chain")
        event = entry.event
        self.connection.change(
            _APPEND,
            sequence=entry.sequence,
            at=micros(entry.at),
            kind=event.kind.value,
            account_id=event.account_id,
            actor_id=event.actor_id,
            session_id=event.session_id,
            address_tag=event.address_tag,
            detail=text_of(event.detail),
            link=entry.link,
        )
        self.connection.notes.audited.append(event.kind)

    def read(self, *, after: int = 0, limit: int = 1000, account_id: AccountId | None = None) -> tuple[Entry, ...]:
        if account_id is None:
            rows = self.connection.all(_READ_ALL, after=after, limit=limit)
        else:
            rows = self.connection.all(_READ_ABOUT, after=after, limit=limit, account_id=account_id)
        return tuple(_entry(row) for row in rows)

    def search(self, search: Search, *, before: Place | None = None, limit: int = 50) -> tuple[Entry, ...]:
        asked = {name: getattr(search, name) or "" for name in _ASKED}
        earliest, latest = _NO_TIME
        until = latest if search.until is None else micros(search.until)
        before_at, before_sequence = (latest, 0) if before is None else (micros(before.at), before.sequence)
        rows = self.connection.all(
            next(statement for columns, statement in _SEARCHES.items() if all(asked[column] for column in columns)),
            since=earliest if search.since is None else micros(search.since),
            before_at=min(before_at, until),
            before_sequence=before_sequence if before_at < until else 0,
            limit=limit,
            **asked,
        )
        return tuple(_entry(row) for row in rows)


@dataclass(frozen=True, slots=True)
class SqlAddressKeys(AddressKeys):
    """Keeps the daily keys of address pseudonyms."""

    connection: Connection

    def of(self, day: str) -> AddressKey | None:
        return _key_or_none(self.connection.one(_KEY, day=day))

    def add(self, key: AddressKey) -> bool:
        written = self.connection.change(
            _ADD_KEY, day=key.day, sealed_key=key.sealed_key, destroy_at=micros(key.destroy_at)
        )
        return written == 1

    def destroy(self, due: datetime) -> int:
        return self.connection.change(_DESTROY, due=micros(due))

    def oldest(self) -> AddressKey | None:
        return _key_or_none(self.connection.one(_OLDEST))


def _entry(row: Row) -> Entry:
    try:
        return _read(row)
    except (ValueError, TypeError, OverflowError):
        return unreadable(row[0], row[1], tuple(row[1:]))


def _read(row: Row) -> Entry:
    event = Event(
        kind=kind_of(row[2]),
        account_id=row[3],
        actor_id=row[4],
        session_id=row[5],
        address_tag=row[6],
        detail=mapping_of(row[7]),
    )
    return Entry(row[0], moment(row[1]), event, row[8])


def _key_or_none(row: Row | None) -> AddressKey | None:
    return None if row is None else AddressKey(row[0], row[1], moment(row[2]))
