"""What a unit of work and a view read and write through.

A view asks the server. A unit of work keeps what it writes in a draft, laid over what the server holds; its reads see
both. Drafts of units that share a commit lie one over another.
"""

from collections import ChainMap, Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pymongo.database import Database

from doorward.adapters.mongo.engine.connection import MOST_PURGED, Connection, Notes, Order, Query, away
from doorward.adapters.mongo.engine.journal import Changes, Journal
from doorward.adapters.mongo.engine.matching import matches, ordered
from doorward.adapters.mongo.engine.table import LIVE, Document, Table

Key: TypeAlias = str | int
Images: TypeAlias = dict[Key, Document | None]
"""What documents will be, by their keys; None for what is removed."""

_NOTHING: Final[Images] = {}


@dataclass(frozen=True, slots=True)
class Reader:
    """Asks the server for what was not removed."""

    database: Database[Document]

    def find(self, table: Table, query: Query, *, order: Order = (), limit: int = 0) -> list[Document]:
        """Return the documents that a query finds, in an order, and at most `limit` unless that is 0."""
        found = self.database[table.name].find({**query, **LIVE}, limit=limit)
        return list(found.sort(list(order)) if order else found)

    def count(self, table: Table, query: Query) -> int:
        """Return how many documents a query finds."""
        return self.database[table.name].count_documents({**query, **LIVE})

    def counts(self, table: Table, query: Query, *, by: str) -> dict[str, int]:
        """Return how many documents a query finds, for each value of a column."""
        stages: list[Document] = [{"$match": {**query, **LIVE}}, {"$group": {"_id": f"${by}", "count": {"$sum": 1}}}]
        return {group["_id"]: group["count"] for group in self.database[table.name].aggregate(stages)}


@dataclass(frozen=True, slots=True)
class View(Connection):
    """Reads what is in force."""

    reader: Reader

    @property
    def notes(self) -> Notes:
        raise RuntimeError("a view cannot write; open a unit of work")

    def one(self, table: Table, query: Query, *, order: Order = ()) -> Document | None:
        return next(iter(self.all(table, query, order=order, limit=1)), None)

    def all(self, table: Table, query: Query, *, order: Order = (), limit: int = 0) -> list[Document]:
        """Return what a query finds.

        Raises: Unavailable, when a document is being written at this moment: it gives its unique values up first.
        """
        found, unique = self.reader.find(table, query, order=order, limit=limit), table.unique_columns
        if any(column not in document for document in found for column in unique):
            raise away()
        return found

    def count(self, table: Table, query: Query) -> int:
        return self.reader.count(table, query)

    def counts(self, table: Table, query: Query, *, by: str) -> dict[str, int]:
        return self.reader.counts(table, query, by=by)

    def put(self, table: Table, row: Document) -> None:
        raise self._refusal(table, row)

    def change(self, table: Table, query: Query, row: Document) -> list[Document]:
        raise self._refusal(table, query, row)

    def remove(self, table: Table, query: Query) -> list[Document]:
        raise self._refusal(table, query)

    def purge(self, table: Table, query: Query) -> int:
        raise self._refusal(table, query)

    def _refusal(self, table: Table, *_of: Query) -> RuntimeError:
        return RuntimeError(f"a view cannot write to {table.name}; open a unit of work")


@dataclass(slots=True)
class Draft:
    """What a unit, or several in a row, will have written."""

    images: dict[Table, Images] = field(default_factory=dict)
    purges: dict[Table, list[Query]] = field(default_factory=dict)

    def take_in(self, later: "Draft") -> None:
        """Add what a later unit wrote."""
        for table, images in later.images.items():
            self.images.setdefault(table, {}).update(images)
        for table, queries in later.purges.items():
            self.purges.setdefault(table, []).extend(queries)


