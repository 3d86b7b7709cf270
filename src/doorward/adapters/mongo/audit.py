"""The audit chain, and the daily keys of address pseudonyms."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from doorward.adapters.mongo import tables
from doorward.adapters.mongo.engine.connection import Connection, Query
from doorward.adapters.mongo.engine.table import Document
from doorward.adapters.mongo.engine.values import mapping_of, micros, moment, text_of
from doorward.core.audit.ports import AddressKeys, AuditLog
from doorward.core.audit.records import AddressKey, Entry, Event, Head, Place, Search, kind_of
from doorward.core.audit.rules import START, unreadable
from doorward.core.kernel.ids import AccountId

_HEAD: Final = 1
_FOUND_BY: Final = ("account_id", "actor_id", "address_tag", "kind")
_FIRST: Final = datetime.min.replace(tzinfo=UTC)
_LAST: Final = datetime.max.replace(tzinfo=UTC)
_LATEST_FIRST: Final = [("at", -1), ("sequence", -1)]


@dataclass(frozen=True, slots=True)
class MongoAuditLog(AuditLog):
    """Keeps the chain; its end stands in a document of its own."""

    connection: Connection

    def head(self) -> Head:
        document = self.connection.one(tables.audit_head, {"_id": _HEAD})
        return START if document is None else Head(document["sequence"], document["link"])

    def append(self, entry: Entry) -> None:
        moved = self.connection.change(
            tables.audit_head,
            {"_id": _HEAD, "sequence": entry.sequence - 1},
            {"sequence": entry.sequence, "link": entry.link},
        )
        if not moved:
            raise ValueError(f"entry {entry.sequence} does not continue the audit chain")
        event = entry.event
        self.connection.put(
            tables.audit,
            {
                "sequence": entry.sequence,
                "at": micros(entry.at),
                "kind": event.kind.value,
                "account_id": event.account_id,
                "actor_id": event.actor_id,
                "session_id": event.session_id,
                "address_tag": event.address_tag,
                "detail": text_of(event.detail),
                "link": entry.link,
            },
        )
        self.connection.notes.audited.append(event.kind)

    def read(self, *, after: int = 0, limit: int = 1000, account_id: AccountId | None = None) -> tuple[Entry, ...]:
        later = {"$gt": after}
        if account_id is None:
            found = self.connection.all(tables.audit, {"_id": later}, order=[("_id", 1)], limit=limit)
        else:
            about: Query = {"account_id": account_id, "sequence": later}
            found = self.connection.all(tables.audit, about, order=[("sequence", 1)], limit=limit)
        return tuple(_entry(document) for document in found)

    def search(self, search: Search, *, before: Place | None = None, limit: int = 50) -> tuple[Entry, ...]:
        asked = {name: getattr(search, name) for name in _FOUND_BY}
        query: dict[str, object] = {name: value for name, value in asked.items() if value is not None}
        bounds = {"$gte": micros(search.since or _FIRST), "$lt": micros(search.until or _LAST)}
        if before is not None:
            at = micros(before.at)
            bounds["$lte"] = at
            query["$or"] = [{"at": {"$lt": at}}, {"at": at, "sequence": {"$lt": before.sequence}}]
        query["at"] = bounds
        found = self.connection.all(tables.audit, query, order=_LATEST_FIRST, limit=limit)
        return tuple(_entry(document) for document in found)


@dataclass(frozen=True, slots=True)
class MongoAddressKeys(AddressKeys):
    """Keeps the daily keys of address pseudonyms."""

    connection: Connection

    def of(self, day: str) -> AddressKey | None:
        return _key_or_none(self.connection.one(tables.address_keys, {"_id": day}))

    def add(self, key: AddressKey) -> bool:
        if self.connection.one(tables.address_keys, {"_id": key.day}):
            return False
        self.connection.put(
            tables.address_keys,
            {"day": key.day, "sealed_key": key.sealed_key, "destroy_at": micros(key.destroy_at)},
        )
        return True

    def destroy(self, due: datetime) -> int:
        return len(self.connection.remove(tables.address_keys, {"destroy_at": {"$lte": micros(due)}}))

    def oldest(self) -> AddressKey | None:
        return _key_or_none(self.connection.one(tables.address_keys, {}, order=[("destroy_at", 1)]))


def _entry(document: Document) -> Entry:
    try:
        return _read(document)
    except (ValueError, TypeError, OverflowError, KeyError):
        return unreadable(document["_id"], document.get("at"), document)


def _read(document: Document) -> Entry:
    event = Event(
        kind=kind_of(document["kind"]),
        account_id=document["account_id"],
        actor_id=document["actor_id"],
        session_id=document["session_id"],
        address_tag=document["address_tag"],
        detail=mapping_of(document["detail"]),
    )
    return Entry(document["sequence"], moment(document["at"]), event, document["link"])


def _key_or_none(document: Document | None) -> AddressKey | None:
    if document is None:
        return None
    return AddressKey(document["day"], document["sealed_key"], moment(document["destroy_at"]))
