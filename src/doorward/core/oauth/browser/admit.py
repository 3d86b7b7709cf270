"""Whether a page is one of the client that it names.

Source: OAuth 2.0 for Browser-Based Applications sections 6.1.3.3 and 6.3; Fetch Standard section 3.1.
"""

from dataclasses import dataclass
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.oauth.browser.records import FromPage
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.clients.origins import origins_of
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.grants.records import Asked
from doorward.core.oauth.proofs.check_proof import CheckProof
from doorward.core.oauth.records import Client

_ELSEWHERE: Final = frozenset({"refresh_token", "client_secret", "client_assertion"})


@dataclass(frozen=True, slots=True)
class AdmitPage:
    """Take a request of a page for one of its client, by the origin that its browser vouches for.

    A client that runs in browsers can prove nothing. What a cookie gives may go to its own pages alone, so the origin
    is compared whole with those of its redirect URIs: that is where its codes go too.
    """

    find: FindClient
    check_proof: CheckProof
    clock: Clock

    def client(self, page: FromPage) -> Client:
        """Return the client.

        Raises: OAuthError, Unavailable.
        """
        client = self.find.registered(page.client_id)  # one that describes itself has no such cookie
        if client is None or not client.uses_refresh_cookie or page.origin not in origins_of(client):
            what = "There is no such client, it keeps no refresh token in a cookie, or this is none of its origins."
            raise OAuthError(OAuthCode.UNAUTHORIZED_CLIENT, what)
        return client

    def asked(self, page: FromPage, *, path: str) -> Asked:
        """Return what the client asks for at `path`.

        Raises: OAuthError, UseNonce, Unavailable.
        """
        if not _ELSEWHERE.isdisjoint(page.parameters):
            raise OAuthError(OAuthCode.INVALID_REQUEST, "The refresh token is a cookie here, and there is no secret.")
        client = self.client(page)
        thumbprint = self.check_proof.of(client, page.proof, path=path)
        return Asked(client, page.parameters, thumbprint, self.clock.now())
