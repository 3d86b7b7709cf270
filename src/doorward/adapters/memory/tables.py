"""What is kept, and how one unit of work or view sees it."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields

from doorward.core.accounts.records import Account, Claim
from doorward.core.audit.records import AddressKey, AuditKind, Entry
from doorward.core.credentials.records import PasswordRecord
from doorward.core.federation.records import Identity
from doorward.core.files.records import File, FileId, Key, Part, Upload
from doorward.core.kernel.ids import AccountId, ClaimId, ClientId, DeviceId, JobId, KeyId, SessionId
from doorward.core.keys.records import SigningKey
from doorward.core.login.records import Attempts, Device
from doorward.core.oauth.records import Client, Consent, Grant
from doorward.core.onetime.records import OneTime
from doorward.core.outbox.records import Job
from doorward.core.sessions.records import Session


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything that is kept. Records never change, so a copy of the tables is a copy of what they say."""

    accounts: dict[AccountId, Account] = field(default_factory=dict)
    claims: dict[ClaimId, Claim] = field(default_factory=dict)
    passwords: dict[AccountId, PasswordRecord] = field(default_factory=dict)
    roles: dict[AccountId, frozenset[str]] = field(default_factory=dict)
    sessions: dict[SessionId, Session] = field(default_factory=dict)
    devices: dict[DeviceId, Device] = field(default_factory=dict)
    attempts: dict[str, Attempts] = field(default_factory=dict)
    onetimes: dict[bytes, OneTime] = field(default_factory=dict)
    tries: dict[bytes, int] = field(default_factory=dict)
    jobs: dict[JobId, Job] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)
    address_keys: dict[str, AddressKey] = field(default_factory=dict)
    signing_keys: dict[KeyId, SigningKey] = field(default_factory=dict)
    clients: dict[ClientId, Client] = field(default_factory=dict)
    grants: dict[SessionId, Grant] = field(default_factory=dict)
    consents: dict[tuple[AccountId, ClientId], Consent] = field(default_factory=dict)
    identities: dict[tuple[str, str], Identity] = field(default_factory=dict)
    files: dict[FileId, File] = field(default_factory=dict)
    uploads: dict[FileId, Upload] = field(default_factory=dict)
    upload_parts: dict[Key, Part] = field(default_factory=dict)
    quotas: dict[AccountId, int] = field(default_factory=dict)

    def copy(self) -> "Tables":
        """Return tables that can be changed without changing these."""
        return Tables(*(dict(getattr(self, table.name)) for table in fields(self)))


@dataclass(slots=True)
class Notes:
    """What others must hear of once a unit of work is kept."""

    accounts: set[AccountId] = field(default_factory=set)
    has_jobs: bool = False
    audited: list[AuditKind] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Access:
    """The tables as a unit of work or a view sees them; a view takes no notes."""

    source: Callable[[], Tables]
    notes_or_none: Notes | None = None

    @property
    def tables(self) -> Tables:
        """The tables for reading."""
        return self.source()

    @property
    def notes(self) -> Notes:
        """What this unit of work changed.

        Raises: RuntimeError, in a view.
        """
        if self.notes_or_none is None:
            raise RuntimeError("a view cannot write; open a unit of work")
        return self.notes_or_none

    def writable(self) -> Tables:
        """Return the tables for a change.

        Raises: RuntimeError, in a view.
        """
        if self.notes_or_none is None:
            raise RuntimeError("a view cannot write; open a unit of work")
        return self.source()
