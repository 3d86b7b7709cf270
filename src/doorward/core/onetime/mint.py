"""Making one-time artefacts, and recognising them when they come back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from doorward.core.kernel import secrets
from doorward.core.kernel.secrets import Envelopes
from doorward.core.onetime.records import CODE_DIGITS, PURPOSES, OneTime, Purpose

_KIND: Final = "dwo1"
_PARTS: Final = 2


@dataclass(frozen=True, slots=True)
class Minted:
    """An artefact for the store, and what only its owner may see."""

    artefact: OneTime
    token: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Mint:
    """Makes artefacts: 256 random bits for the link; for the mail also a short code, kept as a keyed digest.

    The code is short, so its digest is keyed with a secret that is not in the store: a stolen store reveals no code.
    """

    envelopes: Envelopes
    code_key: bytes

    def make(
        self,
        purpose: Purpose,
        subject: str,
        *,
        now: datetime,
        payload: Mapping[str, str] | None = None,
        address_key: str | None = None,
    ) -> Minted:
        """Return a fresh artefact; with a code when the purpose has one and the mail's `address_key` is given."""
        lives = PURPOSES[purpose]
        secret = secrets.random_bytes(secrets.SECRET_BYTES)
        code = secrets.random_digits(CODE_DIGITS) if lives.code and address_key else None
        artefact = OneTime(
            purpose=purpose,
            digest=secrets.digest(secret),
            subject=subject,
            created_at=now,
            expires_at=now + lives.link,
            payload=payload or {},
            address_key=address_key if code else None,
            code_digest=self.digest_of_code(purpose, address_key, code) if code and address_key else None,
            code_expires_at=now + lives.code if code and lives.code else None,
        )
        token = self.envelopes.close(_KIND, _spell(purpose), secrets.encode(secret))
        return Minted(artefact, token, code)

    def open(self, presented: str) -> tuple[Purpose, bytes] | None:
        """Return the purpose and digest of a presented token, or None when it was not made here."""
        parts = self.envelopes.open(_KIND, presented, parts=_PARTS)
        if parts is None:
            return None
        purpose = _PURPOSES_BY_SPELLING.get(parts[0])
        secret = secrets.decode(parts[1])
        return None if purpose is None or secret is None else (purpose, secrets.digest(secret))

    def digest_of_code(self, purpose: Purpose, address_key: str, code: str) -> bytes:
        """Return what is stored of a code; spaces and dashes that people add when they read it aloud do not count."""
        plain = code.replace(" ", "").replace("-", "")
        return secrets.mac(
            self.code_key, purpose.encode(), address_key.encode(), plain.encode("utf-8", "surrogatepass")
        )


def _spell(purpose: Purpose) -> str:
    return purpose.replace("_", "-")


_PURPOSES_BY_SPELLING: Final = {_spell(purpose): purpose for purpose in Purpose}