class Group:
    """The drafts of units that share a commit, and what they have read of the server's documents meanwhile.

    While the turn is theirs nobody else writes, so that what was read once stays true.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.draft = Draft()
        self._read: dict[Table, Images] = {}

    def find(self, table: Table, query: Query, *, order: Order = (), limit: int = 0) -> list[Document]:
        """Return what a query finds on the server."""
        found = self.reader.find(table, query, order=order, limit=limit)
        self._read.setdefault(table, {}).update((document["_id"], document) for document in found)
        return found

    def by_key(self, table: Table, key: Key) -> Document | None:
        """Return one document as it is on the server."""
        read = self._read.setdefault(table, {})
        if key not in read:
            read[key] = next(iter(self.reader.find(table, {"_id": key}, limit=1)), None)
        return read[key]

    def journal(self) -> Journal:
        """Return what is to be written."""
        tables = [*self.draft.images, *(table for table in self.draft.purges if table not in self.draft.images)]
        return [self._changes(table) for table in tables]

    def _changes(self, table: Table) -> Changes:
        images = self.draft.images.get(table, _NOTHING)
        return Changes(
            collection=table.name,
            columns=table.columns,
            freed=dict(self._freed(table, images)),
            removed=[key for key, image in images.items() if image is None],
            purges=[dict(query) for query in self.draft.purges.get(table, ())],
            put=[image for image in images.values() if image is not None],
        )

    def _freed(self, table: Table, images: Images) -> Iterator[tuple[Key, tuple[str, ...]]]:
        """Yield the documents that give up unique values, and those columns."""
        for key, image in images.items():
            before = self._read.get(table, _NOTHING).get(key)
            if before is None or image is None:
                continue
            freed = [column for column in table.unique_columns if before[column] not in (None, image[column])]
            if freed:
                yield key, tuple(freed)


class Unit(Connection):
    """Reads what is in force with what this unit, and those before it in the group, have written."""

    __slots__ = ("_group", "_notes", "draft")

    def __init__(self, group: Group, notes: Notes) -> None:
        self._group = group
        self._notes = notes
        self.draft = Draft()

    @property
    def notes(self) -> Notes:
        return self._notes

    def one(self, table: Table, query: Query, *, order: Order = ()) -> Document | None:
        return next(iter(self.all(table, query, order=order, limit=1)), None)

    def all(self, table: Table, query: Query, *, order: Order = (), limit: int = 0) -> list[Document]:
        key = query.get("_id")
        if isinstance(key, str | int):
            return self._of_key(table, key, query)
        images, purges = self._images(table), self._purges(table)
        # Each image may hide one document that the server finds.
        beyond = 0 if not limit or purges else limit + len(images)
        found = self._group.find(table, query, order=order, limit=beyond)
        if not images and not purges:
            return found
        kept = self._visible(found, images, purges)
        fresh = [image for image in images.values() if image is not None and matches(image, query)]
        return ordered([*kept, *fresh], order)[: limit or None]

    def count(self, table: Table, query: Query) -> int:
        images = self._images(table)
        if self._purges(table):
            return len(self.all(table, query))
        hidden = self._group.find(table, {"_id": {"$in": list(images)}}) if images else []
        seen = self._group.reader.count(table, query) - sum(matches(document, query) for document in hidden)
        return seen + sum(image is not None and matches(image, query) for image in images.values())

    def counts(self, table: Table, query: Query, *, by: str) -> dict[str, int]:
        if not self._images(table) and not self._purges(table):
            return self._group.reader.counts(table, query, by=by)
        return dict(Counter(document[by] for document in self.all(table, query)))

    def put(self, table: Table, row: Document) -> None:
        image = table.document(row)
        self._own(table)[image["_id"]] = image

    def change(self, table: Table, query: Query, row: Document) -> list[Document]:
        changed = [{**document, **row} for document in self.all(table, query)]
        for document in changed:
            self.put(table, document)
        return changed

    def remove(self, table: Table, query: Query) -> list[Document]:
        removed = self.all(table, query)
        self._own(table).update((document["_id"], None) for document in removed)
        return removed

    def purge(self, table: Table, query: Query) -> int:
        purged, part = self.count(table, query), query
        if purged > MOST_PURGED:
            keys = [document["_id"] for document in self.all(table, query, limit=MOST_PURGED)]
            purged, part = len(keys), {"_id": {"$in": keys}}
        over = [key for key, image in self._images(table).items() if image is not None and matches(image, part)]
        self._own(table).update((key, None) for key in over)
        self.draft.purges.setdefault(table, []).append(part)
        return purged

    def _of_key(self, table: Table, key: Key, query: Query) -> list[Document]:
        images = self._images(table)
        document = images[key] if key in images else self._group.by_key(table, key)
        if document is None or not matches(document, query):
            return []
        return [document] if key in images else self._visible([document], _NOTHING, self._purges(table))

    def _images(self, table: Table) -> ChainMap[Key, Document | None]:
        return ChainMap(self.draft.images.get(table, _NOTHING), self._group.draft.images.get(table, _NOTHING))

    def _own(self, table: Table) -> Images:
        return self.draft.images.setdefault(table, {})

    def _purges(self, table: Table) -> list[Query]:
        return [*self._group.draft.purges.get(table, ()), *self.draft.purges.get(table, ())]

    def _visible(
        self, found: Iterable[Document], images: Mapping[Key, Document | None], purges: Iterable[Query]
    ) -> list[Document]:
        return [
            document
            for document in found
            if document["_id"] not in images and not any(matches(document, query) for query in purges)
        ]
