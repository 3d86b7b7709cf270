"""The secrets of clients: made here, shown once, kept as digests, two of them at most."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from doorward.core.kernel import secrets
from doorward.core.kernel.secrets import Envelopes
from doorward.core.oauth.records import Client, ClientSecret

_KIND: Final = "dws1"
OVERLAP: Final = timedelta(days=7)
"""How long the secret before goes on, where nobody says otherwise."""

LONGEST_OVERLAP: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True, eq=False)  # one is itself: what it found is remembered beside it
class ClientSecrets:
    """Makes secrets of 256 random bits, and recognises them without a read of any store.

    They are never chosen by people, so a fast digest is enough; their envelope lets secret scanners find them.
    """

    envelopes: Envelopes

    def make(self, now: datetime) -> tuple[str, ClientSecret]:
        """Return a fresh secret as its owner sees it, once, and as it is kept."""
        secret = secrets.random_bytes(secrets.SECRET_BYTES)
        return self.envelopes.close(_KIND, secrets.encode(secret)), ClientSecret(secrets.digest(secret), now)

    def digest_of(self, presented: str) -> bytes | None:
        """Return the digest of a presented secret, or None when it was not made here."""
        parts = self.envelopes.open(_KIND, presented, parts=1)
        secret = secrets.decode(parts[0]) if parts else None
        return None if secret is None else secrets.digest(secret)


def is_live_secret(client: Client, digest: bytes, now: datetime) -> bool:
    """Tell whether one of the client's secrets that has not expired has this digest; every one is compared."""
    return any([secrets.same(each.digest, digest) for each in client.secrets if _is_live(each, now)])


def live_secrets(client: Client, now: datetime) -> tuple[ClientSecret, ...]:
    """Return the secrets that have not expired, the newest first."""
    live = [each for each in client.secrets if _is_live(each, now)]
    return tuple(sorted(live, key=lambda each: each.created_at, reverse=True))


def replaced(client: Client, fresh: ClientSecret, *, overlap: timedelta) -> tuple[ClientSecret, ...]:
    """Return the secrets after `fresh` took over: of those before, only the newest goes on, for `overlap` at most."""
    before = live_secrets(client, fresh.created_at)[:1] if overlap > timedelta(0) else ()
    until = fresh.created_at + overlap
    ending = (
        ClientSecret(each.digest, each.created_at, min(each.expires_at, until) if each.expires_at else until)
        for each in before
    )
    return fresh, *ending


def _is_live(secret: ClientSecret, now: datetime) -> bool:
    return secret.expires_at is None or now < secret.expires_at
