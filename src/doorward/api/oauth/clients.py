"""Which client a request comes from."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeVar

from doorward.api.visit import Visit
from doorward.core.kernel.ids import ClientId
from doorward.core.oauth.clients.client_secrets import ClientSecrets, is_live_secret
from doorward.core.oauth.clients.rules import client_auth
from doorward.core.oauth.errors import ClientRefused
from doorward.core.oauth.records import Client, ClientAuthentication

ResultT = TypeVar("ResultT")
_IN_FORMS: Final = frozenset({"client_id", "client_secret", "client_assertion", "client_assertion_type"})
_HEADERS_REMEMBERED: Final = 1024
_SIGNED: Final = frozenset({"client_assertion", "request"})
_ADDRESS: Final = "https:"


async def in_lane(visit: Visit, parameters: Mapping[str, str | Sequence[str]], flow: Callable[[], ResultT]) -> ResultT:
    """Return what a flow returns that looks a client up, from the lane where it holds up nobody else.

    A client that signs may have its keys on a server of its own, and one that is an address is described there: how
    long that takes to answer is up to whoever names it.
    """
    named = parameters.get("client_id", "")
    ids = (named,) if isinstance(named, str) else named
    asks_elsewhere = not _SIGNED.isdisjoint(parameters) or any(each[:6].lower() == _ADDRESS for each in ids)
    lanes = visit.doors.lanes
    return await (lanes.web if asks_elsewhere else lanes.main)(flow)


def authenticated(visit: Visit, parameters: Mapping[str, str]) -> Client:
    """Return the client that a request comes from; a public one is only named. Call it from a lane.

    Raises: OAuthError, TooMany, Unavailable.
    """
    flows = visit.doors.flows
    known = flows.tokens.introspect.clients
    since = known.before_reading()
    client = flows.clients.authenticate(visit.header(b"authorization"), parameters, address=visit.address)
    known.remember(client, since)
    return client


def proven(visit: Visit, parameters: Mapping[str, str]) -> Client:
    """Return the client that a request comes from, if it can prove who it is. Call it from a lane.

    Raises: OAuthError, TooMany, Unavailable.
    """
    client = authenticated(visit, parameters)
    if client.is_public:
        raise ClientRefused
    return client


def proven_at_once(visit: Visit, parameters: Mapping[str, str]) -> Client | None:
    """Return the client if its secret in the header proves it and it is at hand; None means: ask, from a lane.

    Nothing is refused and nothing is counted here: that is done there.
    """
    flows, authorization = visit.doors.flows, visit.header(b"authorization")
    if authorization is None or not _IN_FORMS.isdisjoint(parameters):
        return None
    client_id, digest = _named(flows.clients.authenticate.secrets, authorization)
    client = flows.tokens.introspect.clients.cached(client_id)
    if client is None or client.disabled_at is not None:
        return None
    if client.authentication is not ClientAuthentication.SECRET_BASIC:
        return None
    return client if is_live_secret(client, digest, visit.doors.clock.now()) else None


@lru_cache(_HEADERS_REMEMBERED)
def _named(secrets: ClientSecrets, authorization: str) -> tuple[ClientId, bytes]:
    """Return whom a header names and the digest of its secret, which is empty where it was not made here."""
    try:
        name, secret = client_auth.read_basic(authorization)
    except ClientRefused:
        return ClientId(""), b""
    return ClientId(name), secrets.digest_of(secret) or b""
