"""Pushed authorization requests: a client sends its request itself, and the browser carries a reference to it.

Source: RFC 9126.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.work import OpensWork
from doorward.core.oauth.authorize.checks import KNOWN, Means, check
from doorward.core.oauth.authorize.errors import RedirectRefused
from doorward.core.oauth.authorize.keep_requests import URN, KeptRequests
from doorward.core.oauth.authorize.read_request import ReadRequest
from doorward.core.oauth.authorize.records import Asked, Fault, Values
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.records import REQUEST_LIVES_FOR, Client
from doorward.core.onetime.ports import HasOneTimes

_KEY: str = "dpop_jkt"


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a client gets for a request that it pushed."""

    request_uri: str
    expires_in: timedelta


@dataclass(frozen=True, slots=True)
class PushRequest:
    """Keep a request of a client that has proven who it is."""

    work: OpensWork[HasOneTimes]
    read: ReadRequest
    requests: KeptRequests
    means: Means
    clock: Clock

    def __call__(self, client: Client, presented: Values, *, key_thumbprint: str | None = None) -> Pushed:
        """Return the URI for the request. `key_thumbprint` is that of a proof of possession which came along.

        Everything is checked as it is at the authorization endpoint, and there once more (section 4).
        Raises: OAuthError; NotFetched, when the keys of a client that signs are not to be had.
        """
        if presented.get("client_id", (client.id,)) != (client.id,):
            raise OAuthError(OAuthCode.INVALID_REQUEST, "The client_id is not that of the client that pushes.")
        if "request_uri" in presented:
            raise OAuthError(OAuthCode.INVALID_REQUEST, "A request_uri cannot be pushed.")
        values = self._bound(self.read.values(client, presented), key_thumbprint)
        try:
            found = check(Asked(client, values), self.means)
        except RedirectRefused as refusal:
            raise OAuthError(OAuthCode.INVALID_REQUEST, refusal.detail) from None
        if isinstance(found, Fault):
            raise found.error
        kept_values = {name: given for name, given in found.values.items() if name in KNOWN}
        with self.work() as work:
            kept = self.requests.push(work, client.id, kept_values, now=self.clock.now())
        return Pushed(URN + kept.token, REQUEST_LIVES_FOR)

    @staticmethod
    def _bound(values: Values, key_thumbprint: str | None) -> Values:
        """Return the parameters with the key that a proof came from; both ways of naming it agree.

        Source: RFC 9449 section 10.1.
        """
        if key_thumbprint is None:
            return values
        if values.get(_KEY, (key_thumbprint,)) != (key_thumbprint,):
            raise OAuthError(OAuthCode.INVALID_REQUEST, "The dpop_jkt is not that of the proof.")
        bound: Mapping[str, tuple[str, ...]] = {**values, _KEY: (key_thumbprint,)}
        return bound
