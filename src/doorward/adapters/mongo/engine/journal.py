"""What a group of units wrote, as one value; and bringing it into force, as often as need be.

Every document carries `n`, the number of the turn that wrote it last, and a write of turn N changes only what carries
less. So a journal may be applied twice, by two processes at once, or long after others went on: nothing newer is
overwritten, and what was removed stays away.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

import bson
from bson.codec_options import CodecOptions
from pymongo import DeleteMany, UpdateOne
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from doorward.adapters.mongo.engine.table import Document

Request: TypeAlias = UpdateOne | DeleteMany

DUPLICATE_KEY: Final = 11000
"""The code of the error that says: a unique value is taken."""

_AWARE: Final = CodecOptions[Document](tz_aware=True)


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be written in one collection.

    `columns` are those of a row. `freed` names, by the key of a document, the unique columns whose values it gives up:
    they are given up first, so that it does not matter in which order the documents are written.
    """

    collection: str
    columns: tuple[str, ...]
    freed: dict[str | int, tuple[str, ...]] = field(default_factory=dict)
    removed: list[str | int] = field(default_factory=list)
    purges: list[Document] = field(default_factory=list)
    put: list[Document] = field(default_factory=list)


Journal: TypeAlias = Sequence[Changes]


def written(journal: Journal) -> bytes:
    """Return a journal as it is kept in the turn's document: one value, whatever a server makes of nested ones."""
    changes = [
        {
            "collection": each.collection,
            "columns": list(each.columns),
            "freed": [{"_id": key, "columns": list(columns)} for key, columns in each.freed.items()],
            "removed": each.removed,
            "purges": each.purges,
            "put": each.put,
        }
        for each in journal
    ]
    return bson.encode({"changes": changes})


def read(kept: bytes) -> Journal:
    """Return the journal that was written."""
    return [
        Changes(
            collection=each["collection"],
            columns=tuple(each["columns"]),
            freed={one["_id"]: tuple(one["columns"]) for one in each["freed"]},
            removed=each["removed"],
            purges=each["purges"],
            put=each["put"],
        )
        for each in bson.decode(kept, _AWARE)["changes"]
    ]


@dataclass(frozen=True, slots=True)
class Applying:
    """Brings journals into force. `at` is the time by the server's clock."""

    database: Database[Document]
    number: int
    at: datetime
    session: ClientSession | None = None

    def __call__(self, journal: Journal) -> bool:
        """Write everything that is not newer already, and tell whether nothing was.

        Raises: RuntimeError, when a document that the store did not write stands in the way.
        """
        is_newest = True
        for stage in _STAGES:
            for changes in journal:
                requests = list(stage(self, changes))
                is_newest &= not requests or self._run(changes, requests)
        return is_newest

    def frees(self, changes: Changes) -> Iterator[Request]:
        """Yield the writes that give up unique values."""
        for key, columns in changes.freed.items():
            yield UpdateOne(self._older(key), {"$unset": dict.fromkeys(columns, "")})

    def removes(self, changes: Changes) -> Iterator[Request]:
        """Yield the writes that leave of a document only when it went."""
        mark = {"n": self.number, "gone_at": self.at}
        for key in changes.removed:
            yield UpdateOne(
                self._older(key), {"$set": mark, "$unset": dict.fromkeys((*changes.columns, "written_at"), "")}
            )

    def purges(self, changes: Changes) -> Iterator[Request]:
        """Yield the writes that remove whatever is over."""
        for query in changes.purges:
            yield DeleteMany({**query, "n": {"$lt": self.number}})

    def puts(self, changes: Changes) -> Iterator[Request]:
        """Yield the writes of whole documents."""
        for document in changes.put:
            columns = {name: value for name, value in document.items() if name != "_id"}
            change = {"$set": {**columns, "n": self.number, "written_at": self.at}, "$unset": {"gone_at": ""}}
            yield UpdateOne(self._older(document["_id"]), change, upsert=True)

    def _older(self, key: str | int) -> Document:
        return {"_id": key, "n": {"$lt": self.number}}

    def _run(self, changes: Changes, requests: list[Request]) -> bool:
        try:
            self.database[changes.collection].bulk_write(requests, ordered=False, session=self.session)
        except BulkWriteError as error:
            codes = {each["code"] for each in (error.details or {})["writeErrors"]}
            if codes != {DUPLICATE_KEY} or self.session is not None:
                raise
            return self._was_written(changes)
        return True

    def _was_written(self, changes: Changes) -> bool:
        """Tell whether the documents are those of this journal, which was applied before, and none is newer."""
        keys = [document["_id"] for document in changes.put]
        found = self.database[changes.collection].find({"_id": {"$in": keys}}, {"n": True})
        numbers = {document["_id"]: document["n"] for document in found}
        lowest = min((numbers.get(key, -1) for key in keys), default=self.number)
        if lowest < self.number:
            raise RuntimeError(f"{changes.collection} holds a document that was not written by the store")
        return max(numbers.values(), default=self.number) == self.number


_STAGES: Final[tuple[Callable[[Applying, Changes], Iterator[Request]], ...]] = (
    Applying.frees,
    Applying.removes,
    Applying.purges,
    Applying.puts,
)
"""In this order no write meets a unique value that another one of the same journal gives up."""
