"""What a provider's word leads to: a session, a link, a new account, or a mail that asks first.

An account is found by issuer and subject alone. By address it is found only where the provider is trusted for that
very domain and says that the address is proven; anybody else proves the old way in first, and links afterwards.
Source: OWASP ASVS 5.0, 6.8.1; Sudhodanan and Paverd, Pre-hijacked accounts, USENIX Security 2022.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from doorward.core.accounts.names import Email
from doorward.core.accounts.ports import HasClaims
from doorward.core.accounts.records import Account, Status
from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.federation import rules
from doorward.core.federation.ports import HasIdentities
from doorward.core.federation.records import Identity, Person, Provider
from doorward.core.kernel.errors import Conflict
from doorward.core.kernel.ids import AccountId, new_id
from doorward.core.limits.ports import RateCounters
from doorward.core.limits.records import limit
from doorward.core.login.arriving.vouched import Arrival, SignInVouched
from doorward.core.login.arriving.welcome import SignedIn, WelcomeWork
from doorward.core.onetime.mint import Mint
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import Purpose
from doorward.core.outbox.post import Post
from doorward.core.outbox.records import Letter, LetterKind


class SettleWork(WelcomeWork, HasClaims, HasIdentities, HasOneTimes, Protocol):
    """What a provider's word writes."""


class Refused(StrEnum):
    """Why nobody was let in; it goes to the audit."""

    DECLINED = "declined"
    NOT_BELIEVED = "not_believed"
    ADDRESS_MISSING = "address_missing"
    OTHER_ACCOUNT = "other_account"
    NOT_CONFIRMED = "not_confirmed"
    SESSION_ENDED = "session_ended"
    DISABLED = "disabled"


_NOBODYS: Final = ""
"""Whose code is tried by who has none of their own: nobody's, so that the tries of no other are used up."""


@dataclass(frozen=True, slots=True)
class Asked:
    """That a mail asks for the last proof, and the token that belongs to the browser which waits for it."""

    token: str
    email: str

    def __repr__(self) -> str:
        return "Asked()"


