"""What happens once somebody has proven who they are, whichever way they came."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from doorward.core.access.ports import HasRoles
from doorward.core.accounts.ports import HasAccounts
from doorward.core.accounts.records import Account, Status
from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.errors import Conflict
from doorward.core.kernel.ids import DeviceId
from doorward.core.login.know_device import know_device
from doorward.core.login.ports import HasDevices
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import Post
from doorward.core.outbox.records import Letter, LetterKind
from doorward.core.sessions.issue import Issue
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.records import Authentication, Kind, Profile, Remembered, Session
from doorward.core.sessions.start import StartSession
from doorward.core.sessions.tokens import DeviceTokens

_NEWLY_VERIFIED: Final = timedelta(hours=1)


class WelcomeWork(HasAccounts, HasRoles, HasSessions, HasDevices, HasOutbox, HasAuditLog, Protocol):
    """What letting somebody in writes."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that stands in the store, and what only its owner may see. Never logged."""

    session: Session
    profile: Profile
    refresh_token: str
    device_token: str | None

    def __repr__(self) -> str:
        return f"SignedIn(session_id={self.session.id!r})"

    def remembered(self, issue: Issue, now: datetime) -> Remembered:
        """Return what its owner carries away."""
        return issue(
            self.session, self.profile, refresh_token=self.refresh_token, device_token=self.device_token, now=now
        )


@dataclass(frozen=True, slots=True)
class Welcome:
    """Start a session for the owner of an account, who has just proven that they are."""

    start: StartSession
    devices: DeviceTokens
    post: Post

    def __call__(
        self,
        work: WelcomeWork,
        account: Account,
        *,
        kind: Kind,
        device_id: DeviceId | None,
        device_name: str,
        place: str,
        now: datetime,
        authentication: Authentication,
        authenticated_at: datetime | None = None,
        detail: Mapping[str, str] | None = None,
    ) -> SignedIn:
        """Write the session in the caller's unit of work; a device that is not known becomes so.

        An account that waits to be deleted is kept. `detail` goes to the audit beside the kind of the session.
        Raises: Conflict, when such an account changes meanwhile.
        """
        if account.status is Status.CLOSING:
            account = self._keep(work, account, now)
        device_token = None
        if device_id is None:
            device_id, device_token = know_device(work.devices, self.devices, account.id, name=device_name, now=now)
            self._announce(work, account, device_name, now)
        profile = account.profile(work.roles.of(account.id))
        session, refresh_token = self.start(
            work.sessions,
            profile,
            kind=kind,
            device_name=device_name,
            place=place,
            device_id=device_id,
            now=now,
            authentication=authentication,
            authenticated_at=authenticated_at,
        )
        event = Event(
            AuditKind.SIGN_IN,
            account_id=account.id,
            session_id=session.id,
            address_tag=place,
            detail={"kind": kind, **(detail or {})},
        )
        record(work.audit, event, now)
        return SignedIn(session, profile, refresh_token, device_token)

    def _keep(self, work: WelcomeWork, account: Account, now: datetime) -> Account:
        kept = replace(account, status=Status.ACTIVE, delete_after=None)
        if not work.accounts.replace(kept, expected=account):
            raise Conflict
        letter = Letter(LetterKind.ACCOUNT_KEPT, account.email, account.username, happened_at=now)
        self.post.letter(work.outbox, letter, now=now)
        record(work.audit, Event(AuditKind.ACCOUNT_KEPT, account_id=account.id), now)
        return replace(kept, version=account.version + 1)

    def _announce(self, work: WelcomeWork, account: Account, device_name: str, now: datetime) -> None:
        """Tell the owner of a sign-in on a new device, once a day at most; the first after verifying is no news."""
        if now - account.verified_at < _NEWLY_VERIFIED:
            return
        letter = Letter(LetterKind.NEW_SIGN_IN, account.email, account.username, happened_at=now, detail=device_name)
        dedupe_key = f"new-sign-in:{account.id}:{now.date()}"
        self.post.letter(work.outbox, letter, now=now, dedupe_key=dedupe_key)
