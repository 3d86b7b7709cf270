"""Telling whether a request may be believed: the whole of it, in the order of its specification.

Source: RFC 9068 section 4; RFC 8725; RFC 9449 section 7.
"""

from abc import abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, Protocol
from urllib.parse import urlsplit

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.secrets import digest
from doorward.core.keys import jose, tokens
from doorward.core.keys.dpop import Proof, Use, read_proof
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import Parsed
from doorward.core.keys.records import AccessToken
from doorward.resource.clock import SystemClock
from doorward.resource.errors import (
    BEARER,
    DPOP,
    AccessRefused,
    NonceNeeded,
    ProofInvalid,
    TokenInvalid,
    VerifierUnavailable,
    headers,
)
from doorward.resource.fetch import Connection, Issuer, KeyDocument
from doorward.resource.keys import Keys, KeySet
from doorward.resource.proofs import Nonces, OwnReplays, Replays
from doorward.resource.request import Credentials, Presented, credentials
from doorward.resource.signatures import PublicSignatures

MAX_REMEMBERED: Final = 10_000
_WELL_KNOWN: Final = "/.well-known/oauth-protected-resource"
_FULL: Final = timedelta(seconds=5)


class Revocations(Protocol):
    """Knows of tokens that ended before their time."""

    @abstractmethod
    def is_revoked(self, token: AccessToken) -> bool:
        """Tell whether a token that verified has been revoked since. It is asked at each check, and must not wait.

        Raises: VerifierUnavailable, when it cannot tell and its policy is to refuse then.
        """


@dataclass(frozen=True, slots=True)
class _Believed:
    """A token that verified, and the keys by which it did."""

    token: AccessToken
    key_set: KeySet
    keys: Keys | None


