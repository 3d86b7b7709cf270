"""Getting the token that opens the feed, by the credentials of a service.

Source: RFC 6749 sections 2.3.1 and 4.4; RFC 8707 section 2.
"""

from dataclasses import dataclass, field
from urllib.parse import quote_plus

import httpx2

from doorward.core.keys.revocations import FEED_SCOPE, audience_of
from doorward.resource.fetch import PATIENCE_SECONDS, Issuer


class NotAuthorized(RuntimeError):
    """The issuer gives no token to a service; the message says what it answered."""


@dataclass(frozen=True, slots=True)
class ServiceCredentials:
    """Gets a token for the feed of an issuer each time it is called: what a feed takes as `authorize`.

    The client is of the type `service`, with the scope `revocations.read` and the resource `{issuer}/v1/feed`.
    """

    issuer: Issuer
    client_id: str
    client_secret: str = field(repr=False)

    def __call__(self) -> str:
        """Return an access token.

        Raises: NotAuthorized, httpx2.HTTPError.
        """
        url = self.issuer.url
        fields = {"grant_type": "client_credentials", "scope": FEED_SCOPE, "resource": audience_of(url)}
        proof = (quote_plus(self.client_id), quote_plus(self.client_secret))
        answer = httpx2.post(f"{url}/oauth/token", data=fields, auth=proof, timeout=PATIENCE_SECONDS)
        try:
            members = answer.json()
        except ValueError:
            members = None
        token = members.get("access_token") if isinstance(members, dict) else None
        if not answer.is_success or not isinstance(token, str):
            error = members.get("error") if isinstance(members, dict) else None
            raise NotAuthorized(f"{url}/oauth/token answers {answer.status_code} {error or ''}".rstrip())
        return token
