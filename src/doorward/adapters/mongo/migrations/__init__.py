"""What makes a store of a database: collections with their indexes, and the documents that units of work count on."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from doorward.adapters.mongo.engine.client import connect, faults
from doorward.adapters.mongo.engine.table import GONE_FOR, Document, Index, Table
from doorward.adapters.mongo.engine.turn import COLLECTION as TURN
from doorward.adapters.mongo.engine.turn import THE_ONE
from doorward.adapters.mongo.tables import TABLES, audit_head, meta
from doorward.core.audit.rules import START
from doorward.core.moving.records import EPOCH

HEAD: Final = "0009"
"""The newest revision. Revisions are numbered, so that a later one compares as greater."""

META_SINCE: Final = "0002"
"""The revision that brought the collection in which a store says which programs it serves; one before serves its own.
"""

SERVES_SINCE: Final = "0001"
"""The oldest revision that a program may have been written for and still work on a store of the newest."""

WITHOUT_INDEXES: Final = f"{int(HEAD) - 1:04}"
"""What a store of the newest revision counts as while an index is missing: a migration makes it."""

VERSION_COLLECTION: Final = "dw_schema_version"

_REVISION: Final[Document] = {"_id": "revision"}
_INDEXES_WITHIN: Final = timedelta(minutes=30)
"""How long the server may take to build the indexes of a store that is full already."""

_Spec = tuple[tuple[str, ...], bool]


def upgrade(url: str) -> None:
    """Make what is missing behind a store's URL, and write down the newest revision; up to date, nothing changes.

    Several processes may do so at once, and servers may run meanwhile.
    Raises: Unavailable. ValueError, when the URL cannot be read.
    """
    client = connect(url, pool_size=1, answers_within=_INDEXES_WITHIN)
    try:
        with faults():
            _upgrade(client.database)
    finally:
        client.close()


def current(url: str) -> str | None:
    """Return the revision behind a store's URL; None when it is no store yet.

    Raises: Unavailable. ValueError, when the URL cannot be read.
    """
    client = connect(url, pool_size=1)
    try:
        with faults():
            return revision(client.database)
    finally:
        client.close()


def revision(database: Database[Document]) -> str | None:
    """Return the revision that is written down in a database."""
    document = database[VERSION_COLLECTION].find_one(_REVISION)
    return document["version_num"] if document else None


def missing_indexes(database: Database[Document]) -> list[str]:
    """Return the indexes that this version needs and a database does not have: without them a promise is not kept."""
    return [
        f"{table.name}: {', '.join(index.columns)}"
        for table in TABLES
        for index in _missing(table, _found(database, table))
    ]


def _upgrade(database: Database[Document]) -> None:
    for table in TABLES:
        missing = _missing(table, _found(database, table))
        if missing:
            database[table.name].create_indexes([_model(index) for index in missing])
    head = {"_id": 1, "id": 1, "sequence": START.sequence, "link": START.link, "n": 0}
    _keep_first(database, audit_head.name, {"_id": 1}, lambda: head)
    for key, value in (("serves_since", SERVES_SINCE), (EPOCH, "0")):
        _keep_first(database, meta.name, {"_id": key}, partial(_said, key, value))
    _keep_first(database, TURN, THE_ONE, lambda: _first_turn(database))
    _keep_first(database, VERSION_COLLECTION, _REVISION, lambda: {**_REVISION, "version_num": HEAD})
    database[VERSION_COLLECTION].update_one(
        {**_REVISION, "version_num": {"$lt": HEAD}}, {"$set": {"version_num": HEAD}}
    )


def _missing(table: Table, found: set[_Spec]) -> list[Index]:
    return [index for index in (*table.indexes, *_fading(table)) if (index.columns, index.is_unique) not in found]


def _fading(table: Table) -> list[Index]:
    written = () if table.fades_after is None else (Index(("written_at",), after=table.fades_after),)
    return [Index(("gone_at",), after=GONE_FOR), *written]


def _found(database: Database[Document], table: Table) -> set[_Spec]:
    return {(tuple(spec["key"]), bool(spec.get("unique"))) for spec in database[table.name].list_indexes()}


def _model(index: Index) -> IndexModel:
    keys = [(column, ASCENDING) for column in index.columns]
    options: dict[str, Any] = {}
    if index.is_unique:
        # What is null, and what is gone, has no value that could be taken.
        options = {"unique": True, "partialFilterExpression": {index.columns[0]: {"$gt": ""}}}
    if index.after is not None:
        options = {"expireAfterSeconds": index.after // timedelta(seconds=1)}
    return IndexModel(keys, **options)


def _first_turn(database: Database[Document]) -> Document:
    """Return a turn that nobody holds, with a number that no document is newer than."""
    newest = (database[table.name].find_one({}, {"n": True}, sort=[("n", DESCENDING)]) for table in TABLES)
    number = max((document.get("n", 0) for document in newest if document), default=0)
    return {**THE_ONE, "holder": None, "number": number, "committed": number, "journal": None, "journal_of": number}


def _said(key: str, value: str) -> Document:
    return {"_id": key, "key": key, "value": value, "n": 0}


def _keep_first(
    database: Database[Document], collection: str, key: Mapping[str, object], make: Callable[[], Document]
) -> None:
    """Keep a document unless there is one with its key; what it takes to make it is done where there is none."""
    if database[collection].find_one(key, {"_id": True}):
        return
    try:
        database[collection].insert_one(make())
    except DuplicateKeyError:
        return  # another process did the same, a moment earlier
