"""Reading an authorization request: whose it is, and what of it counts."""

from dataclasses import dataclass
from typing import Final

from doorward.core.kernel.clock import Clock
from doorward.core.kernel.outgoing import NotFetched
from doorward.core.kernel.work import OpensView
from doorward.core.oauth.authorize.checks import KNOWN, Means, check, find_address
from doorward.core.oauth.authorize.errors import ClientUnknown, RedirectRefused, RequestUnknown, RequestUnreadable
from doorward.core.oauth.authorize.keep_requests import KeptRequests, token_of
from doorward.core.oauth.authorize.records import Asked, Fault, Kept, Read, Values
from doorward.core.oauth.authorize.request_object import RequestObjects
from doorward.core.oauth.clients.find import FindClient
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.records import Client
from doorward.core.onetime.ports import HasOneTimes

_NO_KEYS: Final = "The keys of the client could not be fetched."


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """Finds the client, and what it asks for: in the request itself, in an object that it signed, or kept here."""

    find: FindClient
    view: OpensView[HasOneTimes]
    means: Means
    requests: KeptRequests
    objects: RequestObjects
    clock: Clock

    def __call__(self, presented: Values, *, browser: bytes) -> Read | Fault:
        """Return the request, checked.

        Raises: ClientUnknown, RedirectRefused, RequestUnreadable, RequestUnknown: nothing goes to the application.
        """
        client = self._client(presented)
        kept = self._kept(client, presented, browser)
        if kept is not None:
            return self._checked(client, kept.values, kept)
        try:
            _require_no_push(client)
            values = self.values(client, presented)
        except OAuthError as error:
            return self._fault(client, presented, error)
        except NotFetched:
            return self._fault(client, presented, OAuthError(OAuthCode.TEMPORARILY_UNAVAILABLE, _NO_KEYS))
        return self._checked(client, values, None)

    def kept(self, token: str, *, browser: bytes) -> Read:
        """Return a request that waits for the person at this browser, checked again.

        Raises: RequestUnknown; RedirectRefused, when the client gave the address up meanwhile.
        """
        kept = self._find(token)
        client = None if kept is None else self.find(kept.client_id)
        if kept is None or client is None or client.disabled_at is not None or kept.browser != browser:
            raise RequestUnknown
        read = self._checked(client, kept.values, kept)
        if isinstance(read, Fault):
            raise RequestUnknown
        return read

    def values(self, client: Client, presented: Values) -> Values:
        """Return the parameters that count: those inside a request object, where there is one (RFC 9101 section 5).

        Raises: OAuthError; NotFetched, when the keys of a client that signs are not to be had.
        """
        uris, objects = presented.get("request_uri", ()), presented.get("request", ())
        if len(uris) > 1 or len(objects) > 1:
            raise OAuthError(OAuthCode.INVALID_REQUEST, "A parameter was sent more than once.")
        if uris:
            raise OAuthError(OAuthCode.REQUEST_URI_NOT_SUPPORTED, "A request_uri must come from this server.")
        return self.objects.read(objects[0], client) if objects else presented

    def _checked(self, client: Client, values: Values, kept: Kept | None) -> Read | Fault:
        known = {name: given for name, given in values.items() if name in KNOWN or len(given) > 1}
        found = check(Asked(client, known), self.means)
        return Read(found, kept) if isinstance(found, Asked) else found

    def _fault(self, client: Client, outer: Values, error: OAuthError) -> Fault:
        """Return a refusal of what cannot be read, where the request says outside of it where an answer may go."""
        try:
            return Fault(error, find_address(Asked(client, outer), self.means).to)
        except RedirectRefused:
            raise RequestUnreadable from None

    def _client(self, presented: Values) -> Client:
        """Return the client that a request is of; there is no answer to one that is unknown or switched off."""
        ids = presented.get("client_id", ())
        if len(ids) > 1:
            raise RequestUnreadable
        client = self.find(ids[0]) if ids else None
        if client is None or client.disabled_at is not None:
            raise ClientUnknown
        return client

    def _find(self, token: str) -> Kept | None:
        with self.view() as view:
            return self.requests.find(view, token, now=self.clock.now())

    def _kept(self, client: Client, presented: Values, browser: bytes) -> Kept | None:
        """Return the kept request that a URI of ours names, which is this client's and no other browser's."""
        uris = presented.get("request_uri", ())
        token = token_of(uris[0]) if len(uris) == 1 else None
        if token is None:
            return None
        kept = self._find(token)
        if kept is None or kept.client_id != client.id or kept.browser not in (None, browser):
            raise RequestUnknown
        if "request" in presented:
            raise RequestUnreadable
        return kept


def _require_no_push(client: Client) -> None:
    """Return when the client need not push its requests (RFC 9126 section 5)."""
    if client.requires_pushed_request:
        raise OAuthError(OAuthCode.INVALID_REQUEST, "The client must push its requests.")
