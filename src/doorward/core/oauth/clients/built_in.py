"""The clients that stand in the code and in no store: nobody can change, disable or remove them by mistake."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from doorward.core.kernel.ids import ClientId
from doorward.core.oauth.records import Client, ClientAuthentication, ClientType, GrantType
from doorward.core.oauth.rules import scopes

DOCS: Final = ClientId("doorward-docs")
"""The documentation at `/docs`, from which requests can be tried out."""

DOCS_RETURN: Final = "/docs/oauth2-redirect"
_BEGINNING: Final = datetime(2026, 1, 1, tzinfo=UTC)


def built_in_clients(issuer: str) -> Mapping[ClientId, Client]:
    """Return the clients of a deployment that come with it, by their ids; all begin with `doorward-`."""
    docs = Client(
        id=DOCS,
        name="API documentation",
        type=ClientType.SPA,
        authentication=ClientAuthentication.NONE,
        created_at=_BEGINNING,
        grants=(GrantType.AUTHORIZATION_CODE,),
        scopes=(scopes.OPENID, scopes.PROFILE, scopes.EMAIL),
        redirect_uris=(f"{issuer.rstrip('/')}{DOCS_RETURN}",),
        is_first_party=True,
    )
    return MappingProxyType({docs.id: docs})
