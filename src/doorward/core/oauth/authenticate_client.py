"""Finding out which client a request comes from: one flow for every endpoint."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from doorward.core.audit.rules import network_of
from doorward.core.kernel.clock import Clock
from doorward.core.kernel.errors import TooMany
from doorward.core.kernel.work import OpensWork
from doorward.core.keys.errors import TokenRefused
from doorward.core.keys.jose import Parsed
from doorward.core.limits.ports import RateCounters
from doorward.core.limits.records import limit
from doorward.core.oauth.clients.client_secrets import ClientSecrets, is_live_secret
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.clients.rules import client_assertion, client_auth
from doorward.core.oauth.clients.rules.client_auth import PresentedClient
from doorward.core.oauth.errors import ClientRefused
from doorward.core.oauth.proofs.client_keys import ClientKeys
from doorward.core.oauth.records import Client, ClientAuthentication
from doorward.core.oauth.rules.uri import LONGEST
from doorward.core.onetime.ports import HasOneTimes
from doorward.core.onetime.records import Purpose

ENDPOINTS: Final = ("/oauth/token", "/oauth/par", "/oauth/introspect", "/oauth/revoke", "/oauth/device_authorization")
"""Where clients prove themselves; an assertion may name one of these addresses as its audience."""


_BY_SECRET: Final = frozenset({ClientAuthentication.SECRET_BASIC, ClientAuthentication.SECRET_POST})


@dataclass(frozen=True, slots=True)
class AuthenticateClient:
    """Return the client that a request comes from, in the one way that it is registered for.

    A secret that was not made here is refused without a read of any store. What fails is counted, by client and
    network; what succeeds is not, so nobody can shut a client out that knows its secret.
    Source: RFC 6749 sections 2.3, 3.2.1 and 10.10.
    """

    find: FindClient
    work: OpensWork[HasOneTimes]
    secrets: ClientSecrets
    keys: ClientKeys
    counters: RateCounters
    clock: Clock
    issuer: str

    def __call__(self, authorization: str | None, form: Mapping[str, str], *, address: str | None) -> Client:
        """Return the client. A public one is only named, never proven: what it presents besides must be bound to it.

        `authorization` is the header field as it came, `form` the fields of the body, each of which came once.
        Raises: ClientRefused; OAuthError, when the request contradicts itself; TooMany; Unavailable.
        """
        named = ""
        try:
            presented = client_auth.read(authorization, form)
            named = presented.client_id
            return self._proven(presented)
        except ClientRefused:
            self._count(named, address)
            raise

    def _proven(self, presented: PresentedClient) -> Client:
        secret = self._digest(presented)
        client = None if secret is None else self.find(presented.client_id)
        refusal = ClientRefused(by_header=presented.by_header)
        if secret is None or client is None or client.disabled_at is not None:
            raise refusal
        if client.authentication is not presented.method:
            raise refusal
        match presented.method:
            case ClientAuthentication.NONE:
                is_proven = True
            case ClientAuthentication.SECRET_BASIC | ClientAuthentication.SECRET_POST:
                is_proven = is_live_secret(client, secret, self.clock.now())
            case _:
                is_proven = presented.assertion is not None and self._is_believed(client, presented.assertion)
                client = self.find(presented.client_id)  # fetching its keys may have taken seconds
        if not is_proven or client is None or client.disabled_at is not None:
            raise refusal
        return client

    def _digest(self, presented: PresentedClient) -> bytes | None:
        """Return the digest of the secret; nothing where there is to be none, None where it cannot be right."""
        if presented.secret:
            return self.secrets.digest_of(presented.secret)
        return None if presented.method in _BY_SECRET else b""

    def _is_believed(self, client: Client, assertion: Parsed) -> bool:
        now = self.clock.now()
        endpoints = [f"{self.issuer}{path}" for path in ENDPOINTS]
        try:
            spending = client_assertion.check(assertion, client, issuer=self.issuer, endpoints=endpoints, now=now)
        except TokenRefused:
            return False
        if not self.keys.signed(client, assertion):
            return False
        with self.work() as work:
            return work.onetimes.spend(Purpose.CLIENT_ASSERTION, spending.digest, until=spending.until, now=now)

    def _count(self, client_id: str, address: str | None) -> None:
        network = network_of(address)
        place = network.hex() if network is not None else "invalid"
        for name, key in (("client_failures", f"{client_id[:LONGEST]} {place}"), ("client_failures_network", place)):
            allowance = self.counters.hit(limit(name), key)
            if not allowance.admitted:
                raise TooMany(allowance.reset_after)
