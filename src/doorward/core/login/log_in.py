"""Signing in with a password: the one pipeline that every door uses.

Every refusal costs the same: one password hash, the same statements, one audit entry, one job in the outbox. So neither
the answer nor its time tells whether there is such an account, whether it is verified, suspended or disabled.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from doorward.core.accounts import names
from doorward.core.accounts.ports import HasClaims
from doorward.core.accounts.records import Account, Claim, Status
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.audit.tag_address import TagAddress
from doorward.core.credentials.ports import HasPasswords, PasswordHasher
from doorward.core.credentials.records import PasswordRecord
from doorward.core.credentials.rules import is_hashable, normalise
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.ids import AccountId, DeviceId
from doorward.core.kernel.work import OpensWork
from doorward.core.login.arriving.welcome import SignedIn, Welcome, WelcomeWork
from doorward.core.login.errors import InvalidCredentials
from doorward.core.login.explain_refusal import EXPLAIN_REFUSAL, Reason
from doorward.core.login.guard import Guard, Slot
from doorward.core.login.ports import HasAttempts
from doorward.core.login.records import UNTRUSTED
from doorward.core.login.rules import Admission
from doorward.core.outbox.post import Post
from doorward.core.sessions.issue import Issue
from doorward.core.sessions.records import BY_PASSWORD, Caller, Kind, Remembered
from doorward.core.sessions.tokens import DeviceTokens

_NOBODY: Final = AccountId("0" * 26)
_NO_DEVICE: Final = DeviceId("0" * 26)
_PAUSE: Final = timedelta(milliseconds=25)
_PATIENCE: Final = timedelta(seconds=5)


class LogInWork(WelcomeWork, HasClaims, HasPasswords, HasAttempts, Protocol):
    """What signing in writes."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Whom a sign-in may be for, and what the password will be compared with (None: with nothing)."""

    account: Account | None
    claim: Claim | None
    stored: str | None
    device_id: DeviceId | None
    slot: Slot


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody presents to sign in. `login` is a username or an e-mail address."""

    login: str
    password: str
    kind: Kind
    caller: Caller
    device_name: str

    def __repr__(self) -> str:
        return f"Attempt(kind={self.kind!r})"


@dataclass(frozen=True, slots=True)
class LogIn:
    """Check a password, and start a session."""

    work: OpensWork[LogInWork]
    hasher: PasswordHasher
    guard: Guard
    welcome: Welcome
    devices: DeviceTokens
    issue: Issue
    post: Post
    tag_address: TagAddress
    clock: Clock

    def __call__(self, attempt: Attempt) -> Remembered:
        """Return what the owner of the account carries away.

        Whether the password is right is not looked at while no key signs: nothing is counted, written or told then.
        Raises: InvalidCredentials, whatever the reason; Conflict, when a closed account changes meanwhile; Unavailable.
        """
        self.issue.keyring.require_ready()
        place = self.tag_address(attempt.caller.address)
        candidate = self._admit(attempt)
        password = normalise(attempt.password) if is_hashable(attempt.password) else ""
        is_right = self.hasher.verify(candidate.stored, password)
        renewed = self._renew(candidate, password) if is_right else None
        now = self.clock.now()
        with self.work() as work:
            signed_in = self._settle(work, attempt, candidate, is_right=is_right, renewed=renewed, place=place, now=now)
        if signed_in is None:
            raise InvalidCredentials
        return signed_in.remembered(self.issue, now)

    def _admit(self, attempt: Attempt) -> Candidate:
        """Find out whom the attempt is for, and take a slot; wait while others are checking the last ones."""
        until = self.clock.steady() + _PATIENCE.total_seconds()
        while True:
            with self.work() as work:
                candidate = self._candidate(work, attempt)
            if candidate.slot.admission is not Admission.WAIT:
                return candidate
            if self.clock.steady() >= until:
                raise Unavailable(retry_after=timedelta(seconds=1))
            self.clock.pause(_PAUSE)

    def _candidate(self, work: LogInWork, attempt: Attempt) -> Candidate:
        now = self.clock.now()
        login_key = names.login_key(attempt.login)
        account = work.accounts.by_login(login_key)
        claim = work.claims.newest(login_key)
        account_id = account.id if account else _NOBODY
        kept = work.passwords.of(account_id)
        device_id = self.devices.open(attempt.caller.device_token, account_id, now=now)
        if not work.devices.is_known(account_id, device_id or _NO_DEVICE, now=now):
            device_id = None
        key = self.guard.key_of(account.id if account else None, login_key)
        slot = self.guard.take(work.attempts, key, device_id or UNTRUSTED)
        stored = kept.hash if kept else claim.password_hash if claim and not account else None
        return Candidate(
            account=account,
            claim=None if account else claim,
            stored=stored if slot.admission is Admission.ADMITTED else None,
            device_id=device_id,
            slot=slot,
        )

    def _renew(self, candidate: Candidate, password: str) -> str | None:
        if candidate.stored is None or not self.hasher.is_outdated(candidate.stored):
            return None
        return self.hasher.hash(password)

    def _settle(
        self,
        work: LogInWork,
        attempt: Attempt,
        candidate: Candidate,
        *,
        is_right: bool,
        renewed: str | None,
        place: str,
        now: datetime,
    ) -> SignedIn | None:
        account = self._still_welcome(work, candidate) if is_right else None
        suspends = self.guard.settle(work.attempts, candidate.slot, is_right=account is not None, now=now)
        if account is None:
            reason = _reason(candidate, is_right=is_right, suspends=suspends)
            self._refuse(work, candidate, reason, place=place, now=now)
            return None
        if renewed:
            work.passwords.put(PasswordRecord(account.id, renewed, now))
        return self.welcome(
            work,
            account,
            kind=attempt.kind,
            device_id=candidate.device_id,
            device_name=attempt.device_name,
            place=place,
            now=now,
            authentication=BY_PASSWORD,
        )

    @staticmethod
    def _still_welcome(work: LogInWork, candidate: Candidate) -> Account | None:
        """Return the account as it is now, if it may sign in with the password that was compared."""
        if candidate.account is None:
            return None
        account = work.accounts.held(candidate.account.id)
        kept = work.passwords.held(candidate.account.id)
        if account is None or kept is None or kept.hash != candidate.stored:
            return None
        return None if account.status is Status.DISABLED else account

    def _refuse(self, work: LogInWork, candidate: Candidate, reason: Reason, *, place: str, now: datetime) -> None:
        account_id = candidate.account.id if candidate.account else None
        if reason is Reason.JUST_SUSPENDED and candidate.device_id and account_id:
            work.devices.forget(account_id, candidate.device_id)
        payload = {
            "reason": reason.value,
            "account_id": account_id,
            "email_key": candidate.claim.email_key if candidate.claim else None,
        }
        self.post.job(work.outbox, EXPLAIN_REFUSAL, payload, now=now)
        kind = AuditKind.SIGN_IN_SUSPENDED if reason is Reason.JUST_SUSPENDED else AuditKind.SIGN_IN_REFUSED
        event = Event(kind, account_id=account_id, address_tag=place, detail={"reason": reason})
        record(work.audit, event, now)


def _reason(candidate: Candidate, *, is_right: bool, suspends: bool) -> Reason:
    if suspends:
        return Reason.JUST_SUSPENDED
    if candidate.slot.admission is Admission.REFUSED:
        return Reason.SUSPENDED
    if is_right:
        return Reason.DISABLED if candidate.account else Reason.UNVERIFIED
    return Reason.WRONG_PASSWORD if candidate.account else Reason.UNKNOWN
