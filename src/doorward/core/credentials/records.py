"""What is kept of a password."""

from datetime import datetime

from pydantic.dataclasses import dataclass

from doorward.core.kernel.ids import AccountId


@dataclass(frozen=True, slots=True)
class PasswordRecord:
    """The hash of an account's password, in the hasher's own notation."""

    account_id: AccountId
    hash: str
    changed_at: datetime
