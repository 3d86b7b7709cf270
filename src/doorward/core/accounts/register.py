"""Registering: a claim is made, and a mail tells the address what to do about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from doorward.core.accounts import names
from doorward.core.accounts.errors import UserExists
from doorward.core.accounts.ports import HasAccounts, HasClaims
from doorward.core.accounts.records import Claim, Registration
from doorward.core.audit.ports import HasAuditLog
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.audit.tag_address import TagAddress
from doorward.core.credentials.choose import ChoosePassword
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import ClaimId, new_id
from doorward.core.kernel.work import OpensWork
from doorward.core.outbox.ports import HasOutbox
from doorward.core.outbox.post import Post
from doorward.core.sessions.records import Caller

ANSWER_CLAIM: Final = "answer_claim.v1"
"""The job that mails a claimed address: a link, or that there is an account already."""


class RegisterWork(HasAccounts, HasClaims, HasOutbox, HasAuditLog, Protocol):
    """What registering writes."""


@dataclass(frozen=True, slots=True)
class Register:
    """Make a claim to a username and an address.

    A claim owns nothing, so nobody can take an address by being there first: the link that is clicked decides which
    claim becomes the account. Where registration is `private`, the answer and the work are the same in every case.
    """

    work: OpensWork[RegisterWork]
    choose: ChoosePassword
    post: Post
    tag_address: TagAddress
    clock: Clock
    registration: Registration

    def __call__(self, username: str, email: str, *, password: str, caller: Caller) -> None:
        """Return when the claim and its mail are durable.

        Raises: Invalid; PasswordUnsuitable; UserExists, only where registration is `seed`.
        """
        name, address = names.username(username), names.email(email)
        words = (name.key, *address.key.partition("@")[0].split("."), address.key.partition("@")[2])
        password_hash = self.choose(password, pointer="/password", context=words)
        place = self.tag_address(caller.address)
        now = self.clock.now()
        claim = Claim(
            id=ClaimId(new_id(now)),
            username=name.shown,
            username_key=name.key,
            username_skeleton=name.skeleton,
            email=address.shown,
            email_key=address.key,
            password_hash=password_hash,
            created_at=now,
        )
        with self.work() as work:
            is_taken = self._write(work, claim, place=place, now=now)
        if is_taken and self.registration is Registration.SEED:
            raise UserExists

    def _write(self, work: RegisterWork, claim: Claim, *, place: str, now: datetime) -> bool:
        holder = work.accounts.holder_of(
            username_key=claim.username_key,
            username_skeleton=claim.username_skeleton,
            email_key=claim.email_key,
        )
        work.claims.add(claim)
        self.post.job(work.outbox, ANSWER_CLAIM, {"claim_id": claim.id, "place": place}, now=now)
        kind = AuditKind.CLAIM_REFUSED if holder else AuditKind.CLAIM_MADE
        event = Event(kind, account_id=holder.id if holder else None, address_tag=place, detail={"claim": claim.id})
        record(work.audit, event, now)
        return holder is not None
