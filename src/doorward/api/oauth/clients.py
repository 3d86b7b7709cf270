"""Which client a request comes from."""

from collections.abc import Mapping

from doorward.api.visit import Visit
from doorward.core.kernel.ids import ClientId
from doorward.core.oauth.clients.client_secrets import is_live_secret
from doorward.core.oauth.clients.rules import client_auth
from doorward.core.oauth.errors import ClientRefused
from doorward.core.oauth.records import Client, ClientAuthentication

_SECRETS = (ClientAuthentication.SECRET_BASIC, ClientAuthentication.SECRET_POST)


def authenticated(visit: Visit, parameters: Mapping[str, str]) -> Client:
    """Return the client that a request comes from; a public one is only named. Call it from a lane.

    Raises: OAuthError, TooMany, Unavailable.
    """
    authenticate = visit.doors.flows.clients.authenticate
    return authenticate(_authorization(visit), parameters, address=visit.address)


def proven(visit: Visit, parameters: Mapping[str, str]) -> Client:
    """Return the client that a request comes from, if it can prove who it is. Call it from a lane.

    Raises: OAuthError, TooMany, Unavailable.
    """
    client = authenticated(visit, parameters)
    if client.is_public:
        raise ClientRefused
    return client


def proven_at_once(visit: Visit, parameters: Mapping[str, str]) -> Client | None:
    """Return the client if its secret proves it and it is at hand without I/O; None means: ask `proven`, from a lane.

    Nothing is refused and nothing counted here: that is done there.
    Raises: OAuthError, when the request contradicts itself.
    """
    flows = visit.doors.flows
    try:
        presented = client_auth.read(_authorization(visit), parameters)
    except ClientRefused:
        return None
    client = flows.tokens.introspect.clients.cached(ClientId(presented.client_id))
    digest = flows.clients.authenticate.secrets.digest_of(presented.secret)
    if client is None or digest is None or client.disabled_at is not None:
        return None
    if presented.method not in _SECRETS or client.authentication is not presented.method:
        return None
    return client if is_live_secret(client, digest, visit.doors.clock.now()) else None


def _authorization(visit: Visit) -> str | None:
    return visit.header(b"authorization")
