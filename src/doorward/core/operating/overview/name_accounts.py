"""Finding what the accounts of a list are called."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from doorward.core.accounts.ports import HasAccounts
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.work import OpensView


@dataclass(frozen=True, slots=True)
class NameAccounts:
    """Return the usernames of accounts by their ids; those that were erased have none."""

    view: OpensView[HasAccounts]

    def __call__(self, account_ids: Collection[str | None]) -> Mapping[str, str]:
        """Read each of them once."""
        wanted = {AccountId(account_id) for account_id in account_ids if account_id}
        with self.view() as work:
            found = (work.accounts.by_id(account_id) for account_id in sorted(wanted))
            return {account.id: account.username for account in found if account is not None}
