"""Applications that register themselves, where the deployment lets them.

Source: RFC 7591 section 3; RFC 7592 section 2.
"""

import json
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from doorward.api.answers import told
from doorward.api.classes import RouteClass
from doorward.api.doors import Doors
from doorward.api.needs import NeedsDoors, NeedsVisit
from doorward.api.visit import Visit
from doorward.core.keys.jose import JsonValue
from doorward.core.oauth.clients.rules.metadata import Metadata, metadata_of
from doorward.core.oauth.errors import OAuthCode, OAuthError
from doorward.core.oauth.records import Client

router = APIRouter(prefix="/oauth/register", tags=[RouteClass.OAUTH])

_SCHEME: Final = "bearer "
_CREATED: Final = 201
_NEVER: Final = 0
"""A secret that does not expire (RFC 7591 section 3.2.1)."""


@router.post("", status_code=_CREATED, response_class=Response)
async def register_client(visit: NeedsVisit, doors: NeedsDoors) -> Response:
    """Register an application (RFC 7591). Closed unless the deployment opens it; a token may be asked for."""
    made = await doors.lanes.main(doors.flows.clients.register, _metadata(visit), initial_token=_token(visit))
    return told(_answer(doors, made.registered.client, made.token, secret=made.registered.secret), _CREATED)


@router.get("/{client_id}", response_class=Response)
async def show_registration(client_id: str, visit: NeedsVisit, doors: NeedsDoors) -> Response:
    """Show a registration to who has its token (RFC 7592 section 2.1). Its secret is never told again."""
    token = _token(visit) or ""
    client = await doors.lanes.main(doors.flows.clients.manage_registration.show, client_id, token)
    return told(_answer(doors, client, token))


@router.put("/{client_id}", response_class=Response)
async def replace_registration(client_id: str, visit: NeedsVisit, doors: NeedsDoors) -> Response:
    """Replace a registration as a whole (RFC 7592 section 2.2)."""
    token, manage = _token(visit) or "", doors.flows.clients.manage_registration
    registered = await doors.lanes.main(manage.replace, client_id, token, metadata=_metadata(visit))
    return told(_answer(doors, registered.client, token, secret=registered.secret))


@router.delete("/{client_id}", status_code=204)
async def remove_registration(client_id: str, visit: NeedsVisit, doors: NeedsDoors) -> None:
    """Remove a registration, with everything that the application was granted (RFC 7592 section 2.3)."""
    await doors.lanes.main(doors.flows.clients.manage_registration.remove, client_id, _token(visit) or "")


def _metadata(visit: Visit) -> Metadata:
    """Return the members of the body, which the front has read once already: each comes once."""
    value: JsonValue = json.loads(visit.body or b"null")
    if not isinstance(value, dict):
        raise OAuthError(OAuthCode.INVALID_CLIENT_METADATA, "The body is a JSON object.")
    return value


def _token(visit: Visit) -> str | None:
    presented = visit.header(b"authorization") or ""
    is_bearer = presented[: len(_SCHEME)].lower() == _SCHEME
    return presented[len(_SCHEME) :].strip(" ") if is_bearer else None


def _answer(doors: Doors, client: Client, token: str, *, secret: str | None = None) -> dict[str, JsonValue]:
    given: dict[str, JsonValue] = {"client_secret": secret, "client_secret_expires_at": _NEVER} if secret else {}
    return {
        **metadata_of(client),
        **given,
        "registration_access_token": token,
        "registration_client_uri": f"{doors.issuer.rstrip('/')}/oauth/register/{client.id}",
    }
