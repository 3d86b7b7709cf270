"""Mailing the address that a registration claims."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from doorward.core.accounts.ports import HasAccounts, HasClaims
from doorward.core.accounts.records import Claim
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import ClaimId, JobId
from doorward.core.kernel.work import OpensWork
from doorward.core.limits.ports import RateCounters
from doorward.core.limits.records import limit
from doorward.core.onetime.mint import Mint
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import OneTime, Purpose
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import Post
from doorward.core.outbox.records import Letter, LetterKind


class AnswerWork(HasAccounts, HasClaims, HasOneTimes, HasOutbox, Protocol):
    """What answering a claim writes."""


@dataclass(frozen=True, slots=True)
class AnswerClaim:
    """Mail a link to the claimed address, or that the address or the name has an account already.

    It runs as a job, so that the registration itself does the same work in every case.
    """

    work: OpensWork[AnswerWork]
    mint: Mint
    post: Post
    counters: RateCounters
    clock: Clock

    def __call__(self, job_id: JobId, payload: Mapping[str, str | None]) -> None:
        """Queue the letter.

        At most five an hour go to one address for whoever asks from one place, so that a stranger who claims somebody's
        address again and again does not keep the owner's own letter back; and thirty in all.
        """
        now = self.clock.now()
        with self.work() as work:
            claim = self._find(work, payload)
            if claim is None or not self._may_write(claim, payload.get("place") or ""):
                return
            letter, artefact = self._letter(work, claim, now)
            is_new = self.post.letter(work.outbox, letter, now=now, dedupe_key=f"answer:{job_id}")
            if artefact and is_new:
                work.onetimes.add(artefact)

    def _may_write(self, claim: Claim, place: str) -> bool:
        of_asker = self.counters.hit(limit("mail_to_account"), f"{claim.email_key}\n{place}")
        return of_asker.admitted and self.counters.hit(limit("mail_to_address"), claim.email_key).admitted

    @staticmethod
    def _find(work: AnswerWork, payload: Mapping[str, str | None]) -> Claim | None:
        claim_id, email_key = payload.get("claim_id"), payload.get("email_key")
        if claim_id:
            return work.claims.by_id(ClaimId(claim_id))
        return work.claims.newest(email_key) if email_key else None

    def _letter(self, work: AnswerWork, claim: Claim, now: datetime) -> tuple[Letter, OneTime | None]:
        holder = work.accounts.holder_of(
            username_key=claim.username_key,
            username_skeleton=claim.username_skeleton,
            email_key=claim.email_key,
        )
        if holder and holder.email_key == claim.email_key:
            return Letter(LetterKind.ACCOUNT_EXISTS, holder.email, holder.username, happened_at=now), None
        if holder:
            return Letter(LetterKind.USERNAME_TAKEN, claim.email, claim.username, happened_at=now), None
        minted = self.mint.make(
            Purpose.VERIFY_EMAIL,
            claim.id,
            now=now,
            payload={"email_key": claim.email_key},
            address_key=claim.email_key,
        )
        letter = Letter(LetterKind.VERIFY_EMAIL, claim.email, claim.username, token=minted.token, code=minted.code)
        return letter, minted.artefact
