"""What is moved: kinds of records, in the form that every store can read and write."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

Value: TypeAlias = str | int | bytes | None
"""What a column holds. A moment is a number of microseconds since 1970 in UTC, a mapping is JSON."""

Row: TypeAlias = tuple[Value, ...]
"""One record, its values in the order of its kind's columns."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record, by the name of its table without the prefix. The first `keys` columns are its key."""

    name: str
    columns: tuple[str, ...]
    keys: int = 1

    def key(self, row: Row) -> Row:
        """Return the key of a record."""
        return row[: self.keys]

    def place(self, column: str) -> int:
        """Return where a column stands in a row."""
        return self.columns.index(column)


def _kind(name: str, columns: str, *, keys: int = 1) -> Kind:
    return Kind(name, tuple(columns.split()), keys)


ACCOUNTS: Final = _kind(
    "accounts",
    "id username username_key username_skeleton email email_key status created_at verified_at delete_after version"
    " updated_at",
)
PASSWORDS: Final = _kind("passwords", "account_id hash changed_at")
ATTEMPTS: Final = _kind("attempts", "key lanes consecutive version touched_at")
DEVICES: Final = _kind("devices", "id account_id name created_at expires_at")
SESSIONS: Final = _kind(
    "sessions",
    "id account_id kind device_name place scope created_at authenticated_at last_seen_at idle_expires_at expires_at"
    " digest generation device_id superseded_digest superseded_at sealed_successor replays ended_at end_reason"
    " gone_day parent_id acr amr",
)
ONETIMES: Final = _kind(
    "onetimes",
    "digest purpose subject created_at expires_at payload address_key code_digest code_expires_at tries",
)
JOBS: Final = _kind(
    "jobs",
    "id name sealed_payload created_at run_at state attempts leased_until dedupe_key last_error request_id traceparent",
)
AUDIT_HEAD: Final = _kind("audit_head", "id sequence link")
ADDRESS_KEYS: Final = _kind("address_keys", "day sealed_key destroy_at")
META: Final = _kind("meta", "key value")

KINDS: Final = (
    ACCOUNTS,
    _kind(
        "claims",
        "id username username_key username_skeleton email email_key password_hash created_at is_verified",
    ),
    PASSWORDS,
    _kind("roles", "account_id role", keys=2),
    SESSIONS,
    ATTEMPTS,
    DEVICES,
    ONETIMES,
    JOBS,
    _kind("audit", "sequence at kind account_id actor_id session_id address_tag detail link"),
    AUDIT_HEAD,
    ADDRESS_KEYS,
    _kind("signing_keys", "id algorithm public_jwk sealed_private created_at signs_from signs_until ends_at"),
    _kind("clients", "id name document created_at disabled_at version"),
    _kind("grants", "session_id client_id account_id created_at expires_at document"),
    _kind("consents", "account_id client_id scope granted_at", keys=2),
    _kind("identities", "issuer subject account_id provider_id label linked_at", keys=2),
    _kind("file_records", "id account_id purpose name media_type size sha256 key created_at avatar_of"),
    _kind("uploads", "id account_id name length created_at expires_at offset parts"),
    _kind("upload_parts", "key upload_id start size"),
    _kind("quotas", "account_id used"),
    META,
)
"""Everything that a store keeps, in the order in which it is moved."""

NOT_IN_BACKUPS: Final = frozenset({ADDRESS_KEYS.name})
"""What a backup leaves out: a key that is destroyed must not come back from one."""

EPOCH: Final = "refresh_epoch"
"""The name in `meta` of the number that says how often the store was restored from a backup."""

STAYS: Final = ("serves_since", "copy")
"""The names in `meta` of what belongs to a store itself: it is neither read nor written as a record."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How many records there are of a kind, and a digest of them all that does not depend on their order."""

    records: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Compared:
    """A kind, and what is there of it on both sides."""

    kind: str
    source: Summary
    target: Summary

    @property
    def agrees(self) -> bool:
        """Tell whether both sides hold the same."""
        return self.source == self.target


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup says of itself: when it was made, of what, how many records, and the columns of each kind."""

    made_at: datetime
    revision: str
    epoch: int
    records: int
    columns: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back from a backup: records of each kind, and what was not let back in alive."""

    kinds: Mapping[str, Summary]
    made_at: datetime
    epoch: int
    sessions_ended: int
    artefacts_discarded: int
    jobs_buried: int
