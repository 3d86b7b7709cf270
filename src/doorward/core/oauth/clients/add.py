"""Adding a client."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from doorward.core.audit.record import record
from doorward.core.audit.records import AuditKind, Event
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Invalid
from doorward.core.kernel.ids import AccountId, ClientId, new_id
from doorward.core.kernel.work import OpensWork
from doorward.core.oauth.clients.client_secrets import ClientSecrets
from doorward.core.oauth.clients.ports import ClientsWork
from doorward.core.oauth.clients.records import Registered, Wanted
from doorward.core.oauth.records import Client
from doorward.core.oauth.clients.rules import key_sets
from doorward.core.oauth.clients.rules.registration import ID_PREFIX, PROFILES, check_client, check_id, needs_secret

_TAKEN: Final = "There is a client with this id already."


@dataclass(frozen=True, slots=True)
class AddClient:
    """Add a client on the word of an operator."""

    work: OpensWork[ClientsWork]
    secrets: ClientSecrets
    clock: Clock

    def __call__(self, wanted: Wanted, *, actor_id: AccountId | None = None) -> Registered:
        """Return the new client, with its secret if it has one: nobody sees that again.

        Raises: Invalid, also when the id is taken.
        """
        now = self.clock.now()
        registered = fresh_client(wanted, self.secrets, now=now)
        client = registered.client
        with self.work() as work:
            if not work.clients.add(client):
                raise Invalid("/id", _TAKEN)
            detail = {"client": client.id, "type": client.type.value}
            record(work.audit, Event(AuditKind.CLIENT_ADDED, actor_id=actor_id, detail=detail), now)
        return registered


def fresh_client(wanted: Wanted, secrets: ClientSecrets, *, now: datetime) -> Registered:
    """Return a client that is not kept yet, with an id and a secret of its own.

    Raises: Invalid.
    """
    profile = PROFILES[wanted.type]
    asked = {name: getattr(wanted, name) for name in _AS_ASKED}
    client = Client(
        id=ClientId(f"{ID_PREFIX}{new_id(now)}" if wanted.id is None else check_id(wanted.id)),
        authentication=wanted.authentication or profile.authentications[0],
        created_at=now,
        grants=profile.defaults if wanted.grants is None else wanted.grants,
        scopes=profile.scopes if wanted.scopes is None else wanted.scopes,
        **asked,
    )
    checked = with_plain_keys(check_client(client))
    if not needs_secret(checked.authentication):
        return Registered(checked)
    shown, kept = secrets.make(now)
    return Registered(replace(checked, secrets=(kept,)), shown)


def with_plain_keys(client: Client) -> Client:
    """Return the client with nothing in its key set but what is public and known."""
    return client if client.jwks is None else replace(client, jwks=key_sets.check(client.jwks, pointer="/jwks"))


_DECIDED: Final = frozenset({"id", "authentication", "grants", "scopes"})
_AS_ASKED: Final = tuple(name for name in Wanted.__dataclass_fields__ if name not in _DECIDED)
