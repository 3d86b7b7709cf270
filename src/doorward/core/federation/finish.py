"""Finishing a sign-in whose provider's word was not enough: with a code from the mail, in the browser that began."""

from dataclasses import dataclass
from typing import Final

from doorward.core.accounts import names
from doorward.core.accounts.errors import UserExists
from doorward.core.audit.tag_address import TagAddress
from doorward.core.federation.begin import BeginSignInWith
from doorward.core.federation.records import Intent, Outcome
from doorward.core.federation.settle import Settle, SettleWork, person_of
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.secrets import same
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.keys.errors import NoKeySigns
from doorward.core.login.arriving.vouched import Arrival
from doorward.core.onetime.errors import LinkRefused
from doorward.core.onetime.mint import Mint
from doorward.core.onetime.records import OneTime, Purpose
from doorward.core.sessions.records import Caller

_FINISH: Final = Purpose.FINISH_SIGN_IN


@dataclass(frozen=True, slots=True)
class FinishSignIn:
    """Take the code that was mailed to the address that a provider told.

    There is no link in that mail: whoever opens mail addressed to them must not let in who asked for it. The code
    works only together with the token of the browser that came back from the provider.
    """

    work: OpensWork[SettleWork]
    view: OpensView[SettleWork]
    begin: BeginSignInWith
    settle: Settle
    mint: Mint
    tag_address: TagAddress
    clock: Clock

    def __call__(self, token: str, code: str, *, caller: Caller, device_name: str) -> Outcome:
        """Return what the owner of the new account carries away. Five wrong codes end the code.

        Raises: LinkRefused; UserExists, when the address has an account meanwhile; NoSuchProvider; Conflict;
        Unavailable.
        """
        opened = self.mint.open(token)
        if opened is None or opened[0] is not _FINISH:
            raise LinkRefused
        artefact = self._take(opened[1], code)
        if artefact is None:
            raise LinkRefused
        provider = self.begin.provider(artefact.payload["provider"])
        arrival = Arrival(provider.id, None, device_name, self.tag_address(caller.address))
        address, person = names.email(artefact.payload["email"]), person_of(artefact.payload)
        now = self.clock.now()
        with self.work() as work:
            if work.accounts.by_email(address.key) is not None:
                raise UserExists
            account = self.settle.add_account(work, provider, person, address=address, now=now)
            signed_in = self.settle.vouched.let_in(work, account, arrival, now=now)
        remembered = self.settle.vouched.remembered(signed_in, now)
        return Outcome(Intent.SIGN_IN, provider, remembered=remembered, request=artefact.payload.get("request"))

    def address(self, token: str) -> str | None:
        """Return the address that the code was mailed to, or None when nothing waits for one."""
        opened = self.mint.open(token)
        if opened is None or opened[0] is not _FINISH:
            return None
        with self.view() as work:
            artefact = work.onetimes.peek(*opened, now=self.clock.now())
        return artefact.payload["email"] if artefact else None

    def _take(self, digest: bytes, code: str) -> OneTime | None:
        """Return the artefact of this browser if the code is its own. A try is used up, if a key signs."""
        now, is_ready = self.clock.now(), self.settle.vouched.is_ready()
        with self.work() as work:
            seen = work.onetimes.peek(_FINISH, digest, now=now)
            if seen is None:
                return None
            if not is_ready:
                raise NoKeySigns
            key = seen.payload["email_key"]
            code_digest = self.mint.digest_of_code(_FINISH, key, code)
            taken = work.onetimes.consume_code(_FINISH, key, code_digest=code_digest, now=now)
        return taken if taken is not None and same(taken.digest, digest) else None
