"""The token endpoint: one way in, one flow for each grant.

Source: RFC 6749 sections 3.2 and 5; RFC 9449 section 5.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.grants.records import Asked, Issued
from doorward.core.oauth.proofs.check_proof import CheckProof
from doorward.core.oauth.records import Client, GrantType

PATH: Final = "/oauth/token"
_BY_NAME: Final = {grant.value: grant for grant in GrantType}


@dataclass(frozen=True, slots=True)
class Token:
    """Give a client tokens for what it presents.

    `grants` is the table: a grant that is not in it does not exist here, so there is no way to hand over a password.
    """

    check_proof: CheckProof
    grants: Mapping[GrantType, Callable[[Asked], Issued]]
    clock: Clock

    def __call__(self, client: Client, parameters: Mapping[str, str], *, proof: str | None) -> Issued:
        """Return the tokens for a client that has proven itself. `parameters` are each sent once, and none is empty.

        Raises: OAuthError, UseNonce, Unavailable.
        """
        grant = self.grant_of(parameters)
        if grant not in client.grants:
            raise OAuthError(OAuthCode.UNAUTHORIZED_CLIENT, "The client is not registered for this grant type.")
        if client.uses_refresh_cookie:
            raise OAuthError(OAuthCode.UNAUTHORIZED_CLIENT, "This client's pages get tokens at /oauth/browser/token.")
        thumbprint = self.check_proof.of(client, proof, path=PATH)
        return self.grants[grant](Asked(client, parameters, thumbprint, self.clock.now()))

    def grant_of(self, parameters: Mapping[str, str]) -> GrantType:
        """Return the grant that is asked for.

        Raises: OAuthError.
        """
        named = parameters.get("grant_type")
        if named is None:
            raise OAuthError(OAuthCode.INVALID_REQUEST, "The parameter grant_type is missing.")
        grant = _BY_NAME.get(named)
        if grant is None or grant not in self.grants:
            raise OAuthError(OAuthCode.UNSUPPORTED_GRANT_TYPE, "This grant type does not exist here.")
        return grant
