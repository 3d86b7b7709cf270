"""Changing one's username or e-mail address."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from doorward.core.access.ports import HasRoles
from doorward.core.accounts import names
from doorward.core.accounts.errors import UserExists
from doorward.core.accounts.names import Email
from doorward.core.accounts.ports import HasAccounts
from doorward.core.accounts.records import Account
from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import AccountId, SessionId
from doorward.core.kernel.work import OpensWork
from doorward.core.limits.ports import RateCounters
from doorward.core.limits.records import limit
from doorward.core.onetime.mint import Mint
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import Purpose
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import Post
from doorward.core.outbox.records import Letter, LetterKind
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.recognise import require_live
from doorward.core.sessions.records import Profile


class ProfileWork(HasAccounts, HasRoles, HasSessions, HasOneTimes, HasOutbox, HasAuditLog, Protocol):
    """What changing a profile writes."""


@dataclass(frozen=True, slots=True)
class ChangeProfile:
    """Change the username at once, and the address when the link that is mailed to it was used."""

    work: OpensWork[ProfileWork]
    mint: Mint
    post: Post
    counters: RateCounters
    clock: Clock

    def __call__(
        self,
        account_id: AccountId,
        *,
        username: str | None = None,
        email: str | None = None,
        session_id: SessionId | None = None,
    ) -> Profile:
        """Return the profile as it is now; a new address does not show in it before it is proven.

        An address that belongs to somebody else is answered like any other: its owner is told by mail. `session_id` is
        the session that asks, which must live still when it is written.
        Raises: Invalid; UserExists, when the username is taken; NotFound; NotSignedIn.
        """
        name = names.username(username) if username is not None else None
        address = names.email(email) if email is not None else None
        now = self.clock.now()
        with self.work() as work:
            account = work.accounts.by_id(account_id)
            if account is None:
                raise NotFound
            if name and name.key != account.username_key:
                account = self._rename(work, account, name, now)
            require_live(work, session_id, now=now)
            if address and address.key != account.email_key:
                self._ask(work, account, address, now)
            return account.profile(work.roles.of(account_id))

    @staticmethod
    def _rename(work: ProfileWork, account: Account, name: names.Username, now: datetime) -> Account:
        renamed = replace(
            account, username=name.shown, username_key=name.key, username_skeleton=name.skeleton, updated_at=now
        )
        if not work.accounts.replace(renamed, expected=account):
            raise UserExists
        record(work.audit, Event(AuditKind.USERNAME_CHANGED, account_id=account.id), now)
        return replace(renamed, version=account.version + 1)

    def _ask(self, work: ProfileWork, account: Account, address: Email, now: datetime) -> None:
        if not self._may_write(account, address):
            return
        owner = work.accounts.by_email(address.key)
        letter = (
            Letter(LetterKind.ACCOUNT_EXISTS, owner.email, owner.username, happened_at=now)
            if owner
            else self._invitation(work, account, address, now)
        )
        self.post.letter(work.outbox, letter, now=now)
        record(work.audit, Event(AuditKind.EMAIL_CHANGE_ASKED, account_id=account.id), now)

    def _may_write(self, account: Account, address: Email) -> bool:
        """Tell whether the address may have another letter: five an hour from this account, and thirty in all.

        What one asks for does not keep back what its owner asks for.
        """
        of_asker = self.counters.hit(limit("mail_to_account"), f"{address.key}\n{account.id}")
        return of_asker.admitted and self.counters.hit(limit("mail_to_address"), address.key).admitted

    def _invitation(self, work: ProfileWork, account: Account, address: Email, now: datetime) -> Letter:
        payload = {
            "email": address.shown,
            "email_key": address.key,
            "old_email_key": account.email_key,
        }
        work.onetimes.discard(account.id, Purpose.CHANGE_EMAIL)
        minted = self.mint.make(Purpose.CHANGE_EMAIL, account.id, now=now, payload=payload, address_key=address.key)
        work.onetimes.add(minted.artefact)
        return Letter(LetterKind.CHANGE_EMAIL, address.shown, account.username, token=minted.token, code=minted.code)
