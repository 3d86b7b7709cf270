"""Both ends of a move: stores by their URLs, as records, and backups as files."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from doorward.adapters.archive.file import FileBackup
from doorward.assembly.store import OpenArchive, make_tables, open_archive, require_fit
from doorward.core.kernel.secrets import derive
from doorward.core.moving.errors import SourceNotReady
from doorward.core.moving.ports import Archive
from doorward.core.operating.records import Schema
from doorward.core.operating.rules import Fitness, judge
from doorward.settings.problems import Problem, SettingsInvalid
from doorward.settings.record import Settings

_FILE: Final = "sqlite:///"
_MONGO: Final = ("mongodb://", "mongodb+srv://")
_SERVERS: Final = ("postgresql://", "postgres://", "postgresql+psycopg://", *_MONGO)
_MONGO_PARTS: Final = re.compile(r"(mongodb(?:\+srv)?://)(?:[^@/?]*@)?([^@/?]+)(/[^@?]*)?(?:\?[^@]*)?")
"""The scheme, the hosts, and the database, of a URL in which every sign of a password is percent-encoded."""

_NO_SUCH_KIND: Final = Problem(
    "This is not the URL of a store.",
    "There is no kind of store that it begins with.",
    "Write sqlite:///FILE, with a fourth slash for an absolute path, or postgresql:// or mongodb:// with"
    " USER:PASSWORD@HOST/NAME.",
)
_AMBIGUOUS: Final = Problem(
    "This is not the URL of a MongoDB.",
    "Where the hosts begin and end cannot be told.",
    "Write mongodb://USER:PASSWORD@HOST/NAME?OPTIONS; percent-encode signs: @ is %40, / is %2F, ? is %3F.",
)


@contextmanager
def opened(url: str) -> Iterator[OpenArchive]:
    """Open the store behind a URL as records.

    Raises: SettingsInvalid, without the URL: it may hold a password.
    """
    archive = _archive(url)
    try:
        yield archive
    finally:
        archive.close()


def backup_at(path: Path, settings: Settings) -> FileBackup:
    """Return the backup at a path, under keys that are derived from the deployment's secrets."""
    return FileBackup(path, [derive(secret, "backup") for secret in settings.secrets.keys()])  # noqa: SIM118 (no mapping)


def shown(url: str) -> str:
    """Return what tells a store from others: its URL without name, password and options.

    Raises: SettingsInvalid, without the URL.
    """
    if url.startswith(_FILE):
        return f"{_FILE}{Path(url.removeprefix(_FILE)).resolve()}"
    if url.startswith(_MONGO):
        return _shown_mongo(url)
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise SettingsInvalid([_NO_SUCH_KIND]) from None
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"


def holds_a_moment(url: str) -> bool:
    """Tell whether a store is read as it was at one moment, whatever is written meanwhile."""
    return not url.startswith(_MONGO)


def _shown_mongo(url: str) -> str:
    """Return a URL of several hosts without what may be secret; a doubtful one would show a piece of a password."""
    parts = _MONGO_PARTS.fullmatch(url)
    if parts is None:
        raise SettingsInvalid([_AMBIGUOUS])
    return "".join(part or "" for part in parts.groups())


def require_source(url: str, archive: Archive) -> None:
    """Return when a store is what this program can move whole: its tables are the ones that it knows.

    Raises: SettingsInvalid, SourceNotReady. Unavailable.
    """
    schema = archive.schema()
    require_fit(schema)
    if schema.revision != schema.needed:
        raise SourceNotReady(
            f"The tables of {shown(url)} are at revision {schema.revision or 'none'}, not at {schema.needed}.",
            "Only what this program knows can be moved whole.",
            "Run `doorward store migrate` on it if it is older; if it is newer, use the program that it belongs to.",
        )


def require_there(url: str) -> None:
    """Return when a store may be there: for a file, when there is one.

    Raises: SettingsInvalid.
    """
    path = Path(url.removeprefix(_FILE))
    if url.startswith(_FILE) and not path.is_file():
        why = "There is nothing to read."
        raise SettingsInvalid(
            [Problem(f"There is no store at {path}.", why, "Correct the URL, or the working folder.")]
        )


def ready_target(url: str, archive: Archive) -> None:
    """Make the tables in a store that has none.

    Raises: SettingsInvalid, SourceNotReady, when it has others than this program needs. Unavailable.
    """
    schema = archive.schema()
    if not schema.revision:
        make_tables(url)
    elif not _can_be_filled(schema):
        raise SourceNotReady(
            f"The tables of {shown(url)} are at revision {schema.revision}, not at {schema.needed}.",
            "What is moved needs the tables of this program.",
            "Name an empty store: one without any tables will do.",
        )


def _can_be_filled(schema: Schema) -> bool:
    return schema.revision == schema.needed and judge(schema) in {Fitness.FITS, Fitness.UNFINISHED}


def _archive(url: str) -> OpenArchive:
    if url.startswith((_FILE, *_SERVERS)) and url != _FILE:
        return open_archive(url)
    raise SettingsInvalid([_NO_SUCH_KIND])
