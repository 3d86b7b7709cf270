"""Writing authorization responses.

Source: RFC 6749 sections 4.1.2 and 4.1.2.1; RFC 9207.
"""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from doorward.core.oauth.authorize.records import Address, Reply
from doorward.core.oauth.errors import OAuthCode


@dataclass(frozen=True, slots=True)
class Replies:
    """Writes answers to applications. Every one of them says who gives it (RFC 9207 section 2)."""

    issuer: str

    def code(self, address: Address, code: str) -> Reply:
        """Return the answer with a code."""
        return self._reply(address, {"code": code})

    def error(self, address: Address, error: OAuthCode, description: str) -> Reply:
        """Return the answer with an error."""
        return self._reply(address, {"error": error.value, "error_description": description}, error)

    def _reply(self, address: Address, parameters: dict[str, str], error: OAuthCode | None = None) -> Reply:
        state = {} if address.state is None else {"state": address.state}
        return Reply(address, {**parameters, **state, "iss": self.issuer}, error)


def location_of(reply: Reply) -> str:
    """Return where a reply in the query leads; what the registered address has in its query stays (section 3.1.2)."""
    uri = reply.address.redirect_uri
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(reply.parameters, quote_via=quote)}"
