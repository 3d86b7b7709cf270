"""Authorization codes: what one stands for, how it is made, and how it is recognised when it comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass as record

from doorward.core.kernel import secrets
from doorward.core.kernel.ids import AccountId, ClientId, SessionId, is_id, new_id
from doorward.core.kernel.secrets import Envelopes
from doorward.core.onetime.records import PURPOSES, OneTime, Purpose

_CODE: Final = "dwc1"
_PARTS: Final = 2


@record(frozen=True, slots=True)
class Granting:
    """What a code stands for: who lets which client do what, and how the code may be exchanged.

    `parent_id` is the browser's session that it was granted in. `challenge` and `redirect_uri` are those of the
    request (RFC 6749 section 4.1.3, RFC 7636); `key_thumbprint` is that of the key that the code is bound to (RFC 9449
    section 10). `nonce` goes into the ID token. `claims` and `details` are JSON, as far as they were allowed. `amr` is
    how the person proved who they are, as a space-separated list (RFC 8176).
    """

    client_id: ClientId
    account_id: AccountId
    parent_id: SessionId
    scope: str
    authenticated_at: datetime
    redirect_uri: str
    challenge: str | None = None
    resources: tuple[str, ...] = ()
    is_offline: bool = False
    nonce: str | None = None
    claims: str | None = None
    details: str | None = None
    key_thumbprint: str | None = None
    acr: str | None = None
    amr: str | None = None


_GRANTING: Final = TypeAdapter(Granting)
_PAYLOAD: Final = "granting"


def granting_of(payload: Mapping[str, str]) -> Granting:
    """Return what the artefact of a code says."""
    return _GRANTING.validate_json(payload[_PAYLOAD])


@dataclass(frozen=True, slots=True)
class MintedCode:
    """A code for its client, and its artefact for the store."""

    code: str
    artefact: OneTime

    def __repr__(self) -> str:
        return "MintedCode()"


@dataclass(frozen=True, slots=True)
class OpenedCode:
    """A code whose envelope is ours: the session that it starts, and the digest that finds its artefact."""

    session_id: SessionId
    digest: bytes


@dataclass(frozen=True, slots=True)
class Codes:
    """Makes codes and opens them: `dwc1_<session>_<secret>_<mac>`.

    The session that a code starts is chosen when the code is made, so that a second use finds the first. A code that
    was not made here is refused without asking any store.
    """

    envelopes: Envelopes

    def mint(self, granting: Granting, *, now: datetime) -> MintedCode:
        """Return a fresh code of 256 random bits that lives for a minute."""
        secret = secrets.random_bytes(secrets.SECRET_BYTES)
        artefact = OneTime(
            purpose=Purpose.AUTHORIZATION_CODE,
            digest=secrets.digest(secret),
            subject=granting.account_id,
            created_at=now,
            expires_at=now + PURPOSES[Purpose.AUTHORIZATION_CODE].link,
            payload={_PAYLOAD: _GRANTING.dump_json(granting, exclude_defaults=True).decode()},
        )
        return MintedCode(self.envelopes.close(_CODE, new_id(now), secrets.encode(secret)), artefact)

    def open(self, presented: str) -> OpenedCode | None:
        """Return what a presented code names, or None when it was not made here; asks no store."""
        parts = self.envelopes.open(_CODE, presented, parts=_PARTS)
        if parts is None or not is_id(parts[0]):
            return None
        secret = secrets.decode(parts[1])
        return None if secret is None else OpenedCode(SessionId(parts[0]), secrets.digest(secret))
