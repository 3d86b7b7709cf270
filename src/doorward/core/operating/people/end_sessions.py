"""Signing somebody out, as an operator."""

from dataclasses import dataclass

from doorward.core.accounts.ports import HasAccounts
from doorward.core.kernel.errors import NotFound
from doorward.core.kernel.ids import AccountId, SessionId, is_id
from doorward.core.kernel.work import OpensView
from doorward.core.operating.accounts import find
from doorward.core.sessions.end_sessions import EndAllSessions, EndSession
from doorward.core.sessions.records import EndReason


@dataclass(frozen=True, slots=True)
class EndSessionOf:
    """End one session of an account; what was granted to applications in it ends too."""

    view: OpensView[HasAccounts]
    end: EndSession

    def __call__(self, wanted: str, session_id: str, *, actor_id: AccountId) -> None:
        """Return when the end is durable.

        Raises: NotFound, also when the session is somebody else's or has ended.
        """
        if not is_id(session_id):
            raise NotFound
        account_id = _id_of(self.view, wanted)
        self.end(account_id, SessionId(session_id), reason=EndReason.REVOKED, actor_id=actor_id)


@dataclass(frozen=True, slots=True)
class EndSessionsOf:
    """End every session of an account, those of applications among them."""

    view: OpensView[HasAccounts]
    end: EndAllSessions

    def __call__(self, wanted: str, *, actor_id: AccountId) -> int:
        """Return how many ended.

        Raises: NotFound.
        """
        return self.end(_id_of(self.view, wanted), reason=EndReason.REVOKED, actor_id=actor_id)


def _id_of(view: OpensView[HasAccounts], wanted: str) -> AccountId:
    with view() as work:
        return find(work, wanted).id
