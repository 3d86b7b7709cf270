"""The one-time link that makes the first operator."""

from dataclasses import dataclass
from typing import Protocol

from doorward.core.access.records import OPERATOR
from doorward.core.accounts import names
from doorward.core.accounts.records import Account
from doorward.core.credentials.choose import ChoosePassword
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensView, OpensWork
from doorward.core.onetime.errors import LinkRefused
from doorward.core.onetime.mint import Mint
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import Purpose
from doorward.core.operating.accounts import OperateWork, keep, vouched_for

_DEPLOYMENT = "deployment"


class InviteWork(OperateWork, HasOneTimes, Protocol):
    """What inviting the first operator writes."""


@dataclass(frozen=True, slots=True)
class InviteFirstOperator:
    """Make the link for whoever starts a deployment that has no operator yet."""

    work: OpensWork[InviteWork]
    mint: Mint
    clock: Clock

    def __call__(self) -> str | None:
        """Return the token of a fresh link, in place of any before; None when there is an operator."""
        now = self.clock.now()
        with self.work() as work:
            if work.roles.holders(OPERATOR):
                return None
            work.onetimes.discard(_DEPLOYMENT, Purpose.FIRST_OPERATOR)
            minted = self.mint.make(Purpose.FIRST_OPERATOR, _DEPLOYMENT, now=now)
            work.onetimes.add(minted.artefact)
        return minted.token


@dataclass(frozen=True, slots=True)
class CreateFirstOperator:
    """Take the link, and make its holder the first operator. Who can read the terminal vouches for the address."""

    work: OpensWork[InviteWork]
    view: OpensView[InviteWork]
    mint: Mint
    choose: ChoosePassword
    clock: Clock

    def __call__(self, token: str, *, username: str, email: str, password: str) -> Account:
        """Return the new account, which may sign in at once.

        Raises: LinkRefused, also when there is an operator by now; Invalid; PasswordUnsuitable; UserExists.
        """
        opened = self.mint.open(token)
        if opened is None or opened[0] is not Purpose.FIRST_OPERATOR or not self._is_live(opened[1]):
            raise LinkRefused
        name, address = names.username(username), names.email(email)
        context = (name.key, address.key.partition("@")[0])
        password_hash = self.choose(password, pointer="/password", context=context)
        now = self.clock.now()
        account = vouched_for(name, address, now=now)
        with self.work() as work:
            if not work.onetimes.consume(*opened, now=now) or work.roles.holders(OPERATOR):
                raise LinkRefused
            keep(work, account, password_hash, roles=(OPERATOR,), now=now)
        return account

    def _is_live(self, digest: bytes) -> bool:
        with self.view() as work:
            return work.onetimes.peek(Purpose.FIRST_OPERATOR, digest, now=self.clock.now()) is not None


@dataclass(frozen=True, slots=True)
class LacksOperator:
    """Tell whether nobody looks after the deployment yet."""

    view: OpensView[InviteWork]

    def __call__(self) -> bool:
        """Count the operators."""
        with self.view() as work:
            return work.roles.holders(OPERATOR) == 0
