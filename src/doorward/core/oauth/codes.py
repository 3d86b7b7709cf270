"""Authorization codes: what one stands for, how it is made, and how it is recognised when it comes back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass as record

from doorward.core.kernel import secrets
from doorward.core.kernel.ids import AccountId, ClientId, SessionId, is_id
from doorward.core.kernel.secrets import Envelopes
from doorward.core.oauth.records import CODE_LIVES_FOR
from doorward.core.onetime.records import OneTime, Purpose

_KIND: Final = "dwc1"
_PARTS: Final = 2
_FIELD: Final = "approved"


@record(frozen=True, slots=True)
class Approved:
    """What a person let a client do, from the moment that they did until the code for it is exchanged.

    `session_id` is that of the session that the exchange will start, `parent_id` that of the browser's session in which
    it was approved, `authenticated_at` when the person signed in to that, `acr` and `amr` how. `scope` is a scope
    string; `claims` and `details` are JSON, as far as they were allowed. `key_thumbprint` is that of the key by which
    alone the code may be exchanged (RFC 9449 section 10). `nonce` goes into the ID token. `redirect_uri` and
    `challenge` are None where no browser carries a code: of what a device asked for (RFC 8628).
    """

    session_id: SessionId
    parent_id: SessionId
    client_id: ClientId
    account_id: AccountId
    redirect_uri: str | None
    challenge: str | None
    scope: str
    authenticated_at: datetime
    is_offline: bool
    resources: tuple[str, ...] = ()
    nonce: str | None = None
    claims: str | None = None
    details: str | None = None
    key_thumbprint: str | None = None
    acr: str | None = None
    amr: tuple[str, ...] = ()


_APPROVED: Final = TypeAdapter(Approved)


@dataclass(frozen=True, slots=True)
class OpenedCode:
    """A code whose envelope is ours: which session it would start, and the digest that finds its artefact."""

    session_id: SessionId
    digest: bytes


@dataclass(frozen=True, slots=True)
class Codes:
    """Makes codes and opens them: `dwc1_<session id>_<secret>_<mac>`, with 256 random bits.

    The session that a code starts is chosen when the code is made, so that a second use finds the first. A code that
    was not made here is refused without asking any store.
    Source: RFC 6749 sections 4.1.2 and 10.5.
    """

    envelopes: Envelopes

    def make(self, approved: Approved, *, now: datetime) -> tuple[OneTime, str]:
        """Return the artefact of a fresh code, for the store, and the code."""
        secret = secrets.random_bytes(secrets.SECRET_BYTES)
        artefact = OneTime(
            purpose=Purpose.AUTHORIZATION_CODE,
            digest=secrets.digest(secret),
            subject=approved.account_id,
            created_at=now,
            expires_at=now + CODE_LIVES_FOR,
            payload={_FIELD: _APPROVED.dump_json(approved, exclude_defaults=True).decode()},
        )
        return artefact, self.envelopes.close(_KIND, approved.session_id, secrets.encode(secret))

    def open(self, presented: str) -> OpenedCode | None:
        """Return what a presented code names, or None when it was not made here; asks no store."""
        parts = self.envelopes.open(_KIND, presented, parts=_PARTS)
        if parts is None or not is_id(parts[0]):
            return None
        secret = secrets.decode(parts[1])
        return None if secret is None else OpenedCode(SessionId(parts[0]), secrets.digest(secret))


def approved_of(artefact: OneTime) -> Approved:
    """Return what the code of an artefact stands for."""
    return _APPROVED.validate_json(artefact.payload[_FIELD])
