"""What an account is, and what a registration is before its address is proven."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic.dataclasses import dataclass

from doorward.core.kernel.ids import AccountId, ClaimId
from doorward.core.sessions.records import Profile

GRACE: Final = timedelta(days=30)
"""How long a deleted account can be had back by signing in."""

CLAIM_LIVES_FOR: Final = timedelta(days=2)


class Status(StrEnum):
    """Whether an account may sign in. `closing` waits to be deleted; signing in keeps it."""

    ACTIVE = "active"
    DISABLED = "disabled"
    CLOSING = "closing"


class Registration(StrEnum):
    """What registering says about accounts that exist: `seed` names the conflict, `private` answers the same always."""

    SEED = "seed"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody whose address is proven. The keys and the skeleton are unique among accounts.

    `version` counts changes: a change applies only to the version that it was decided on. `updated_at` is when name or
    address changed last; None: not since the account was made.
    """

    id: AccountId
    username: str
    username_key: str
    username_skeleton: str
    email: str
    email_key: str
    status: Status
    created_at: datetime
    verified_at: datetime
    delete_after: datetime | None = None
    version: int = 1
    updated_at: datetime | None = None

    @property
    def is_verified(self) -> bool:
        """True: an account exists from the moment its address is proven."""
        return True

    def profile(self, roles: tuple[str, ...]) -> Profile:
        """Return what the account shows of itself to its owner."""
        updated_at = self.updated_at or self.verified_at
        return Profile(self.id, self.username, self.email, self.is_verified, roles, self.created_at, updated_at)


@dataclass(frozen=True, slots=True)
class Claim:
    """A registration whose address is not proven. It owns nothing: there may be many for one address or name.

    The link that is clicked decides which claim becomes the account.
    """

    id: ClaimId
    username: str
    username_key: str
    username_skeleton: str
    email: str
    email_key: str
    password_hash: str
    created_at: datetime
    is_verified: bool = False