class Verifier:
    """Checks the access tokens that a resource is sent. One serves the whole process, from threads and event loops.

    `issuer` is one issuer or several, each bound to its own keys; a bare address is one whose keys its metadata names.
    `audience` is the identifier of this resource, which tokens must be for (RFC 8707); when it is an address, proofs of
    possession are for addresses below its origin, and metadata is published (RFC 9728). Otherwise `origin` says what
    scheme and host the resource is known by outside; without either, tokens that are bound to a key are refused.
    """

    def __init__(
        self,
        issuer: str | Issuer | Collection[str | Issuer],
        audience: str,
        *,
        jwks_uri: str | None = None,
        origin: str | None = None,
        max_life: timedelta = tokens.MAX_ACCESS_TOKEN_LIFE,
        leeway: timedelta = tokens.LEEWAY,
        requires_dpop: bool = False,
        nonces: Nonces | None = None,
        replays: Replays | None = None,
        revocations: Revocations | None = None,
        max_remembered: int = MAX_REMEMBERED,
        clock: Clock | None = None,
    ) -> None:
        self.audience = audience
        self.issuers = _issuers(issuer, jwks_uri)
        self.origin = origin or _origin(audience)
        self.requires_dpop = requires_dpop
        self.clock = clock or SystemClock()
        self.revocations = revocations
        self._max_life, self._leeway = max_life, leeway
        self._nonces, self._replays = nonces, replays or OwnReplays()
        self._signatures, self._proof_signatures = PublicSignatures(), PublicSignatures()
        self._connection = Connection()
        self._key_sets = {
            one.url: KeySet(one.algorithms, KeyDocument(one, self._connection), self.clock) for one in self.issuers
        }
        self._algorithms = frozenset(algorithm for one in self.issuers for algorithm in one.algorithms)
        self._most = max_remembered
        self._believed: dict[bytes, _Believed] = {}
        self._lock = Lock()

    @property
    def metadata_path(self) -> str | None:
        """Where the resource says who issues tokens for it; None when the audience is no address.

        Source: RFC 9728 section 3.1.
        """
        if _origin(self.audience) is None:
            return None
        return f"{_WELL_KNOWN}{urlsplit(self.audience).path.rstrip('/')}"

    @property
    def metadata_url(self) -> str | None:
        """The whole address of that."""
        return None if self.metadata_path is None else f"{_origin(self.audience)}{self.metadata_path}"

    def check(self, presented: Presented) -> AccessToken:
        """Return the access token of a request, if it may be believed. It may wait for the issuer's keys.

        Raises: AccessRefused.
        """
        given = self._credentials(presented)
        token = self.read(given.token, scheme=given.scheme)
        self._check_binding(presented, given, token)
        return token

    async def check_soon(self, presented: Presented) -> AccessToken:
        """Return the access token of a request, if it may be believed, while others go on.

        Raises: AccessRefused.
        """
        given = self._credentials(presented)
        token = await self.read_soon(given.token, scheme=given.scheme)
        self._check_binding(presented, given, token)
        return token

    def read(self, presented: str, *, scheme: str = BEARER) -> AccessToken:
        """Return what a token says, if it is good. Whether it is bound to a key is left to the caller.

        Raises: AccessRefused.
        """
        while isinstance(found := self._at_once(presented, scheme), KeySet):
            found.fetch()
        return found

    async def read_soon(self, presented: str, *, scheme: str = BEARER) -> AccessToken:
        """Return what a token says, if it is good, while others go on.

        Raises: AccessRefused.
        """
        while isinstance(found := self._at_once(presented, scheme), KeySet):
            await found.fetch_soon()
        return found

    def headers(self, refused: AccessRefused) -> list[tuple[str, str]]:
        """Return the fields of the answer to a request that was refused."""
        return headers(refused, metadata_url=self.metadata_url, requires_dpop=self.requires_dpop)

    def close(self) -> None:
        """Hang up. Tokens that are remembered, and keys that are held, go on being good."""
        self._connection.close()

    def _at_once(self, presented: str, scheme: str) -> AccessToken | KeySet:
        """Return what a token says, or the set of keys that has to be fetched first."""
        name = digest(presented.encode("utf-8", "surrogatepass"))
        believed = self._believed.get(name)
        if believed is not None and self._is_still_good(believed):
            token = believed.token
        else:
            found = self._verify(presented, scheme)
            if isinstance(found, KeySet):
                return found
            self._remember(name, found)
            token = found.token
        if self.revocations is not None and self.revocations.is_revoked(token):
            raise TokenInvalid(scheme=scheme)
        return token

    def _is_still_good(self, believed: _Believed) -> bool:
        key_set = believed.key_set
        return (
            believed.keys is key_set.keys
            and key_set.is_settled()
            and tokens.is_timely(believed.token, self.clock.now(), leeway=self._leeway, max_life=self._max_life)
        )

    def _verify(self, presented: str, scheme: str) -> _Believed | KeySet:
        try:
            return self._verify_parsed(jose.parse(presented, algorithms=self._algorithms))
        except TokenRefused:
            raise TokenInvalid(scheme=scheme) from None

    def _verify_parsed(self, parsed: Parsed) -> _Believed | KeySet:
        issuer = jose.text(parsed.claims, "iss")
        key_set = self._key_sets.get(issuer)
        if parsed.type != tokens.ACCESS_TOKEN_TYPE or key_set is None or parsed.key_id is None:
            raise TokenRefused
        keys, key = key_set.keys, key_set.at_hand(parsed.key_id)
        if key is None:
            if key_set.must_fetch(parsed.key_id):
                return key_set
            key = key_set.find(parsed.key_id)
        if key is None or key.algorithm is not parsed.algorithm:
            raise TokenRefused
        if not self._signatures.verify(key.algorithm, key.public_jwk, parsed.signed, signature=parsed.signature):
            raise TokenRefused
        now = self.clock.now()
        token = tokens.read_access_token(
            parsed, issuer=issuer, audience=self.audience, now=now, leeway=self._leeway, max_life=self._max_life
        )
        return _Believed(token, key_set, keys)

    def _remember(self, name: bytes, believed: _Believed) -> None:
        if self._most < 1:
            return
        with self._lock:
            while len(self._believed) >= self._most:
                del self._believed[next(iter(self._believed))]
            self._believed[name] = believed

    def _credentials(self, presented: Presented) -> Credentials:
        given = credentials(presented)
        if self.requires_dpop and given.scheme != DPOP:
            raise TokenInvalid(scheme=DPOP)
        return given

    def _check_binding(self, presented: Presented, given: Credentials, token: AccessToken) -> None:
        """Return when whoever presents a token holds the key that it is bound to, or it is bound to none.

        Source: RFC 9449 sections 7.1 and 7.2.
        """
        if (given.scheme == DPOP) != (token.key_thumbprint is not None):
            raise TokenInvalid(scheme=given.scheme)
        if token.key_thumbprint is None:
            return
        now = self.clock.now()
        proof = self._proof(presented, given, now)
        if proof.thumbprint != token.key_thumbprint:
            raise ProofInvalid(scheme=DPOP)
        if self._nonces is not None and not self._nonces.is_good(proof.nonce or "", now):
            raise NonceNeeded(self._nonces.current(now))
        is_first = self._replays.spend(proof.digest, until=proof.expires_at, now=now)
        if is_first is None:
            raise VerifierUnavailable(_FULL)
        if not is_first:
            raise ProofInvalid(scheme=DPOP)

    def _proof(self, presented: Presented, given: Credentials, now: datetime) -> Proof:
        if self.origin is None:
            raise ProofInvalid(scheme=DPOP)
        use = Use(presented.method, f"{self.origin}{presented.path}", given.token)
        try:
            return read_proof(presented.proofs, use, signatures=self._proof_signatures, now=now)
        except TokenRefused:
            raise ProofInvalid(scheme=DPOP) from None


def _issuers(issuer: str | Issuer | Collection[str | Issuer], jwks_uri: str | None) -> Sequence[Issuer]:
    listed = [issuer] if isinstance(issuer, str | Issuer) else list(issuer)
    issuers = [one if isinstance(one, Issuer) else Issuer(one, jwks_uri) for one in listed]
    if not issuers or len({one.url for one in issuers}) < len(issuers):
        raise ValueError("name at least one issuer, and none twice")
    if jwks_uri is not None and (len(issuers) > 1 or issuer is issuers[0]):
        raise ValueError("jwks_uri belongs to one issuer: name it in its Issuer")
    return issuers


def _origin(address: str) -> str | None:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} and parts.netloc else None
