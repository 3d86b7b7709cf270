"""Signing in whom somebody else vouches for: the pipeline of every sign-in, without a password to check."""

from dataclasses import dataclass
from datetime import datetime

from doorward.core.accounts.records import Account, Status
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.ids import AccountId
from doorward.core.login.arriving.welcome import SignedIn, Welcome, WelcomeWork
from doorward.core.login.explain_refusal import Reason
from doorward.core.sessions.issue import Issue
from doorward.core.sessions.records import BY_PROVIDER, Authentication, Kind, KnownDevice, Remembered


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who comes from another provider, and how. `device` is the known device, `place` the pseudonym of the address.

    `authentication` is what is believed of how the provider found out who it is.
    """

    provider_id: str
    device: KnownDevice | None
    device_name: str
    place: str
    authenticated_at: datetime | None = None
    kind: Kind = Kind.WEB
    authentication: Authentication = BY_PROVIDER

    def __repr__(self) -> str:
        return f"Arrival(provider_id={self.provider_id!r})"


@dataclass(frozen=True, slots=True)
class SignInVouched:
    """Starts a session for the owner of an account, if the account may sign in.

    Whoever calls has proof of who it is. A suspension of guesses at the password does not hold here, since nothing is
    guessed; an account that an operator disabled stays out.
    """

    welcome: Welcome
    issue: Issue

    def __call__(self, work: WelcomeWork, account: Account, arrival: Arrival, *, now: datetime) -> SignedIn | None:
        """Return the session in the caller's unit of work, or None with the refusal recorded.

        The account is `held`, or was made in this unit.
        """
        if account.status is Status.DISABLED:
            self.refuse(work, account.id, arrival, reason=Reason.DISABLED, now=now)
            return None
        return self.let_in(work, account, arrival, now=now)

    def let_in(self, work: WelcomeWork, account: Account, arrival: Arrival, *, now: datetime) -> SignedIn:
        """Return the session in the caller's unit of work, for an account that is known to be open."""
        device = arrival.device
        is_own = device is not None and device.account_id == account.id
        device_id = device.device_id if device is not None and is_own else None
        if device_id is not None and not work.devices.is_known(account.id, device_id, now=now):
            device_id = None
        return self.welcome(
            work,
            account,
            kind=arrival.kind,
            device_id=device_id,
            device_name=arrival.device_name,
            place=arrival.place,
            now=now,
            authentication=arrival.authentication,
            authenticated_at=arrival.authenticated_at,
            detail={"with": arrival.provider_id},
        )

    def is_ready(self) -> bool:
        """Tell whether what an owner carries away can be signed; ask before something of theirs is used up."""
        return self.issue.keyring.is_ready()

    def remembered(self, signed_in: SignedIn, now: datetime) -> Remembered:
        """Return what the owner carries away, once the session is kept."""
        return signed_in.remembered(self.issue, now)

    @staticmethod
    def refuse(
        work: WelcomeWork, account_id: AccountId | None, arrival: Arrival, *, reason: str, now: datetime
    ) -> None:
        """Record that somebody was not let in."""
        detail = {"reason": reason, "with": arrival.provider_id}
        event = Event(AuditKind.SIGN_IN_REFUSED, account_id=account_id, address_tag=arrival.place, detail=detail)
        record(work.audit, event, now)
