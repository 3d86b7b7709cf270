"""Getting back in when the password is forgotten."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from doorward.core.accounts import names
from doorward.core.accounts.ports import HasAccounts
from doorward.core.accounts.records import Account, Status
from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.credentials.choose import ChoosePassword
from doorward.core.credentials.ports import HasPasswords
from doorward.core.credentials.records import PasswordRecord
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import AccountId, JobId
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.limits.ports import RateCounters
from doorward.core.limits.records import limit
from doorward.core.login.know_device import know_device
from doorward.core.login.ports import HasAttempts, HasDevices, NamesConnected
from doorward.core.onetime.errors import LinkRefused
from doorward.core.onetime.mint import Mint
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import Purpose
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import Post
from doorward.core.outbox.records import Letter, LetterKind
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.records import EndReason
from doorward.core.sessions.tokens import DeviceTokens

MAIL_RESET: Final = "mail_reset.v1"
_POINTER: Final = "/new_password"
_NOBODY: Final = AccountId("0" * 26)
_PURPOSES: Final = (Purpose.RESET_PASSWORD, Purpose.CHOOSE_PASSWORD)


class ForgotWork(HasAccounts, HasOneTimes, HasOutbox, HasAuditLog, Protocol):
    """What asking for a reset writes."""


class ResetWork(
    HasAccounts,
    HasPasswords,
    HasSessions,
    HasDevices,
    HasAttempts,
    HasOneTimes,
    HasOutbox,
    HasAuditLog,
    Protocol,
):
    """What resetting a password writes."""


@dataclass(frozen=True, slots=True)
class ForgotPassword:
    """Queue a mail with a reset link; the same work whether the address has an account or not."""

    work: OpensWork[HasOutbox]
    post: Post
    clock: Clock

    def __call__(self, email: str) -> None:
        """Return when the request is durable.

        Raises: Invalid.
        """
        address = names.email(email)
        with self.work() as work:
            self.post.job(work.outbox, MAIL_RESET, {"email_key": address.key}, now=self.clock.now())


@dataclass(frozen=True, slots=True)
class MailReset:
    """Mail the reset link to the stored address, if there is an account; runs as a job."""

    work: OpensWork[ForgotWork]
    mint: Mint
    post: Post
    counters: RateCounters
    clock: Clock

    def __call__(self, job_id: JobId, payload: Mapping[str, str | None]) -> None:
        """Queue the letter; at most five an hour go to one address."""
        now = self.clock.now()
        with self.work() as work:
            account = work.accounts.by_email(payload["email_key"] or "")
            if account is None or account.status is Status.DISABLED:
                return
            # Counted by itself: no other letter that somebody has sent to the owner keeps this one back.
            if not self.counters.hit(limit("mail_to_account"), f"reset\n{account.email_key}").admitted:
                return
            minted = self.mint.make(Purpose.RESET_PASSWORD, account.id, now=now, address_key=account.email_key)
            letter = Letter(
                LetterKind.RESET_PASSWORD,
                account.email,
                account.username,
                token=minted.token,
                code=minted.code,
                happened_at=now,
            )
            if self.post.letter(work.outbox, letter, now=now, dedupe_key=f"reset:{job_id}"):
                work.onetimes.add(minted.artefact)
                event = Event(AuditKind.PASSWORD_RESET_ASKED, account_id=account.id)
                record(work.audit, event, now)


@dataclass(frozen=True, slots=True)
class ResetPassword:
    """Take a link to reset or to choose a password, or the code from the mail of a reset, and the new password.

    All sessions, devices and one-time links of the account end with it, and so does a suspension: guesses at the old
    password are worth nothing now. Other providers that let the owner in stay connected; the letter names them.
    """

    work: OpensWork[ResetWork]
    view: OpensView[ResetWork]
    mint: Mint
    choose: ChoosePassword
    devices: DeviceTokens
    connected: NamesConnected
    post: Post
    clock: Clock

    def by_link(self, token: str, new_password: str, *, device_name: str) -> str:
        """Return the token of the device that has just proven whose it is.

        Raises: LinkRefused, PasswordUnsuitable. Neither uses the link up.
        """
        opened = self.mint.open(token)
        if opened is None or opened[0] not in _PURPOSES:
            raise LinkRefused
        owner = self._owner(*opened)
        context = (owner.username_key, owner.email_key.partition("@")[0])
        password_hash = self.choose(new_password, pointer=_POINTER, context=context)
        now, connected = self.clock.now(), self.connected(owner.id)
        with self.work() as work:
            artefact = work.onetimes.consume(*opened, now=now)
            account = artefact and work.accounts.by_id(AccountId(artefact.subject))
            if not account or account.status is Status.DISABLED:
                raise LinkRefused
            return self._write(work, account, password_hash, connected, device_name=device_name, now=now)

    def by_code(self, email: str, code: str, new_password: str, *, device_name: str) -> str:
        """Return the token of the device that has just proven whose it is. Five wrong codes end the code, not the link.

        The work is the same whether the address has an account or not, and whether the code is right or not.
        Raises: Invalid; LinkRefused; PasswordUnsuitable, which does not use a right code up.
        """
        key = names.email(email).key
        words = (key.partition("@")[0],)
        password_hash = self.choose(new_password, pointer=_POINTER, context=words)
        now, connected = self.clock.now(), self._connected(key)
        digest = self.mint.digest_of_code(Purpose.RESET_PASSWORD, key, code)
        with self.work() as work:
            artefact = work.onetimes.consume_code(Purpose.RESET_PASSWORD, key, code_digest=digest, now=now)
            account = artefact and work.accounts.by_id(AccountId(artefact.subject))
            if account and account.status is not Status.DISABLED:
                # Only who holds the code may learn that a password is made of the account's name.
                self.choose.check(new_password, pointer=_POINTER, context=(account.username_key, *words))
                return self._write(work, account, password_hash, connected, device_name=device_name, now=now)
        raise LinkRefused

    def _connected(self, email_key: str) -> str | None:
        with self.view() as work:
            account = work.accounts.by_email(email_key)
        return self.connected(account.id if account else _NOBODY)

    def _owner(self, purpose: Purpose, digest: bytes) -> Account:
        with self.view() as work:
            artefact = work.onetimes.peek(purpose, digest, now=self.clock.now())
            account = artefact and work.accounts.by_id(AccountId(artefact.subject))
        if not account:
            raise LinkRefused
        return account

    def _write(
        self,
        work: ResetWork,
        account: Account,
        password_hash: str,
        connected: str | None,
        *,
        device_name: str,
        now: datetime,
    ) -> str:
        work.passwords.put(PasswordRecord(account.id, password_hash, now))
        work.sessions.end_all(account.id, at=now, reason=EndReason.PASSWORD_CHANGED)
        work.onetimes.discard(account.id)
        work.attempts.forget(account.id)
        work.devices.forget_all(account.id)
        _, device_token = know_device(work.devices, self.devices, account.id, name=device_name, now=now)
        letter = Letter(LetterKind.PASSWORD_CHANGED, account.email, account.username, happened_at=now, detail=connected)
        self.post.letter(work.outbox, letter, now=now)
        record(work.audit, Event(AuditKind.PASSWORD_RESET, account_id=account.id), now)
        return device_token
