"""Listing where an account is signed in."""

from dataclasses import dataclass

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.work import OpensView
from doorward.core.sessions.ports import HasSessions
from doorward.core.sessions.records import FIRST_PARTY, Session


@dataclass(frozen=True, slots=True)
class ListSessions:
    """Return where a person is signed in: the live sessions of an account, the one seen last first.

    Those of clients are left out: they are no devices, and stand among the connected applications.
    """

    view: OpensView[HasSessions]
    clock: Clock

    def __call__(self, account_id: AccountId) -> tuple[Session, ...]:
        """Read them."""
        with self.view() as work:
            live = work.sessions.live_of(account_id, now=self.clock.now())
        return tuple(session for session in live if session.kind in FIRST_PARTY)
