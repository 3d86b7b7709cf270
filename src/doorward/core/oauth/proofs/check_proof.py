"""Checking a proof of possession."""

from dataclasses import dataclass

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensWork
from doorward.core.keys.dpop import Proof, Use, read_proof
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.ports import Signatures
from doorward.core.oauth.errors import OAuthCode, OAuthError, UseNonce
from doorward.core.oauth.proofs.nonces import Nonces
from doorward.core.oauth.records import Client
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import Purpose


@dataclass(frozen=True, slots=True)
class CheckProof:
    """Tell which key a proof is by. One proof is good for one request, whichever instance it reaches.

    Source: RFC 9449 sections 4.3, 8, 9 and 11.1.
    """

    work: OpensWork[HasOneTimes]
    signatures: Signatures
    nonces: Nonces
    clock: Clock
    issuer: str

    def __call__(self, presented: str, *, method: str, path: str, access_token: str | None = None) -> str:
        """Return the thumbprint of the key that proves this request.

        `path` is that below the issuer. Where tokens are asked for, a proof must carry a nonce of ours; where one is
        shown, its digest binds the proof as well as a nonce would, and one that is carried must be ours all the same.
        Raises: OAuthError, UseNonce, Unavailable.
        """
        now = self.clock.now()
        use = Use(method, f"{self.issuer.rstrip('/')}{path}", access_token)
        try:
            proof = read_proof([presented], use, signatures=self.signatures, now=now)
        except TokenRefused:
            raise refused() from None
        needs_nonce = access_token is None or proof.nonce is not None
        if needs_nonce and not self.nonces.knows(proof.nonce, now):
            raise UseNonce
        self._spend(proof)
        return proof.thumbprint

    def of(self, client: Client, presented: str | None, *, path: str) -> str | None:
        """Return the thumbprint of the key to which what `client` asks for at `path` is bound; None for no key.

        Raises: the same, also when no proof came from a client that must bind its tokens.
        """
        if presented is not None:
            return self(presented, method="POST", path=path)
        if client.requires_dpop:
            raise OAuthError(OAuthCode.INVALID_DPOP_PROOF, "This client must prove the possession of a key.")
        return None

    def fresh_nonce(self) -> str:
        """Return the nonce that the next proof should carry."""
        return self.nonces.current(self.clock.now())

    def _spend(self, proof: Proof) -> None:
        with self.work() as work:
            is_first = work.onetimes.spend(
                Purpose.DPOP_PROOF, proof.digest, until=proof.expires_at, now=self.clock.now()
            )
        if not is_first:
            raise refused()


def refused() -> OAuthError:
    """Return how a proof is refused that does not hold."""
    return OAuthError(OAuthCode.INVALID_DPOP_PROOF, "The proof of possession does not hold for this request.")
