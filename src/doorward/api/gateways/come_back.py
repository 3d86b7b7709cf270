"""Where browsers come back to on a guarded host, when somebody has signed in."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from doorward.api.classes import RouteClass
from doorward.api.gateways.told import FAILED, told_at
from doorward.api.limits import network_key, spend
from doorward.api.refusals import CookieRepeated
from doorward.api.thin import ThinRoute
from doorward.api.v1.web.cookies import cookies_of, held
from doorward.api.visit import Visit
from doorward.core.limits.records import limit
from doorward.core.oauth.gateways.errors import EntryRefused
from doorward.core.oauth.gateways.records import is_own
from doorward.core.oauth.gateways.returns import CameBack

hot = APIRouter(tags=[RouteClass.GATEWAY], route_class=ThinRoute, include_in_schema=False)

_LIMIT: Final = limit("authorize")
_ONCE: Final = ("state", "iss")
_SEE_OTHER: Final = 303


@hot.get("/forward-auth/callback")
async def come_back(request: Request) -> Response:
    """Let a browser keep what it is known by on this host, and lead it to where it wanted to go.

    On the issuer's own host the session of the pages is known already, and the code is left to expire.
    """
    visit = Visit.of(request.scope)
    doors, issuer = visit.doors, visit.doors.issuer
    await spend(visit, _LIMIT, network_key(visit.address))
    code, came = _came_back(request, visit)
    if came is None or not code:
        return RedirectResponse(told_at(issuer, FAILED, None if came is None else came.host), _SEE_OTHER)
    answer = RedirectResponse(came.target, _SEE_OTHER)
    if is_own(came.host, issuer):
        return answer
    try:
        entered = await doors.lanes.main(doors.flows.gateways.enter, code, came)
    except EntryRefused:
        return RedirectResponse(told_at(issuer, FAILED, came.host), _SEE_OTHER)
    cookies = cookies_of(issuer)
    cookies.set(answer, cookies.gate, entered.token, lives_for=entered.lives_for)
    return answer


def _came_back(request: Request, visit: Visit) -> tuple[str, CameBack | None]:
    """Return the code, and where the browser goes on if it is the one that began; each parameter may come once.

    Whoever cancelled brings no code, and is still told where they wanted to go.
    """
    query, cookies = request.query_params, cookies_of(visit.doors.issuer)
    if any(len(query.getlist(name)) != 1 for name in _ONCE) or len(query.getlist("code")) > 1:
        return "", None
    try:
        mark = held(cookies.read(visit.header(b"cookie") or ""), cookies.gate_mark)
    except CookieRepeated:
        return "", None
    if mark is None:
        return "", None
    returns = visit.doors.flows.gateways.returns
    return query.get("code", ""), returns.come_back(
        query["state"], query["iss"], mark=mark, now=visit.doors.clock.now()
    )
