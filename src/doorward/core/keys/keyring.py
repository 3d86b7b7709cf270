"""The keys in use: read from the store, opened once, and kept for a moment."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.ids import KeyId
from doorward.core.kernel.sealing import Sealer
from doorward.core.kernel.work import OpensView
from doorward.core.keys import rules, tokens
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.ports import HasSigningKeys, Signatures
from doorward.core.keys.records import AccessToken, Algorithm, SigningKey

REREAD_AFTER: Final = timedelta(seconds=60)
_MAX_REMEMBERED: Final = 20_000


@dataclass(frozen=True, slots=True)
class _Held:
    read_at: datetime
    keys: tuple[SigningKey, ...]
    private: dict[KeyId, bytes]


@dataclass(slots=True)
class Keyring:
    """Signs access tokens and tells which presented ones are ours.

    Keys are read again after a minute, so a rotation by another process is noticed long before its key signs.
    A token that verified is remembered by its bytes until it expires: the second look costs a dictionary.
    """

    view: OpensView[HasSigningKeys]
    signatures: Signatures
    sealer: Sealer
    clock: Clock
    issuer: str
    _held: _Held | None = field(default=None, init=False)
    _verified: dict[tuple[str, str], AccessToken] = field(default_factory=dict, init=False)

    def sign(self, token: AccessToken, algorithm: Algorithm = Algorithm.ES256) -> str:
        """Return the token in compact form, signed by the key whose turn it is.

        Raises: Unavailable, when no key may sign yet.
        """
        held = self._hold()
        key = rules.signing_key(held.keys, algorithm, self.clock.now())
        if key is None:
            raise Unavailable(retry_after=timedelta(seconds=5))
        signed = tokens.signing_input(token, algorithm, key.id)
        signature = self.signatures.sign(algorithm, held.private[key.id], signed)
        return f"{signed.decode()}.{tokens.b64url_encode(signature)}"

    def read(self, presented: str, audience: str) -> AccessToken:
        """Return what an access token of ours for `audience` says.

        Source: RFC 9068 section 4.
        Raises: TokenRefused.
        """
        now = self.clock.now()
        known = self._verified.get((presented, audience))
        if known is not None and tokens.is_timely(known, now):
            return known
        parsed = tokens.parse(presented)
        self._check_signature(parsed)
        token = tokens.read_access_token(parsed, issuer=self.issuer, audience=audience, now=now)
        self._remember(presented, token)
        return token

    def published(self) -> str:
        """Return the JSON Web Key Set as JSON (RFC 7517 section 5), keys that sign first."""
        held = self._hold()
        keys = rules.published_keys(held.keys, self.clock.now())
        newest_first = sorted(keys, key=lambda key: key.signs_from, reverse=True)
        return json.dumps({"keys": [json.loads(key.public_jwk) for key in newest_first]}, separators=(",", ":"))

    def is_ready(self) -> bool:
        """Tell whether every algorithm has a key that signs now."""
        now = self.clock.now()
        return all(rules.signing_key(self._hold().keys, algorithm, now) for algorithm in Algorithm)

    def forget(self) -> None:
        """Read the keys again at the next call."""
        self._held = None
        self._verified.clear()

    def _check_signature(self, parsed: tokens.Parsed) -> None:
        published = rules.published_keys(self._hold().keys, self.clock.now())
        key = next((key for key in published if key.id == parsed.key_id), None)
        if key is None or key.algorithm is not parsed.algorithm:
            raise TokenRefused
        if not self.signatures.verify(key.algorithm, key.public_jwk, parsed.signed, signature=parsed.signature):
            raise TokenRefused

    def _remember(self, presented: str, token: AccessToken) -> None:
        if len(self._verified) >= _MAX_REMEMBERED:
            self._verified.clear()
        self._verified[presented, token.audience] = token

    def _hold(self) -> _Held:
        now = self.clock.now()
        held = self._held
        if held is None or not timedelta(0) <= now - held.read_at < REREAD_AFTER:
            held = self._held = self._load(now)
        return held

    def _load(self, now: datetime) -> _Held:
        with self.view() as work:
            keys = work.signing_keys.all()
        opened = {key.id: self.sealer.open(key.sealed_private, context=seal_context(key.id)) for key in keys}
        private = {key_id: plain for key_id, plain in opened.items() if plain is not None}
        return _Held(now, tuple(key for key in keys if key.id in private), private)


def seal_context(key_id: KeyId) -> str:
    """Return the context that a private key is sealed under."""
    return f"signing-key:{key_id}"
