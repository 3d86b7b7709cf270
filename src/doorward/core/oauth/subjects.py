"""How people are called towards applications: by the id of their account, or by a name for each sector.

Source: OpenID Connect Core 1.0 section 8.
"""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from doorward.core.kernel import secrets
from doorward.core.kernel.ids import AccountId
from doorward.core.oauth.records import Client


@dataclass(frozen=True, slots=True)
class Subjects:
    """Names people. A pairwise name is the same for every client of one sector, and tells others nothing.

    The key decides the names for good: it comes from the first secret that the deployment had.
    """

    key: bytes = field(repr=False)

    def of(self, client: Client, account_id: AccountId) -> str:
        """Return the `sub` of an account for a client."""
        if not client.is_pairwise:
            return account_id
        return secrets.encode(secrets.mac(self.key, sector_of(client).encode(), account_id.encode()))


def sector_of(client: Client) -> str:
    """Return the sector of a client: the host that was registered for it, or that of its redirect URIs, or its id.

    Only who has a host answers at its https addresses. Whoever has another one besides is no part of its sector.
    """
    if client.sector is not None:
        return client.sector
    places = [urlsplit(uri) for uri in client.redirect_uris]
    hosts = {place.hostname if place.scheme == "https" else None for place in places}
    sole = hosts.pop() if len(hosts) == 1 else None
    return sole or client.id
