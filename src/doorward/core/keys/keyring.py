"""The keys in use: read from the store, opened once, and kept for a moment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.ids import KeyId
from doorward.core.kernel.sealing import Sealer
from doorward.core.kernel.work import OpensView
from doorward.core.keys import jose, rules, tokens
from doorward.core.keys.errors import NoKeySigns, TokenRefused
from doorward.core.keys.jose import JsonValue, Parsed
from doorward.core.keys.ports import HasSigningKeys, Signatures
from doorward.core.keys.records import SIGNS, AccessToken, Algorithm, SigningKey

REREAD_AFTER: Final = timedelta(seconds=2)
RETRY_AFTER: Final = timedelta(seconds=1)
READS_FOR: Final = timedelta(seconds=40)
"""How long reading the keys may take, before another caller tries as well."""

STALE_FOR: Final = timedelta(hours=24)
"""How long keys go on being used when they cannot be read again; as long as a new one is known before it signs."""

_MAX_REMEMBERED: Final = 20_000
_WHOEVER: Final = None


@dataclass(frozen=True, slots=True)
class _Held:
    """Keys as they were read.

    `edition` is the keyring's own when the reading began. Until `reread_at`, and `reread_steady` by the steady clock,
    they need not be read again.
    """

    edition: object
    read_at: datetime
    reread_at: datetime
    reread_steady: float
    keys: tuple[SigningKey, ...]
    private: dict[KeyId, bytes]


@dataclass(slots=True)
class Keyring:
    """Signs tokens of every kind, and tells which presented ones are ours.

    Keys are read again after `reread_after`, which is how late a rotation by another process may be noticed; its key
    signs long after that. While the store is away, those that are held go on working for a day. A token that verified
    is remembered by its bytes until it expires or the keys change: the second look costs a dictionary.
    """

    view: OpensView[HasSigningKeys]
    signatures: Signatures
    sealer: Sealer
    clock: Clock
    issuer: str
    reread_after: timedelta = REREAD_AFTER
    _held: _Held | None = field(default=None, init=False)
    _edition: object = field(default_factory=object, init=False)
    _retry_at: float = field(default=0.0, init=False)
    _verified: dict[tuple[str, str | None], AccessToken] = field(default_factory=dict, init=False)

    def sign(self, token: AccessToken, algorithm: Algorithm = Algorithm.ES256) -> str:
        """Return the token in compact form, signed by the key whose turn it is.

        Raises: Unavailable, when no key may sign yet.
        """
        key, private = self._signer(algorithm)
        return self._signed(algorithm, private, tokens.signing_input(token, algorithm, key.id))

    def sign_claims(self, type: str, claims: Mapping[str, JsonValue], algorithm: Algorithm) -> str:  # noqa: A002 (the header's word)
        """Return claims in compact form as a token of another kind. A claim that is None is left out.

        Source: RFC 8725 section 3.11.
        Raises: Unavailable, when no key may sign yet.
        """
        key, private = self._signer(algorithm)
        return self._signed(algorithm, private, jose.compact(type, claims, algorithm=algorithm, key_id=key.id))

    def read(self, presented: str, audience: str) -> AccessToken:
        """Return what an access token of ours for `audience` says. Once keys are held, no store is asked.

        Source: RFC 9068 section 4.
        Raises: TokenRefused.
        """
        now, verified = self.clock.now(), self._verified
        known = verified.get((presented, audience))
        if known is not None and tokens.is_timely(known, now):
            return known
        parsed = jose.parse(presented)
        self._check_signature(parsed)
        token = tokens.read_access_token(parsed, issuer=self.issuer, audience=audience, now=now)
        self._remember(verified, presented, audience, token)
        return token

    def read_any(self, presented: str) -> AccessToken:
        """Return what an access token of ours says, whoever it is for: whether that is the caller is theirs to check.

        Raises: TokenRefused.
        """
        now, verified = self.clock.now(), self._verified
        known = verified.get((presented, _WHOEVER))
        if known is not None and tokens.is_timely(known, now):
            return known
        audience = jose.parse(presented).claims.get("aud")
        token = self.read(presented, audience if isinstance(audience, str) else "")
        self._remember(verified, presented, _WHOEVER, token)
        return token

    def read_own(self, presented: str, type: str) -> Mapping[str, JsonValue]:  # noqa: A002 (the header's word)
        """Return the claims of a token of ours of one `type`, even of one that has expired.

        Source: OpenID Connect RP-Initiated Logout 1.0 section 2 (`id_token_hint`).
        Raises: TokenRefused.
        """
        parsed = jose.parse(presented)
        if parsed.type != type.lower() or parsed.claims.get("iss") != self.issuer:
            raise TokenRefused
        self._check_signature(parsed)
        return parsed.claims

    def published(self) -> str:
        """Return the JSON Web Key Set as JSON (RFC 7517 section 5), keys that sign first."""
        keys = rules.published_keys(self._current().keys, self.clock.now())
        newest_first = sorted(keys, key=lambda key: key.signs_from, reverse=True)
        return json.dumps({"keys": [json.loads(key.public_jwk) for key in newest_first]}, separators=(",", ":"))

    def is_ready(self) -> bool:
        """Tell whether every algorithm has a key that signs now.

        Whoever is about to use up what gives a token asks first: used up and not answered is lost to who presented it.
        Ask before a unit of work opens: reading the keys takes one of its own.
        Raises: Unavailable.
        """
        now = self.clock.now()
        held = self._current()
        return all(rules.signing_key(held.keys, algorithm, now) for algorithm in SIGNS)

    def require_ready(self) -> None:
        """Return when every algorithm has a key that signs now; ask before a unit of work opens.

        Raises: NoKeySigns; Unavailable.
        """
        if not self.is_ready():
            raise NoKeySigns

    def is_current(self) -> bool:
        """Tell whether the keys that are held were read within `reread_after`, and are not known to have changed."""
        held = self._held
        if held is None or held.edition is not self._edition or self.clock.steady() >= held.reread_steady:
            return False
        return held.read_at <= self.clock.now() < held.reread_at

    def refresh(self) -> None:
        """Read the keys again if it is time.

        Raises: Unavailable, when the store is away and no keys are held that may still be used.
        """
        self._current()

    def forget(self) -> None:
        """Read the keys again as soon as somebody may. What is being read at this moment counts as read before."""
        self._edition = object()
        self._retry_at = 0.0
        self._verified = {}

    def _signer(self, algorithm: Algorithm) -> tuple[SigningKey, bytes]:
        """Return the key whose turn it is, and its private half."""
        held = self._current()
        key = rules.signing_key(held.keys, algorithm, self.clock.now())
        if key is None:
            raise NoKeySigns
        return key, held.private[key.id]

    def _signed(self, algorithm: Algorithm, private: bytes, signed: bytes) -> str:
        signature = self.signatures.sign(algorithm, private, signed)
        return f"{signed.decode()}.{jose.b64url_encode(signature)}"

    def _check_signature(self, parsed: Parsed) -> None:
        published = rules.published_keys(self._hold().keys, self.clock.now())
        key = next((key for key in published if key.id == parsed.key_id), None)
        if key is None or key.algorithm is not parsed.algorithm:
            raise TokenRefused
        if not self.signatures.verify(key.algorithm, key.public_jwk, parsed.signed, signature=parsed.signature):
            raise TokenRefused

    @staticmethod
    def _remember(
        verified: dict[tuple[str, str | None], AccessToken], presented: str, audience: str | None, token: AccessToken
    ) -> None:
        """Remember a token, beside those that were verified by the same keys."""
        if len(verified) >= _MAX_REMEMBERED:
            verified.clear()
        verified[presented, audience] = token

    def _hold(self) -> _Held:
        return self._held or self._current()

    def _current(self) -> _Held:
        """Return the keys, read again if it is time.

        Source: RFC 5861 section 4 (stale-if-error).
        """
        held = self._held
        if held is not None and (self.is_current() or self._is_put_off(held)):
            return held
        self._put_off(READS_FOR)  # a store that is slow holds up whoever reads, and nobody else
        try:
            fresh = self._load()
        except Unavailable:
            self._put_off(RETRY_AFTER)
            if held is None or not self._may_be_stale(held):
                raise
            return held
        self._held = fresh
        if held is not None and held.keys != fresh.keys:
            self._verified = {}
        self._retry_at = 0.0
        return fresh

    def _put_off(self, duration: timedelta) -> None:
        self._retry_at = self.clock.steady() + duration.total_seconds()

    def _is_put_off(self, held: _Held) -> bool:
        """Tell whether the store was away a moment ago, so that nobody need wait for it again."""
        return self.clock.steady() < self._retry_at and self._may_be_stale(held)

    def _may_be_stale(self, held: _Held) -> bool:
        return self.clock.now() - held.read_at < STALE_FOR

    def _load(self) -> _Held:
        edition, now = self._edition, self.clock.now()
        reread_steady = self.clock.steady() + self.reread_after.total_seconds()
        with self.view() as work:
            keys = work.signing_keys.all()
        opened = {key.id: self.sealer.open(key.sealed_private, context=seal_context(key.id)) for key in keys}
        private = {key_id: plain for key_id, plain in opened.items() if plain is not None}
        return _Held(
            edition,
            now,
            now + self.reread_after,
            reread_steady,
            tuple(key for key in keys if key.id in private),
            private,
        )


def seal_context(key_id: KeyId) -> str:
    """Return the context that a private key is sealed under."""
    return f"signing-key:{key_id}"
