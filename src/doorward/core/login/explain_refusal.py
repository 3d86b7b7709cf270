"""Telling the owner, by mail, what the door may tell nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from doorward.core.accounts.ports import HasAccounts
from doorward.core.accounts.register import ANSWER_CLAIM
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import AccountId, JobId
from doorward.core.kernel.work import OpensWork
from doorward.core.onetime.mint import Mint
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import Purpose
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import Post
from doorward.core.outbox.records import Letter, LetterKind

EXPLAIN_REFUSAL: Final = "explain_refusal.v1"


class Reason(StrEnum):
    """Why a sign-in was refused; it goes to the audit and to the owner, never to the caller."""

    UNKNOWN = "unknown"
    UNVERIFIED = "unverified"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 (a reason, not a password)
    SUSPENDED = "suspended"
    JUST_SUSPENDED = "just_suspended"
    DISABLED = "disabled"


class ExplainWork(HasAccounts, HasOneTimes, HasOutbox, Protocol):
    """What explaining writes."""


@dataclass(frozen=True, slots=True)
class ExplainRefusal:
    """Mail what the owner should know of a refused sign-in, if anything.

    A suspended owner gets, once a day at most, a link that lets them in at once; somebody who has not proven their
    address yet gets the link that does. It runs as a job for every refusal, so that all refusals cost the same.
    """

    work: OpensWork[ExplainWork]
    mint: Mint
    post: Post
    clock: Clock

    def __call__(self, job_id: JobId, payload: Mapping[str, str | None]) -> None:
        """Queue the letter, where there is something to tell."""
        now = self.clock.now()
        match payload["reason"]:
            case Reason.SUSPENDED | Reason.JUST_SUSPENDED:
                self._offer_unlock(payload.get("account_id"), now)
            case Reason.UNVERIFIED:
                with self.work() as work:
                    claim = {"email_key": payload.get("email_key")}
                    self.post.job(work.outbox, ANSWER_CLAIM, claim, now=now, dedupe_key=f"explain:{job_id}")
            case _:
                return

    def _offer_unlock(self, account_id: str | None, now: datetime) -> None:
        if account_id is None:
            return
        with self.work() as work:
            account = work.accounts.by_id(AccountId(account_id))
            if account is None:
                return
            minted = self.mint.make(Purpose.UNLOCK_SIGN_IN, account.id, now=now, address_key=account.email_key)
            letter = Letter(
                LetterKind.SIGN_IN_SUSPENDED,
                account.email,
                account.username,
                token=minted.token,
                code=minted.code,
                happened_at=now,
            )
            dedupe_key = f"suspended:{account.id}:{now.date()}"
            if self.post.letter(work.outbox, letter, now=now, dedupe_key=dedupe_key):
                work.onetimes.add(minted.artefact)
