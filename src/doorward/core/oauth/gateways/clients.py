"""The client that stands for each guarded host at the authorization endpoint; it stands in no store."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from doorward.core.kernel.ids import ClientId
from doorward.core.oauth.gateways.records import ProtectedHost, callback_of
from doorward.core.oauth.records import Client, ClientAuthentication, ClientType, GrantType
from doorward.core.oauth.rules import scopes

_BEGINNING: Final = datetime(2026, 1, 1, tzinfo=UTC)


def guarded_clients(hosts: Iterable[ProtectedHost], issuer: str) -> Mapping[ClientId, Client]:
    """Return the clients by their ids.

    Each must prove who it is at the token endpoint, and has nothing to prove it with: nobody gets a token as it.
    """
    clients = (
        Client(
            id=host.client_id,
            name=host.name,
            type=ClientType.WEB,
            authentication=ClientAuthentication.SECRET_BASIC,
            created_at=_BEGINNING,
            grants=(GrantType.AUTHORIZATION_CODE,),
            scopes=(scopes.OPENID,),
            redirect_uris=(callback_of(host, issuer),),
            is_first_party=True,
        )
        for host in hosts
    )
    return {client.id: client for client in clients}
