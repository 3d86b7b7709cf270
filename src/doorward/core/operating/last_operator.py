"""Keeping a deployment from losing the last of those who operate it."""

from dataclasses import replace
from typing import Final, Protocol

from doorward.core.access.ports import HasRoles
from doorward.core.access.records import OPERATOR
from doorward.core.accounts.ports import HasAccounts
from doorward.core.accounts.records import Account, Status
from doorward.core.kernel.errors import Conflict
from doorward.core.kernel.ids import AccountId

_LOOKED_AT: Final = 200


class LastOperator(Conflict):
    """Nobody else could operate the deployment any more."""

    code = "LAST_OPERATOR"
    detail = "Nobody else operates this deployment. Give the role to somebody else first."


class OperatorsWork(HasAccounts, HasRoles, Protocol):
    """What is looked at, and held together."""


def keep_one_operator(work: OperatorsWork, leaving: Account) -> Account:
    """Return the account that stops operating, at its next version, when another active one goes on.

    Both are written, in the order of their ids: two operators who stop each other at the same moment cannot each be the
    one who goes on for the other.
    Raises: LastOperator; Conflict.
    """
    if OPERATOR not in work.roles.of(leaving.id) or leaving.status is Status.DISABLED:
        return leaving
    other = _another(work, leaving.id)
    if other is None:
        raise LastOperator
    for account in sorted((leaving, other), key=lambda each: each.id):
        if not work.accounts.replace(account, expected=account):
            raise Conflict
    return replace(leaving, version=leaving.version + 1)


def _another(work: OperatorsWork, than: AccountId) -> Account | None:
    holders = (work.accounts.by_id(each) for each in work.roles.held_by(OPERATOR, limit=_LOOKED_AT) if each != than)
    return next((account for account in holders if account and account.status is Status.ACTIVE), None)