@dataclass(frozen=True, slots=True)
class Settle:
    """Writes what follows from a provider's word, in the unit of work of whoever asked."""

    vouched: SignInVouched
    mint: Mint
    post: Post
    counters: RateCounters

    def sign_in(
        self,
        work: SettleWork,
        provider: Provider,
        person: Person,
        *,
        arrival: Arrival,
        request: str | None,
        now: datetime,
    ) -> SignedIn | Asked | Refused:
        """Let the person in, or say what is missing.

        Raises: Conflict, when the same person comes twice at the same moment, or is disconnected at it.
        """
        known = work.identities.of(person.issuer, person.subject)
        if known is not None:
            account = work.accounts.held(known.account_id)
            if work.identities.of(person.issuer, person.subject) != known:
                raise Conflict
            return self.admit(work, account, arrival, now) if account else Refused.DISABLED
        address = rules.address_of(person)
        if address is None:
            return Refused.ADDRESS_MISSING
        if not rules.vouches_for(provider, person, address):
            payload = payload_of(provider, person, address, request)
            name = next(rules.usernames_for(person)).shown
            return self._ask(work, provider, payload, address=address, name=name, place=arrival.place, now=now)
        owner = work.accounts.by_email(address.key)
        if owner is not None:
            owner = work.accounts.held(owner.id)
            if owner is not None and owner.email_key != address.key:
                raise Conflict
        if owner is None:
            owner = self.add_account(work, provider, person, address=address, now=now)
        elif owner.status is Status.DISABLED:
            return self.admit(work, owner, arrival, now)
        else:
            self.link(work, provider, person, account=owner, now=now)
        return self.admit(work, owner, arrival, now)

    def admit(self, work: SettleWork, account: Account, arrival: Arrival, now: datetime) -> SignedIn | Refused:
        """Return the session of somebody whose account is known, unless it is disabled."""
        return self.vouched(work, account, arrival, now=now) or Refused.DISABLED

    def add_account(
        self, work: SettleWork, provider: Provider, person: Person, *, address: Email, now: datetime
    ) -> Account:
        """Return a new account whose address is proven; all other claims to the address die.

        Raises: Conflict, when the address has an account meanwhile, or the identity another one.
        """
        for name in rules.usernames_for(person):
            account = Account(
                id=AccountId(new_id(now)),
                username=name.shown,
                username_key=name.key,
                username_skeleton=name.skeleton,
                email=address.shown,
                email_key=address.key,
                status=Status.ACTIVE,
                created_at=now,
                verified_at=now,
            )
            if work.accounts.add(account):
                break
        else:
            raise Conflict
        work.claims.remove_of_email(address.key)
        event = Event(AuditKind.ACCOUNT_VERIFIED, account_id=account.id, detail={"with": provider.id})
        record(work.audit, event, now)
        self._keep_identity(work, provider, person, account=account, now=now)
        return account

    def link(self, work: SettleWork, provider: Provider, person: Person, *, account: Account, now: datetime) -> None:
        """Connect an identity to an account that is there, and tell its owner.

        Raises: Conflict, when somebody else has the identity meanwhile.
        """
        self._keep_identity(work, provider, person, account=account, now=now)
        letter = Letter(
            LetterKind.IDENTITY_LINKED, account.email, account.username, happened_at=now, detail=provider.name
        )
        self.post.letter(work.outbox, letter, now=now)

    def _keep_identity(
        self, work: SettleWork, provider: Provider, person: Person, *, account: Account, now: datetime
    ) -> None:
        label = rules.label_of(person)
        identity = Identity(person.issuer, person.subject, account.id, provider.id, label, now)
        if not work.identities.add(identity):
            raise Conflict
        event = Event(AuditKind.IDENTITY_LINKED, account_id=account.id, detail={"with": provider.id})
        record(work.audit, event, now)

    def _ask(
        self,
        work: SettleWork,
        provider: Provider,
        payload: Mapping[str, str],
        *,
        address: Email,
        name: str,
        place: str,
        now: datetime,
    ) -> Asked:
        """Ask by mail: for a code that only this browser can use, or to sign in and connect the two.

        Whether the address has an account is written to its owner alone; the answer and the work are the same. Where
        it has one, there is no code that would work; nor where no more letters may be written, or nobody would hear of
        the guesses, and the code of who was asked before would be gone.
        """
        owner, may_write = work.accounts.by_email(address.key), self._may_write(address, place)
        has_code = may_write and owner is None
        minted = self.mint.make(
            Purpose.FINISH_SIGN_IN,
            f"finish:{provider.id}",
            now=now,
            payload=payload if has_code else {**payload, "email_key": _NOBODYS},
            address_key=address.key if has_code else None,
        )
        work.onetimes.add(minted.artefact)
        letter = (
            Letter(LetterKind.NOT_CONNECTED, owner.email, owner.username, happened_at=now, detail=provider.name)
            if owner
            else Letter(
                LetterKind.FINISH_SIGN_IN, address.shown, name, code=minted.code, happened_at=now, detail=provider.name
            )
        )
        if may_write:
            self.post.letter(work.outbox, letter, now=now)
        return Asked(minted.token, address.shown)

    def _may_write(self, address: Email, place: str) -> bool:
        of_asker = self.counters.hit(limit("mail_to_account"), f"{address.key}\n{place}")
        return of_asker.admitted and self.counters.hit(limit("mail_to_address"), address.key).admitted


def payload_of(provider: Provider, person: Person, address: Email, request: str | None) -> dict[str, str]:
    """Return what is kept of a person until the code comes."""
    kept = {
        "provider": provider.id,
        "issuer": person.issuer,
        "subject": person.subject,
        "email": address.shown,
        "email_key": address.key,
        "names": json.dumps(person.names),
    }
    return kept if request is None else {**kept, "request": request}


def person_of(payload: Mapping[str, str]) -> Person:
    """Return the person that was kept."""
    return Person(
        issuer=payload["issuer"],
        subject=payload["subject"],
        email=payload["email"],
        names=tuple(json.loads(payload["names"])),
    )
