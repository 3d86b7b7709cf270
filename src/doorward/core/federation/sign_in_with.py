"""Coming back from another provider."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from doorward.core.accounts.records import Account
from doorward.core.audit.tag_address import TagAddress
from doorward.core.federation import rules
from doorward.core.federation.begin import BeginSignInWith, Transaction
from doorward.core.federation.errors import (
    AddressMissing,
    IdentityTaken,
    NotWelcome,
    ProviderDeclined,
    ProviderNotBelieved,
    SignInBegunElsewhere,
    SomebodyElse,
)
from doorward.core.federation.records import Answer, Intent, Outcome, Person, Provider
from doorward.core.federation.settle import Asked, Refused, Settle, SettleWork
from doorward.core.federation.upstream import Redemption
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Refusal
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.keys.errors import NoKeySigns
from doorward.core.login.arriving.vouched import Arrival, SignInVouched
from doorward.core.login.arriving.welcome import SignedIn
from doorward.core.onetime.records import OneTime, Purpose
from doorward.core.sessions.end_sessions import hand_on
from doorward.core.sessions.errors import NotSignedIn
from doorward.core.sessions.records import Caller, EndReason

_REFUSALS: Final[Mapping[Refused, type[Refusal]]] = {
    Refused.DECLINED: ProviderDeclined,
    Refused.NOT_BELIEVED: ProviderNotBelieved,
    Refused.ADDRESS_MISSING: AddressMissing,
    Refused.OTHER_ACCOUNT: IdentityTaken,
    Refused.NOT_CONFIRMED: SomebodyElse,
    Refused.SESSION_ENDED: NotSignedIn,
    Refused.DISABLED: NotWelcome,
}
_RECORDED_ELSEWHERE: Final = frozenset({Refused.DISABLED})


@dataclass(frozen=True, slots=True)
class SignInWith:
    """Take what a browser brings back from a provider, and do what it went there for.

    The answer counts once, in the browser that began, for the provider that it went to; then the code is exchanged,
    and only what the provider signed or said over its own connection is believed.
    """

    work: OpensWork[SettleWork]
    view: OpensView[SettleWork]
    begin: BeginSignInWith
    settle: Settle
    tag_address: TagAddress
    clock: Clock

    def __call__(
        self, provider_id: str, answer: Answer, *, browser: str | None, caller: Caller, device_name: str
    ) -> Outcome:
        """Return how it ended.

        Raises: NoSuchProvider; SignInBegunElsewhere; ProviderDeclined; ProviderNotBelieved; AddressMissing;
        IdentityTaken; NotWelcome; SomebodyElse; NotSignedIn, when what was begun in a session comes back after its
        end; NotFetched; Unavailable.
        """
        provider = self.begin.provider(provider_id)
        artefact = self._take(provider, answer, browser)
        transaction = Transaction.of(artefact.payload)
        arrival = Arrival(provider.id, transaction.device, device_name, self.tag_address(caller.address))
        try:
            person = self._person(provider, answer, artefact)
        except ProviderDeclined:
            person, refused = None, Refused.DECLINED
        except ProviderNotBelieved:
            person, refused = None, Refused.NOT_BELIEVED
        now = self.clock.now()
        with self.work() as work:
            if person is None:
                ended: SignedIn | Asked | Refused | None = refused
            else:
                arrived = replace(
                    arrival,
                    authenticated_at=person.authenticated_at,
                    authentication=rules.authentication_of(provider, person),
                )
                ended = self._settle(work, provider, person, transaction=transaction, arrival=arrived, now=now)
            if isinstance(ended, Refused) and ended not in _RECORDED_ELSEWHERE:
                SignInVouched.refuse(work, transaction.account_id, arrival, reason=ended, now=now)
        if isinstance(ended, Refused):
            raise _REFUSALS[ended]
        return Outcome(
            transaction.intent,
            provider,
            remembered=self.settle.vouched.remembered(ended, now) if isinstance(ended, SignedIn) else None,
            finish_token=ended.token if isinstance(ended, Asked) else None,
            email=ended.email if isinstance(ended, Asked) else None,
            request=transaction.request,
        )

    def _take(self, provider: Provider, answer: Answer, browser: str | None) -> OneTime:
        """Return what was begun, which is used up. What belongs to another browser or provider stays as it is.

        So does what would end in a session, while no key signs for one.

        Source: RFC 6749 section 10.12; RFC 9700 section 4.7.1.
        """
        opened = self.begin.mint.open(answer.state)
        if opened is None or opened[0] is not Purpose.SIGN_IN_WITH:
            raise SignInBegunElsewhere
        now = self.clock.now()
        with self.view() as work:
            seen = work.onetimes.peek(*opened, now=now)
        transaction = Transaction.of(seen.payload) if seen else None
        if transaction is None or transaction.provider_id != provider.id or not transaction.is_of(browser):
            raise SignInBegunElsewhere
        if answer.code and transaction.intent is not Intent.LINK and not self.settle.vouched.is_ready():
            raise NoKeySigns
        with self.work() as work:
            taken = work.onetimes.consume(*opened, now=now)
        if taken is None:
            raise SignInBegunElsewhere
        return taken

    def _person(self, provider: Provider, answer: Answer, artefact: OneTime) -> Person:
        """Return whom the provider vouches for.

        Source: RFC 9207 section 2.4 (an answer that names another issuer, or none where one is promised, is refused).
        """
        metadata = self.begin.upstream.metadata(provider)
        is_named = answer.issuer is not None or metadata.names_itself
        if is_named and answer.issuer != provider.issuer:
            raise ProviderNotBelieved
        if answer.error is not None or not answer.code:
            raise ProviderDeclined
        derives = self.begin.derives
        redemption = Redemption(
            answer.code,
            derives.verifier(artefact.digest),
            derives.nonce(artefact.digest),
            self.begin.redirect_uri(provider),
        )
        person = self.begin.upstream.redeem(provider, metadata, redemption)
        intent = Transaction.of(artefact.payload).intent
        now = self.clock.now()
        is_confirmed = rules.is_confirmed(person, tells_when=metadata.tells_when, begun_at=artefact.created_at, now=now)
        if intent is Intent.CONFIRM and not is_confirmed:
            raise ProviderNotBelieved
        return person

    def _settle(
        self,
        work: SettleWork,
        provider: Provider,
        person: Person,
        *,
        transaction: Transaction,
        arrival: Arrival,
        now: datetime,
    ) -> SignedIn | Asked | Refused | None:
        match transaction.intent:
            case Intent.SIGN_IN:
                request = transaction.request
                ended = self.settle.sign_in(work, provider, person, arrival=arrival, request=request, now=now)
            case Intent.LINK:
                return self._link(work, provider, person, transaction=transaction, now=now)
            case _:
                ended = self._confirm(work, person, transaction=transaction, arrival=arrival, now=now)
        if isinstance(ended, SignedIn):
            self._replace(work, transaction, ended, now)
        return ended

    def _link(
        self, work: SettleWork, provider: Provider, person: Person, *, transaction: Transaction, now: datetime
    ) -> Refused | None:
        """Connect the identity to the account that it was begun in, while that session lives."""
        account = _owner(work, transaction)
        if account is None:
            return Refused.SESSION_ENDED
        known = work.identities.of(person.issuer, person.subject)
        if known is not None:
            return None if known.account_id == account.id else Refused.OTHER_ACCOUNT
        self.settle.link(work, provider, person, account=account, now=now)
        return None

    def _confirm(
        self, work: SettleWork, person: Person, *, transaction: Transaction, arrival: Arrival, now: datetime
    ) -> SignedIn | Refused:
        """Return a fresh session for the account that it was begun in, and for no other."""
        account = _owner(work, transaction)
        if account is None:
            return Refused.SESSION_ENDED
        known = work.identities.of(person.issuer, person.subject)
        if known is None or known.account_id != account.id:
            return Refused.NOT_CONFIRMED
        return self.settle.admit(work, account, arrival, now)

    @staticmethod
    def _replace(work: SettleWork, transaction: Transaction, signed_in: SignedIn, now: datetime) -> None:
        """Put a fresh session in place of the one that it was begun in, if any."""
        replaced = work.sessions.by_id(transaction.session_id) if transaction.session_id is not None else None
        if replaced is not None:
            hand_on(work, replaced, signed_in.session.id, now=now)
            work.sessions.end(replaced.id, at=now, reason=EndReason.REPLACED)


def _owner(work: SettleWork, transaction: Transaction) -> Account | None:
    """Return the account in whose session it was begun, held, while that lives.

    The session is looked at when the account is held: whoever ended it meanwhile was waited for.
    """
    account = work.accounts.held(transaction.account_id) if transaction.account_id else None
    snapshot = work.sessions.snapshot(transaction.session_id) if transaction.session_id else None
    if account is None or snapshot is None or not snapshot.is_live or snapshot.profile.id != account.id:
        return None
    return account
