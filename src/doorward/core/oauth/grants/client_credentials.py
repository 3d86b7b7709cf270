"""Exchanging nothing but one's own credentials for a token: a client that acts for itself.

Source: RFC 6749 section 4.4; RFC 9068 sections 2.2 and 5; RFC 9396 section 6.
"""

from dataclasses import dataclass

from doorward.core.kernel.ids import new_id
from doorward.core.keys.keyring import Keyring
from doorward.core.keys.records import AccessToken
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.grants.narrow import DETAILS
from doorward.core.oauth.grants.records import Asked, Issued
from doorward.core.oauth.may_issue import may_act
from doorward.core.oauth.records import GrantType
from doorward.core.oauth.rules import details, scopes
from doorward.core.oauth.tokens.kinds import BEARER, DPOP, userinfo_audience
from doorward.core.sessions.records import LIFETIMES, Kind


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """Give a confidential client a token of its own.

    Nobody stands behind it but the client, which is its subject: there is no session, and nothing is kept. It was read
    a moment ago, when it proved itself; that it is enabled and may do this is asked of that reading. In detail nothing
    is ever granted to a client itself, so whatever it asks for so is more than that.
    """

    keyring: Keyring

    def __call__(self, asked: Asked) -> Issued:
        """Return the token.

        Raises: OAuthError, Unavailable.
        """
        client, life = asked.client, LIFETIMES[Kind.CLIENT].access_token
        if client.is_public or not may_act(client, GrantType.CLIENT_CREDENTIALS):
            raise OAuthError(OAuthCode.UNAUTHORIZED_CLIENT, "The client may not get tokens for itself.")
        default = next(iter(client.resources), userinfo_audience(self.keyring.issuer))
        wanted = asked.parameters.get("resource", default)
        details.narrow(asked.parameters.get(DETAILS), granted=None)
        scope = scopes.join(scopes.allowed(asked.parameters.get("scope"), registered=client.scopes))
        token = AccessToken(
            issuer=self.keyring.issuer,
            subject=client.id,
            audience=scopes.audience(wanted, granted=client.resources, default=default),
            client_id=client.id,
            session_id=None,
            token_id=new_id(asked.now),
            scope=scope,
            issued_at=asked.now,
            expires_at=asked.now + life,
            authenticated_at=None,
            key_thumbprint=asked.key_thumbprint,
        )
        return Issued(
            access_token=self.keyring.sign(token),
            token_type=DPOP if asked.key_thumbprint else BEARER,
            expires_in=life,
            scope=scope,
        )
