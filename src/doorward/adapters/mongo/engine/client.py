"""The client: one database behind a URL, a bounded pool, and waits that end."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    InvalidURI,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference
from pymongo.uri_parser import parse_uri
from pymongo.write_concern import WriteConcern

from doorward.adapters.mongo.engine.connection import PATIENCE, away
from doorward.adapters.mongo.engine.table import Document

DEFAULT_DATABASE: Final = "doorward"
"""The database where the URL names none."""

_TRANSIENT: Final = "TransientTransactionError"
_WRITE_CONCERN_FAILED: Final = 64
_OUTAGES: Final[Mapping[int, str]] = {
    6: "HostUnreachable",
    7: "HostNotFound",
    13: "Unauthorized",
    18: "AuthenticationFailed",
    24: "LockTimeout",
    46: "LockBusy",
    50: "MaxTimeMSExpired",
    89: "NetworkTimeout",
    91: "ShutdownInProgress",
    112: "WriteConflict",
    134: "ReadConcernMajorityNotAvailableYet",
    189: "PrimarySteppedDown",
    202: "NetworkInterfaceExceededTimeLimit",
    262: "ExceededTimeLimit",
    8000: "AtlasError",
    10107: "NotWritablePrimary",
    11600: "InterruptedAtShutdown",
    11602: "InterruptedDueToReplStateChange",
    13435: "NotPrimaryNoSecondaryOk",
    13436: "NotPrimaryOrSecondary",
    14031: "OutOfDiskSpace",
}
"""The errors of a server that is away, full, busy, or does not know us, by their codes."""


@dataclass(frozen=True, slots=True)
class Client:
    """A database as units of work and views reach it. `has_transactions` tells whether they may write in one."""

    database: Database[Document]
    has_transactions: bool

    def close(self) -> None:
        """Close every connection."""
        self.database.client.close()


def connect(
    url: str,
    *,
    pool_size: int,
    patience: timedelta = PATIENCE,
    answers_within: timedelta = PATIENCE,
    transactions: bool | None = None,
) -> Client:
    """Return a client that the server behind a URL has answered.

    `transactions` says whether units of work are to be written in one, instead of asking the server.

    Whatever the URL says: a write is acknowledged when a majority has it on the disk, reads go to the primary and see
    what a majority has, and nothing waits for ever.
    Raises: Unavailable. ValueError, when the URL cannot be read, without the URL: it may hold a password.
    """
    with faults():
        client = _opened(url, pool_size=pool_size, patience=patience, answers_within=answers_within)
        try:
            hello: Document = client.admin.command("hello")
            has_replicas = "setName" in hello or hello.get("msg") == "isdbgrid"
            has_transactions = has_replicas if transactions is None else transactions
            return Client(_database(client, patience=patience, has_replicas=has_replicas), has_transactions)
        except BaseException:
            client.close()
            raise


def _opened(url: str, *, pool_size: int, patience: timedelta, answers_within: timedelta) -> MongoClient[Document]:
    try:
        return MongoClient(
            url,
            connect=False,
            tz_aware=True,
            appname="doorward",
            maxPoolSize=pool_size,
            waitQueueTimeoutMS=_milliseconds(patience),
            serverSelectionTimeoutMS=_milliseconds(patience),
            connectTimeoutMS=_milliseconds(patience),
            socketTimeoutMS=_milliseconds(answers_within),
        )
    except (InvalidURI, ConfigurationError, ValueError):
        raise _unreadable() from None


def require_readable(url: str) -> None:
    """Return when the driver can read a URL; what the DNS says of it is not asked.

    Raises: ValueError, without the URL: it may hold a password.
    """
    try:
        parse_uri(url.replace("mongodb+srv://", "mongodb://", 1))
    except (InvalidURI, ConfigurationError, ValueError):
        raise _unreadable() from None


def _unreadable() -> ValueError:
    return ValueError("a MongoDB store's URL is mongodb://USER:PASSWORD@HOST/NAME?OPTIONS, or mongodb+srv://")


def _database(client: MongoClient[Document], *, patience: timedelta, has_replicas: bool) -> Database[Document]:
    name = client.get_default_database(DEFAULT_DATABASE).name
    return client.get_database(
        name,
        read_preference=ReadPreference.PRIMARY,
        read_concern=ReadConcern("majority" if has_replicas else None),
        write_concern=WriteConcern("majority", j=True, wtimeout=_milliseconds(patience)),
    )


def _milliseconds(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)


@contextmanager
def faults() -> Iterator[None]:
    """Turn what the driver raises into `Unavailable` where the server is to blame; a programming error passes."""
    try:
        yield
    except PyMongoError as error:
        if not is_outage(error):
            raise
        raise away() from error


def is_outage(error: PyMongoError) -> bool:
    """Tell whether an error of the driver says that the server is away, full, busy, or does not know us."""
    if isinstance(error, ConnectionFailure | WTimeoutError) or error.has_error_label(_TRANSIENT):
        return True
    if isinstance(error, BulkWriteError):
        details = error.details or {}
        failed = [each["code"] for each in (*details["writeErrors"], *details["writeConcernErrors"])]
        return bool(failed) and all(code in _OUTAGES or code == _WRITE_CONCERN_FAILED for code in failed)
    return isinstance(error, OperationFailure) and error.code in _OUTAGES
