"""Signing out at the wish of an application.

Source: OpenID Connect RP-Initiated Logout 1.0 section 2.
"""

from collections.abc import Mapping
from functools import partial
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from doorward.api.classes import RouteClass
from doorward.api.middleware.body_size import MAX_FORM_FIELDS, MAX_URL_BYTES
from doorward.api.needs import NeedsVisit
from doorward.api.oauth.clients import in_lane
from doorward.api.pages.render import go, html, page, root_of
from doorward.api.pages.session import MaybeSession
from doorward.api.visit import Visit
from doorward.core.oauth.logout.errors import SignOutRefused
from doorward.core.oauth.logout.sign_out import Leaving

router = APIRouter(tags=[RouteClass.PAGE], include_in_schema=False)

PARAMETERS: Final = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")
KEPT: Final = ("client_id", "post_logout_redirect_uri", "state")
"""What the page's own form says again; it is looked at again then."""

_SEE_OTHER: Final = 303


@router.get("/oauth/logout")
async def show_leave(request: Request, visit: NeedsVisit, session: MaybeSession) -> Response:
    """Ask whether to sign out, for an application. Loading it changes nothing, whoever sent the browser here.

    Where the application proves that it belongs to this session, the form sends itself.
    """
    parameters = _read(request.scope["query_string"])
    doors = visit.doors
    leaving = await in_lane(visit, parameters, partial(doors.flows.tokens.read_sign_out, parameters, session))
    if session is None:
        return depart(visit, leaving)
    visit.form_targets = targets(leaving)
    kept = {name: parameters[name] for name in KEPT if name in parameters}
    if leaving.client is not None:
        kept["client_id"] = leaving.client.id
    return page(
        visit,
        "entry/leave.html",
        session=session,
        client_name=None if leaving.client is None else leaving.client.name,
        fields=kept,
        is_expected=leaving.is_expected,
    )


@router.post("/oauth/logout")
async def take_leave(visit: NeedsVisit) -> Response:
    """Begin the same with a form of another site: the browser comes back with its cookies, and is asked."""
    query = urlencode(_read(visit.body))
    if len(query) > MAX_URL_BYTES // 2:
        raise SignOutRefused
    return RedirectResponse(f"{root_of(visit)}/oauth/logout?{query}", _SEE_OTHER)


def asked_of(form: Mapping[str, str]) -> Mapping[str, str]:
    """Return what a form says of the application that the person came from; nothing where they came by themselves."""
    return {name: form[name] for name in KEPT if form.get(name)}


def depart(visit: Visit, leaving: Leaving) -> Response:
    """Return the answer to somebody who is signed out now."""
    if leaving.location is None:
        return go(visit, "/sign-in", notice="signed_out")
    if not targets(leaving):
        return HTMLResponse(html(visit, "consent/leave.html", user=None, csrf_token="", location=leaving.location))
    return RedirectResponse(leaving.location, _SEE_OTHER)


def targets(leaving: Leaving) -> tuple[str, ...]:
    """Return where the form of the page may lead besides our own origin: browsers follow no redirect elsewhere."""
    parts = urlsplit(leaving.location or "")
    return (f"{parts.scheme}://{parts.netloc}",) if parts.netloc and not parts.netloc.startswith("[") else ()


def _read(text: bytes) -> Mapping[str, str]:
    """Return the parameters of a query or form, each of which may come once; one that is empty did not come.

    Raises: SignOutRefused.
    """
    try:
        pairs = parse_qsl(text.decode("ascii"), errors="strict", max_num_fields=MAX_FORM_FIELDS)
    except ValueError:
        raise SignOutRefused from None
    if len(dict(pairs)) != len(pairs):
        raise SignOutRefused
    return {name: value for name, value in pairs if name in PARAMETERS}
