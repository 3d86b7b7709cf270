"""What a session is, and what somebody who is remembered carries away."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic.dataclasses import dataclass

from doorward.core.access.decide import narrowed, of_client
from doorward.core.kernel.ids import AccountId, DeviceId, SessionId


class Kind(StrEnum):
    """Whose a session is, and how its credentials travel. None is ever taken for another.

    `WEB`: a browser's, as cookies. `MOBILE`: an app's of the first party, as bearer tokens. `CLIENT`: an application's
    that somebody lets act for them; what it was granted stands in a grant of `doorward.core.oauth`.
    """

    WEB = "web"
    MOBILE = "mobile"
    CLIENT = "client"


FIRST_PARTY: Final = frozenset({Kind.WEB, Kind.MOBILE})
"""The kinds that signing in starts: a person's own sessions, on their devices."""


class EndReason(StrEnum):
    """Why a session ended."""

    SIGNED_OUT = "signed_out"
    SIGNED_OUT_ELSEWHERE = "signed_out_elsewhere"
    REPLACED = "replaced"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 (a reason, not a password)
    EMAIL_CHANGED = "email_changed"
    IDENTITY_UNLINKED = "identity_unlinked"
    REUSE_DETECTED = "reuse_detected"
    DISABLED = "disabled"
    CLOSING = "closing"
    RESTORED = "restored"
    CLIENT_DISABLED = "client_disabled"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Authentication:
    """How somebody proved who they are, as `acr` and `amr` say it to applications.

    `acr` is None where it is not known: the session began under a release that did not keep it. `amr` holds words of
    RFC 8176, none where nobody knows more.
    Source: OpenID Connect Core 1.0 section 2.
    """

    acr: str | None = None
    amr: tuple[str, ...] = ()


BY_PASSWORD: Final = Authentication("urn:doorward:acr:password", ("pwd",))
"""Somebody typed the password of their account."""

BY_PROVIDER: Final = Authentication("urn:doorward:acr:federated")
"""Another provider vouched for somebody, and nothing is believed of how it found out who they are."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long what lives. `absolute` is never extended; `idle` starts anew with each refresh."""

    absolute: timedelta
    idle: timedelta
    access_token: timedelta = timedelta(minutes=5)


LIFETIMES: Final = {
    Kind.WEB: Lifetimes(absolute=timedelta(days=30), idle=timedelta(days=14)),
    Kind.MOBILE: Lifetimes(absolute=timedelta(days=90), idle=timedelta(days=14)),
    Kind.CLIENT: Lifetimes(absolute=timedelta(days=30), idle=timedelta(days=14)),
}


@dataclass(frozen=True, slots=True)
class Session:
    """A family of refresh tokens: one row, updated in place, whose identifier grows with time.

    `generation` counts rotations; `digest` is that of the one live token. Until `superseded_at` plus the overlap, the
    holder of the token before can open `sealed_successor`. Bit n of `replays` tells whether the token of n rotations
    ago was presented again, the bit above the history whether the last rotation came without proof of the device.
    `device_id` is the known device that the session was started on. `parent_id` is the session that this one was
    granted in and ends with; None for one that stands by itself. `end_reason` is None
    also where a newer release ended it for one that is not known here. `authentication` is how the person signed in to
    it; that of a client's session stands in its grant.
    """

    id: SessionId
    account_id: AccountId
    kind: Kind
    device_name: str
    place: str
    scope: str
    created_at: datetime
    authenticated_at: datetime
    last_seen_at: datetime
    idle_expires_at: datetime
    expires_at: datetime
    digest: bytes
    generation: int = 0
    device_id: DeviceId | None = None
    superseded_digest: bytes | None = None
    superseded_at: datetime | None = None
    sealed_successor: bytes | None = None
    replays: int = 0
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    parent_id: SessionId | None = None
    authentication: Authentication = Authentication()


@dataclass(frozen=True, slots=True)
class Profile:
    """What an account shows of itself to its owner. `updated_at` is when anything of it but the roles changed last."""

    id: AccountId
    username: str
    email: str
    is_verified: bool
    roles: tuple[str, ...]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A session with its account, as routes need it. `is_live`: the session has not ended, the account is active.

    `granted` is the scope that the session was started with; what counts is `scope`. A rotation changes nothing of it.
    """

    session_id: SessionId
    kind: Kind
    profile: Profile
    granted: str
    created_at: datetime
    authenticated_at: datetime
    expires_at: datetime
    is_live: bool
    authentication: Authentication = Authentication()

    @property
    def scope(self) -> str:
        """What the session is good for now."""
        if self.kind is Kind.CLIENT:
            return of_client(self.granted)
        return narrowed(self.granted, roles=self.profile.roles)


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """What a device token proves: that whoever shows it completed a sign-in to this account on this device."""

    account_id: AccountId
    device_id: DeviceId


@dataclass(frozen=True, slots=True)
class Rotation:
    """A rotation that applies to a live session, and only while the presented token is its live one.

    `digest` and `generation` are those of the presented token; `known_device` is what the caller proves to sit at.
    """

    session_id: SessionId
    kind: Kind
    generation: int
    digest: bytes
    successor_digest: bytes
    sealed_successor: bytes
    known_device: KnownDevice | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Remembered:
    """What somebody carries away from signing in or refreshing. Never stored, never logged.

    `device_token` proves the known device at the next sign-in; None when nothing new is to be kept.
    """

    profile: Profile
    session_id: SessionId
    kind: Kind
    access_token: str
    access_expires_in: timedelta
    refresh_token: str
    refresh_expires_in: timedelta
    device_token: str | None = None

    def __repr__(self) -> str:
        return f"Remembered(session_id={self.session_id!r})"


@dataclass(frozen=True, slots=True)
class Caller:
    """What a door knows of who calls, none of it proven: network address, program, and a device token if presented."""

    address: str | None = None
    program: str = ""
    device_token: str | None = None

    def __repr__(self) -> str:
        return "Caller()"
