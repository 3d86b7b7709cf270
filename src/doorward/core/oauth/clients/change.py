"""Changing what a client may do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Conflict, Invalid
from doorward.core.kernel.ids import AccountId
from doorward.core.kernel.work import OpensWork
from doorward.core.oauth.clients.add import with_plain_keys
from doorward.core.oauth.clients.client_secrets import ClientSecrets
from doorward.core.oauth.clients.find import kept
from doorward.core.oauth.clients.ports import ClientsWork
from doorward.core.oauth.clients.records import Registered
from doorward.core.oauth.records import Client
from doorward.core.oauth.clients.rules.registration import check_client, needs_secret

FIXED: Final = ("id", "type", "created_at", "secrets", "registration_digest", "disabled_at", "version")
"""What a change never touches: other flows do, or nothing does."""

Edit = Callable[[Client], Client]


@dataclass(frozen=True, slots=True)
class ChangeClient:
    """Change a client, by the rules that a new one is held to."""

    work: OpensWork[ClientsWork]
    secrets: ClientSecrets
    clock: Clock

    def __call__(self, wanted: str, edit: Edit, *, actor_id: AccountId | None = None) -> Registered:
        """Return the client as it is now; with a secret when the change made it prove itself by one.

        Raises: NotFound, Invalid, Conflict.
        """
        now = self.clock.now()
        with self.work() as work:
            before = kept(work, wanted)
            after = edited(before, edit)
            if after == before:
                return Registered(before)
            shown, after = self._with_secrets(after)
            if not work.clients.replace(after, expected=before.version):
                raise Conflict
            names = ",".join(changed_fields(before, after))
            detail = {"client": before.id, "fields": names}
            record(work.audit, Event(AuditKind.CLIENT_CHANGED, actor_id=actor_id, detail=detail), now)
        return Registered(replace(after, version=before.version + 1), shown)

    def _with_secrets(self, client: Client) -> tuple[str | None, Client]:
        if not needs_secret(client.authentication):
            return None, replace(client, secrets=())
        if client.secrets:
            return None, client
        shown, fresh = self.secrets.make(self.clock.now())
        return shown, replace(client, secrets=(fresh,))


def edited(before: Client, edit: Edit) -> Client:
    """Return what a change makes of a client.

    Raises: Invalid, when it touches what is fixed, or leads to what no client may be.
    """
    after = edit(before)
    for name in FIXED:
        if getattr(after, name) != getattr(before, name):
            raise Invalid(f"/{name}", "This cannot be changed.")
    without = after if needs_secret(after.authentication) else replace(after, secrets=())
    return replace(with_plain_keys(check_client(without)), secrets=before.secrets)


def changed_fields(before: Client, after: Client) -> tuple[str, ...]:
    """Return the names of the fields that differ, in alphabetical order."""
    names = sorted(Client.__dataclass_fields__)
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))
