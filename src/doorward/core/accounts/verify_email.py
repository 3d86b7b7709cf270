"""Proving an address: the only thing that makes an account, and the only thing that changes its address."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from doorward.core.accounts import names
from doorward.core.accounts.errors import UserExists
from doorward.core.accounts.ports import HasAccounts, HasClaims
from doorward.core.accounts.records import CLAIM_LIVES_FOR, Account, Claim, Status
from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.credentials.ports import HasPasswords
from doorward.core.credentials.records import PasswordRecord
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import AccountId, ClaimId, new_id
from doorward.core.kernel.work import OpensWork
from doorward.core.onetime.errors import LinkRefused
from doorward.core.onetime.mint import Mint
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import OneTime, Purpose
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import Post
from doorward.core.outbox.records import Letter, LetterKind
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.records import EndReason

_PURPOSES: Final = (Purpose.VERIFY_EMAIL, Purpose.CHANGE_EMAIL)


class VerifyWork(HasAccounts, HasClaims, HasPasswords, HasSessions, HasOneTimes, HasOutbox, HasAuditLog, Protocol):
    """What proving an address writes."""


@dataclass(frozen=True, slots=True)
class VerifyEmail:
    """Take the link or the code that was mailed to an address, and do what it was made for.

    A claim becomes an account, and the other claims to its address die with their links; or an account moves to the
    new address, is signed out elsewhere, and the old address is told.
    """

    work: OpensWork[VerifyWork]
    mint: Mint
    post: Post
    clock: Clock

    def by_link(self, token: str) -> AccountId:
        """Return the account whose address is proven now.

        Raises: LinkRefused; UserExists, when the name was taken while the mail travelled. Neither changes anything.
        """
        opened = self.mint.open(token)
        if opened is None or opened[0] not in _PURPOSES:
            raise LinkRefused
        now = self.clock.now()
        with self.work() as work:
            artefact = work.onetimes.consume(opened[0], opened[1], now=now)
            if artefact is None:
                raise LinkRefused
            return self._fulfil(work, artefact, now)

    def by_code(self, email: str, code: str) -> AccountId:
        """Return the account whose address is proven now. Five wrong codes end the code, not the link.

        Raises: Invalid; LinkRefused; UserExists.
        """
        key = names.email(email).key
        now = self.clock.now()
        with self.work() as work:
            artefact = self._by_code(work, key, code, now=now)
            account_id = self._fulfil(work, artefact, now) if artefact else None
        if account_id is None:
            raise LinkRefused
        return account_id

    def _by_code(self, work: VerifyWork, key: str, code: str, *, now: datetime) -> OneTime | None:
        for purpose in _PURPOSES:
            digest = self.mint.digest_of_code(purpose, key, code)
            artefact = work.onetimes.consume_code(purpose, key, code_digest=digest, now=now)
            if artefact is not None:
                return artefact
        return None

    def _fulfil(self, work: VerifyWork, artefact: OneTime, now: datetime) -> AccountId:
        if artefact.purpose is Purpose.CHANGE_EMAIL:
            return self._change(work, artefact, now)
        claim = work.claims.by_id(ClaimId(artefact.subject))
        if claim is None or now - claim.created_at > CLAIM_LIVES_FOR:
            raise LinkRefused
        return self._settle(work, claim, now)

    @staticmethod
    def _settle(work: VerifyWork, claim: Claim, now: datetime) -> AccountId:
        account = Account(
            id=AccountId(new_id(now)),
            username=claim.username,
            username_key=claim.username_key,
            username_skeleton=claim.username_skeleton,
            email=claim.email,
            email_key=claim.email_key,
            status=Status.ACTIVE,
            created_at=claim.created_at,
            verified_at=now,
        )
        if not work.accounts.add(account):
            raise UserExists
        work.passwords.put(PasswordRecord(account.id, claim.password_hash, now))
        work.claims.remove_of_email(claim.email_key)
        record(work.audit, Event(AuditKind.ACCOUNT_VERIFIED, account_id=account.id), now)
        return account.id

    def _change(self, work: VerifyWork, artefact: OneTime, now: datetime) -> AccountId:
        account = work.accounts.by_id(AccountId(artefact.subject))
        if account is None or account.email_key != artefact.payload["old_email_key"]:
            raise LinkRefused
        if account.status is not Status.ACTIVE:
            raise LinkRefused
        email, email_key = artefact.payload["email"], artefact.payload["email_key"]
        moved = replace(account, email=email, email_key=email_key, updated_at=now)
        if not work.accounts.replace(moved, expected=account):
            raise UserExists
        work.claims.remove_of_email(moved.email_key)
        work.onetimes.discard(account.id)
        work.sessions.end_all(account.id, at=now, reason=EndReason.EMAIL_CHANGED)
        letter = Letter(LetterKind.EMAIL_CHANGED, account.email, account.username, happened_at=now)
        self.post.letter(work.outbox, letter, now=now)
        record(work.audit, Event(AuditKind.EMAIL_CHANGED, account_id=account.id), now)
        return account.id
