"""What a kept file is, and what an upload is before it is whole."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from pydantic.dataclasses import dataclass

from doorward.core.kernel.ids import AccountId

FileId = NewType("FileId", str)
Key = NewType("Key", str)
"""What bytes lie under: an identifier, which never holds anything that a person said, and sorts by its time."""

UPLOAD_LIVES_FOR: Final = timedelta(days=1)
"""How long an upload may take from its beginning to its last byte."""

AVATAR_MAX_BYTES: Final = 10 << 20
AVATAR_EDGE_PIXELS: Final = 256


class Purpose(StrEnum):
    """What a file is for: `avatar` is the picture of its owner, `private` is for its owner alone."""

    AVATAR = "avatar"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class File:
    """A file that is whole. `media_type` was told by its bytes, `name` is what its owner calls it, cleaned.

    `key` is what its bytes lie under; they never change. `sha256` is their digest.
    """

    id: FileId
    account_id: AccountId
    purpose: Purpose
    name: str
    media_type: str
    size: int
    sha256: bytes
    key: Key
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is on its way: `offset` of its `length` bytes are kept, and no other file has its id.

    The last byte is never counted before the file is whole, so `offset` is below `length`. `parts` is how many parts
    the bytes came in.
    """

    id: FileId
    account_id: AccountId
    name: str
    length: int
    created_at: datetime
    expires_at: datetime
    offset: int = 0
    parts: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """Some bytes of an upload in a row: those from `start` on, up to where the next part starts."""

    upload_id: FileId
    key: Key
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an upload stands: `offset` of its `length` bytes are kept. `file` is there once it is whole.

    `name` is what it is called, where that was asked.
    """

    offset: int
    length: int
    expires_at: datetime | None = None
    file: File | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an operator lets people keep: bytes of one file, of all files of an account, and media types."""

    max_bytes: int
    quota_bytes: int
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scanner says: `found` names what is wrong with the bytes; None: nothing is."""

    found: str | None = None
