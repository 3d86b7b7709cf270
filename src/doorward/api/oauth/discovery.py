"""What this server tells of itself, at the paths where applications look.

Source: OpenID Connect Discovery 1.0 section 4; RFC 8414 section 3; RFC 9728 section 3.
"""

from typing import Final
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from doorward.api.classes import RouteClass
from doorward.api.doors import Doors
from doorward.api.thin import PublicDocument, ThinRoute
from doorward.api.visit import Visit
from doorward.core.kernel.json_value import compact_json
from doorward.core.oauth.discover import metadata, resource_metadata

OPENID: Final = "/.well-known/openid-configuration"
SERVER: Final = "/.well-known/oauth-authorization-server"
RESOURCE: Final = "/.well-known/oauth-protected-resource"
_USERINFO: Final = "/oauth/userinfo"


def discovery_router(doors: Doors) -> APIRouter:
    """Return the routes of the metadata of one deployment; its issuer, and nothing of a request, decides what it says.

    An issuer with a path has them below that path, and between host and path too, where applications look first.
    """
    hot = APIRouter(tags=[RouteClass.PUBLIC], route_class=ThinRoute)
    flows = doors.flows
    server = PublicDocument(
        compact_json(
            metadata(
                doors.issuer,
                grants=flows.tokens.give.grants,
                acrs=flows.requests.push.means.acrs,
                registers=flows.clients.register.is_open,
                reads_documents=flows.clients.find.documents is not None,
                details_types=flows.requests.authorize.read.means.details_types,
            )
        )
    )
    resource = PublicDocument(compact_json(resource_metadata(doors.issuer)))

    async def show_metadata(request: Request) -> Response:
        """Show how to speak OAuth 2.1 and OpenID Connect with this server (RFC 8414)."""
        return server.answer(Visit.of(request.scope))

    async def show_resource(request: Request) -> Response:
        """Show which tokens the userinfo endpoint takes (RFC 9728)."""
        return resource.answer(Visit.of(request.scope))

    hot.get(OPENID, name="show_openid_configuration")(show_metadata)
    hot.get(SERVER, name="show_authorization_server")(show_metadata)
    hot.get(f"{RESOURCE}{_USERINFO}", name="show_protected_resource")(show_resource)
    path = urlsplit(doors.issuer).path.rstrip("/")
    if path:
        openid, authorization_server, protected_resource = between_host_and(path)
        for place in (openid, authorization_server):
            hot.get(place, name="show_metadata_by_path", include_in_schema=False)(show_metadata)
        hot.get(protected_resource, name="show_resource_by_path", include_in_schema=False)(show_resource)
    return hot


def between_host_and(path: str) -> tuple[str, str, str]:
    """Return where the documents of an issuer with a path stand at the root of its host.

    Source: RFC 8414 sections 3.1 and 5; RFC 9728 section 3.1.
    """
    return f"{OPENID}{path}", f"{SERVER}{path}", f"{RESOURCE}{path}{_USERINFO}"
