"""Giving a client a new secret, while the old one goes on for a while."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Conflict, Invalid
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.work import OpensWork
from doorward.core.oauth.clients.client_secrets import LONGEST_OVERLAP, OVERLAP, ClientSecrets, replaced
from doorward.core.oauth.clients.find import kept
from doorward.core.oauth.clients.ports import ClientsWork
from doorward.core.oauth.clients.records import Registered
from doorward.core.oauth.clients.rules.registration import needs_secret

_NO_SECRET: Final = "This client does not prove itself by a secret."  # noqa: S105 (a sentence)
_TOO_LONG: Final = f"The old secret goes on for at most {LONGEST_OVERLAP.days} days."


@dataclass(frozen=True, slots=True)
class RotateSecret:
    """Make a new secret for a client. The one before works until `overlap` is over, any other ends at once."""

    work: OpensWork[ClientsWork]
    secrets: ClientSecrets
    clock: Clock

    def __call__(
        self,
        wanted: str,
        *,
        overlap: timedelta = OVERLAP,
        seen: int | None = None,
        actor_id: AccountId | None = None,
    ) -> Registered:
        """Return the client and its new secret: nobody sees that again.

        `seen` is the version of the client that was looked at before: one that was changed meanwhile is left alone.
        So an answer that is sent twice makes one secret, and does not end the one before it.
        Raises: NotFound, Invalid, Conflict.
        """
        if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
            raise Invalid("/overlap", _TOO_LONG)
        now = self.clock.now()
        shown, fresh = self.secrets.make(now)
        with self.work() as work:
            before = kept(work, wanted)
            if not needs_secret(before.authentication):
                raise Invalid("/authentication", _NO_SECRET)
            after = replace(before, secrets=replaced(before, fresh, overlap=overlap))
            if seen not in {None, before.version} or not work.clients.replace(after, expected=before.version):
                raise Conflict
            detail = {"client": before.id}
            record(work.audit, Event(AuditKind.CLIENT_SECRET_ROTATED, actor_id=actor_id, detail=detail), now)
        return Registered(replace(after, version=before.version + 1), shown)
