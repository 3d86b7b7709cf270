"""Checking a proof of possession."""

from collections.abc import Callable
from dataclasses import dataclass

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensWork
from doorward.core.keys.ports import Signatures
from doorward.core.keys.records import Algorithm
from doorward.core.oauth.proofs.nonces import Nonces
from doorward.core.oauth.rules import dpop
from doorward.core.oauth.rules.dpop import Expected
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import Purpose


@dataclass(frozen=True, slots=True)
class CheckProof:
    """Tell which key a proof is by. One proof is good for one request, whichever instance it reaches."""

    work: OpensWork[HasOneTimes]
    signatures: Signatures
    nonces: Nonces
    clock: Clock
    issuer: str

    def __call__(self, presented: str, *, method: str, path: str, access_token: str | None = None) -> str:
        """Return the thumbprint of the key that proves this request.

        `path` is that below the issuer. Where tokens are asked for, a proof must carry a nonce of ours; where one is
        shown, its digest does as much for it as a nonce would.
        Raises: OAuthError, UseNonce, Unavailable.
        """
        now = self.clock.now()
        knows: Callable[[str | None], bool] = (
            (lambda nonce: self.nonces.knows(nonce, now))
            if access_token is None
            else (lambda nonce: nonce is None or self.nonces.knows(nonce, now))
        )
        expected = Expected(method, f"{self.issuer.rstrip('/')}{path}", access_token)
        proof = dpop.read(presented, expected, verifies=self._verifies, knows_nonce=knows, now=now)
        with self.work() as work:
            is_first = work.onetimes.spend(Purpose.DPOP_PROOF, proof.seen_as, until=proof.until, now=now)
        if not is_first:
            raise dpop.refused()
        return proof.thumbprint

    def fresh_nonce(self) -> str:
        """Return the nonce that the next proof should carry."""
        return self.nonces.current(self.clock.now())

    def _verifies(self, algorithm: Algorithm, public_jwk: str, message: bytes, signature: bytes) -> bool:
        return self.signatures.verify(algorithm, public_jwk, message, signature=signature)
