"""Listing where an account is signed in."""

from dataclasses import dataclass
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.work import OpensView
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.records import Session

LISTED: Final = 200
"""How many sessions of an account are listed. It may have more; all of them can be ended together."""


@dataclass(frozen=True, slots=True)
class ListSessions:
    """Return where a person is signed in: the live sessions of an account, the one seen last first, `LISTED` at most.

    Those of clients are left out: they are no devices, and stand among the connected applications.
    """

    view: OpensView[HasSessions]
    clock: Clock

    def __call__(self, account_id: AccountId) -> tuple[Session, ...]:
        """Read them."""
        with self.view() as work:
            return work.sessions.signed_in(account_id, now=self.clock.now(), limit=LISTED)
