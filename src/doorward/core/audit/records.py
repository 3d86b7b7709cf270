"""What an audit record holds, and everything that is recorded."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from pydantic.dataclasses import dataclass

from doorward.core.kernel.ids import AccountId, SessionId


class AuditKind(StrEnum):
    """Everything that is recorded, by the name that searches and alerts use."""

    CLAIM_MADE = "claim.made"
    CLAIM_REFUSED = "claim.refused"
    ACCOUNT_VERIFIED = "account.verified"
    ACCOUNT_ADDED = "account.added"
    USERNAME_CHANGED = "account.username_changed"
    EMAIL_CHANGE_ASKED = "account.email_change_asked"
    EMAIL_CHANGED = "account.email_changed"
    ACCOUNT_DISABLED = "account.disabled"
    ACCOUNT_ENABLED = "account.enabled"
    ACCOUNT_CLOSING = "account.closing"
    ACCOUNT_KEPT = "account.kept"
    ACCOUNT_DELETED = "account.deleted"
    ACCOUNT_EXPORTED = "account.exported"
    ROLE_GRANTED = "role.granted"
    ROLE_REVOKED = "role.revoked"
    SIGN_IN = "sign_in.succeeded"
    SIGN_IN_REFUSED = "sign_in.refused"
    SIGN_IN_SUSPENDED = "sign_in.suspended"
    SIGN_IN_UNLOCKED = "sign_in.unlocked"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 (the name of an event, not a password)
    PASSWORD_RESET = "password.reset"  # noqa: S105
    PASSWORD_RESET_ASKED = "password.reset_asked"  # noqa: S105
    IDENTITY_LINKED = "identity.linked"
    IDENTITY_UNLINKED = "identity.unlinked"
    SESSION_ENDED = "session.ended"
    SESSIONS_ENDED = "session.all_ended"
    SESSION_REUSE = "session.reuse_detected"
    CODE_ISSUED = "code.issued"
    CONSENT_GIVEN = "consent.given"
    CONSENT_REVOKED = "consent.revoked"
    GRANT_STARTED = "grant.started"
    GRANT_REVOKED = "grant.revoked"
    CODE_REUSE = "grant.code_reuse_detected"
    HOST_ENTERED = "host.entered"
    DEVICE_ALLOWED = "device.allowed"
    DEVICE_REFUSED = "device.refused"
    CLIENT_ADDED = "client.added"
    CLIENT_REGISTERED = "client.registered"
    CLIENT_CHANGED = "client.changed"
    CLIENT_SECRET_ROTATED = "client.secret_rotated"  # noqa: S105
    CLIENT_DISABLED = "client.disabled"
    CLIENT_ENABLED = "client.enabled"
    CLIENT_REMOVED = "client.removed"
    KEY_MADE = "key.made"
    JOB_RETRIED = "job.retried"
    ADDRESSES_FORGOTTEN = "audit.addresses_forgotten"
    FILE_KEPT = "file.kept"
    FILE_REFUSED = "file.refused"
    FILE_REMOVED = "file.removed"
    AVATAR_CHANGED = "avatar.changed"
    AVATAR_REMOVED = "avatar.removed"
    ADDRESS_LOOKED_UP = "audit.address_looked_up"
    STORE_RESTORED = "store.restored"
    DEMO_DATA_MADE = "store.demo_data_made"


def kind_of(told: str) -> AuditKind:
    """Return the kind of an entry that was read.

    One that only a newer release knows keeps its name and is none of ours: what is not known is still shown, exported
    and part of the chain, while two releases share a store.
    """
    try:
        return AuditKind(told)
    except ValueError:
        newer = str.__new__(AuditKind, told)
        newer._name_ = newer._value_ = told
        return newer


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, before it is linked into the chain.

    `account_id` is whom it concerns, `actor_id` who did it where that is somebody else. `address_tag` is the
    pseudonym of a network address. `detail` never holds a secret, an address or a name.
    """

    kind: AuditKind
    account_id: AccountId | None = None
    actor_id: AccountId | None = None
    session_id: SessionId | None = None
    address_tag: str | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event at its place in the chain. `sequence` counts from 1 without gaps; `link` covers it and all before it."""

    sequence: int
    at: datetime
    event: Event
    link: bytes


@dataclass(frozen=True, slots=True)
class Search:
    """Which entries are looked for: those that are all of this. None leaves a thing open.

    `since` is the first moment that counts, `until` the first that does not.
    """

    account_id: AccountId | None = None
    actor_id: AccountId | None = None
    address_tag: str | None = None
    kind: AuditKind | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands when entries are put in order of time; those of one moment follow the chain."""

    at: datetime
    sequence: int


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: how long it is, and the link that the next entry continues."""

    sequence: int
    link: bytes


@dataclass(frozen=True, slots=True)
class AddressKey:
    """The random key of one day's address pseudonyms. After `destroy_at` nobody can tell whose they were."""

    day: str
    sealed_key: bytes
    destroy_at: datetime
