"""Where the pages of applications get access tokens, while the browser keeps the refresh token from them in a cookie.

No route here takes a refresh token from a form or puts one into a body, and no other that applications call reads a
cookie.
Source: OAuth 2.0 for Browser-Based Applications section 6.3.
"""

import json

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from doorward.api.answers import give_nonce, told
from doorward.api.classes import RouteClass
from doorward.api.oauth.forms import needed, sent
from doorward.api.thin import ThinRoute
from doorward.api.v1.web.cookies import cookies_of
from doorward.api.visit import Visit
from doorward.core.keys.jose import JsonValue
from doorward.core.oauth.browser.records import FromPage
from doorward.core.oauth.grants.records import Issued
from doorward.core.sessions.records import LIFETIMES, Kind

hot = APIRouter(prefix="/oauth/browser", tags=[RouteClass.SPA], route_class=ThinRoute)


class PageTokens(BaseModel):
    """Tokens for a page, which keeps them in memory (RFC 6749 section 5.1). The refresh token is never among them."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str
    id_token: str | None = None
    authorization_details: list[dict[str, object]] | None = None


class ClientForm(BaseModel):
    """The client that a page is of."""

    client_id: str


class RefreshForm(ClientForm):
    """What may narrow the next access token. The refresh token is the cookie."""

    scope: str | None = None
    resource: str | None = None
    authorization_details: str | None = None


class CodeForm(ClientForm):
    """A code, and what proves that it is this page's (RFC 6749 section 4.1.3; RFC 7636 section 4.5)."""

    code: str
    redirect_uri: str
    code_verifier: str
    resource: str | None = None
    authorization_details: str | None = None


def _takes(form: type[BaseModel]) -> dict[str, JsonValue]:
    """Return what the document says of a route that reads a form by itself."""
    schema: JsonValue = form.model_json_schema()
    return {"requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}}}


@hot.post("/token", response_model=PageTokens, openapi_extra=_takes(CodeForm))
async def give_page_tokens(request: Request) -> Response:
    """Exchange a code for an access token. The refresh token is set as a cookie."""
    visit = Visit.of(request.scope)
    page = _page(request, visit)
    return _answer(visit, page, await visit.doors.lanes.main(visit.doors.flows.browser.exchange, page))


@hot.post("/refresh", response_model=PageTokens, openapi_extra=_takes(RefreshForm))
async def refresh_page_tokens(request: Request) -> Response:
    """Get the next access token, by the cookie.

    A refusal leaves the cookie alone: another tab may have got a new one since.
    """
    visit = Visit.of(request.scope)
    page = _page(request, visit)
    return _answer(visit, page, await visit.doors.lanes.main(visit.doors.flows.browser.refresh, page))


@hot.post("/sign-out", openapi_extra=_takes(ClientForm))
async def sign_out_of_page(request: Request) -> Response:
    """Sign out of the application: what the cookie belongs to ends, with every token of it. The cookie is deleted."""
    visit = Visit.of(request.scope)
    page = _page(request, visit)
    await visit.doors.lanes.main(visit.doors.flows.browser.sign_out, page)
    answer, cookies = told({}), cookies_of(visit.doors.issuer)
    cookies.delete(answer, cookies.of_application(page.client_id))
    return answer


def _page(request: Request, visit: Visit) -> FromPage:
    """Return what a page sends: a form, the browser's word for its origin, and the cookies of its client and device.

    Raises: OAuthError, CookieRepeated.
    """
    parameters, cookies = sent(request, visit), cookies_of(visit.doors.issuer)
    client_id, header = needed(parameters, "client_id"), visit.header(b"cookie") or ""
    return FromPage(
        client_id=client_id,
        origin=visit.header(b"origin") or "",
        parameters=parameters,
        refresh_token=cookies.read_one(header, cookies.of_application(client_id)),
        device_token=cookies.read_one(header, cookies.device),
        proof=visit.header(b"dpop"),
    )


def _answer(visit: Visit, page: FromPage, issued: Issued) -> Response:
    answer = told(
        {
            "access_token": issued.access_token,
            "token_type": issued.token_type,
            "expires_in": int(issued.expires_in.total_seconds()),
            "scope": issued.scope,
            "id_token": issued.id_token,
            "authorization_details": None if issued.details is None else json.loads(issued.details),
        }
    )
    cookies = cookies_of(visit.doors.issuer)
    cookie, lives_for = cookies.of_application(page.client_id), LIFETIMES[Kind.CLIENT].idle
    cookies.set(answer, cookie, issued.refresh_token or "", lives_for=lives_for)
    if page.proof is not None:
        give_nonce(visit, answer)
    return answer
