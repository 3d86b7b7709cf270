"""Everything that a database keeps, as records."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pymongo import ASCENDING
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from doorward.adapters.mongo import tables
from doorward.adapters.mongo.engine.client import faults
from doorward.adapters.mongo.engine.journal import DUPLICATE_KEY
from doorward.adapters.mongo.engine.open import Mongo
from doorward.adapters.mongo.engine.table import GONE, LIVE, Document, Table
from doorward.adapters.mongo.engine.turn import Held
from doorward.adapters.mongo.store import schema_of
from doorward.core.moving.ports import Archive, Records
from doorward.core.moving.records import META, STAYS, Kind, Row, Value
from doorward.core.operating.records import Schema

_COPY: Final = "copy"
_CONNECTIONS: Final = 2
_ANSWERS_WITHIN: Final = timedelta(minutes=10)
"""How long the server may take for a page, or to empty a collection: nobody waits for it but the move itself."""

_TABLES: Final[Mapping[str, Table]] = {table.name.removeprefix(tables.PREFIX): table for table in tables.TABLES}


@dataclass(frozen=True, slots=True)
class MongoRecords(Records):
    """Reads records of the present, in the order of `_id`.

    A standalone server holds no moment, and a replica set holds one for some minutes only, which the reading of a large
    store outlasts. So what is written meanwhile may be among them.
    """

    database: Database[Document]

    def count(self, kind: Kind) -> int:
        with faults():
            return self.database[_table(kind).name].count_documents(_moves(kind))

    def page(self, kind: Kind, *, after: Row | None, limit: int) -> list[Row]:
        behind = {} if after is None else {"_id": {"$gt": _key(kind, after)}}
        query = {"$and": [behind, _moves(kind)]} if behind else _moves(kind)
        with faults():
            found = self.database[_table(kind).name].find(query, limit=limit, batch_size=limit)
            return [_row(kind, document) for document in found.sort("_id", ASCENDING)]


class MongoArchive(Archive):
    """The whole store behind a URL.

    Raises: ValueError, when the URL cannot be read.
    """

    def __init__(self, url: str) -> None:
        self._database = Mongo(url, pool_size=_CONNECTIONS, answers_within=_ANSWERS_WITHIN)

    def schema(self) -> Schema:
        with faults():
            return schema_of(self._database.opened().client.database)

    @contextmanager
    def snapshot(self) -> Iterator[MongoRecords]:
        with self._turn():  # it brings into force what a process has committed that died before it was applied
            pass
        yield MongoRecords(self._database.opened().client.database)

    def put(self, kind: Kind, rows: Sequence[Row], *, move: str) -> None:
        """Write records and then the state of the move, which is not there unless all of them are.

        A transaction is of no use: the first record that is there already would undo it.
        """
        with self._turn() as held:
            if rows:
                self._insert(kind, rows, held)
            self._write(move, held)

    def empty(self, kind: Kind, *, move: str) -> None:
        """Remove every record of a kind and what is remembered of those that were removed before."""
        with self._turn() as held:
            self._collection(kind).delete_many(_all(kind))
            self._write(move, held)

    def mark(self, move: str | None) -> None:
        with self._turn() as held:
            if move is None:
                self._collection(META).delete_one({"_id": _COPY})
            else:
                self._write(move, held)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    @contextmanager
    def _turn(self) -> Iterator[Held]:
        """Hold the turn: its number is newer than all that was written, and older than all that will be."""
        turn = self._database.opened().turn
        held = turn.take()
        with faults():
            yield held
        turn.lay_down(held)

    def _insert(self, kind: Kind, rows: Sequence[Row], held: Held) -> None:
        documents = [_document(kind, row, held) for row in rows]
        collection = self._collection(kind)
        keys = [document["_id"] for document in documents]
        collection.delete_many({"_id": {"$in": keys}, **GONE})  # what is gone takes no key
        try:
            collection.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            details = error.details or {}
            others = [each for each in details["writeErrors"] if each["code"] != DUPLICATE_KEY]
            if others or details["writeConcernErrors"]:
                raise BulkWriteError({**details, "writeErrors": others}) from error

    def _write(self, move: str, held: Held) -> None:
        columns = {"key": _COPY, "value": move, "n": held.number, "written_at": held.taken_at}
        self._collection(META).update_one({"_id": _COPY}, {"$set": columns}, upsert=True)

    def _collection(self, kind: Kind) -> Collection[Document]:
        return self._database.opened().client.database[_table(kind).name]


def _document(kind: Kind, row: Row, held: Held) -> Document:
    """Return a record as the store itself would have written it in a turn."""
    table = _table(kind)
    columns: Document = {**dict.fromkeys(table.columns), **dict(zip(kind.columns, row, strict=True))}
    return {**table.document(columns), "n": held.number, "written_at": held.taken_at}


def _row(kind: Kind, document: Document) -> Row:
    return tuple([_value(document.get(column)) for column in kind.columns])


def _value(kept: Value) -> Value:
    """Return a value as every store gives it: the driver's number for 64 bits is a kind of int of its own."""
    return int(kept) if isinstance(kept, int) else kept


def _all(kind: Kind) -> Document:
    """Return what keeps back the records that stay with a store."""
    return {"_id": {"$nin": list(STAYS)}} if kind.name == META.name else {}


def _moves(kind: Kind) -> Document:
    return {**_all(kind), **LIVE}


def _key(kind: Kind, after: Row) -> str | int:
    """Return the `_id` of the record with a key, whose columns come in the order of the kind."""
    named = dict(zip(kind.columns, after, strict=False))
    return _table(kind).key_of(named)


def _table(kind: Kind) -> Table:
    return _TABLES[kind.name]
