"""Pages as answers: templates with what every page must know."""

from typing import Final
from urllib.parse import urlencode, urlsplit

from starlette.responses import HTMLResponse, RedirectResponse

from doorward.api.pages.assets import static_path
from doorward.api.v1.web import csrf
from doorward.api.v1.web.cookies import PRE_SESSION_LIVES_FOR, cookies_of
from doorward.api.visit import Visit
from doorward.core.sessions.records import Snapshot

_SEE_OTHER: Final = 303


def page(
    visit: Visit, template: str, *, session: Snapshot | None, status: int = 200, **context: object
) -> HTMLResponse:
    """Return a page, as whoever owns `session` sees it.

    A browser that has neither session nor pre-session gets one, for the page's forms to be bound to.
    """
    held = csrf.bound_to(visit)
    bound = held or csrf.Bound(csrf.new_pre_session(), is_session=False)
    token = csrf.mint(visit.doors.csrf_key, bound.id)
    user = session.profile if session else None
    answer = HTMLResponse(html(visit, template, user=user, csrf_token=token, **context), status)
    cookies = cookies_of(visit.doors.issuer)
    if held is None:
        cookies.set(answer, cookies.pre, bound.id, lives_for=PRE_SESSION_LIVES_FOR)
    return answer


def html(visit: Visit, template: str, **context: object) -> str:
    """Return the HTML of a template; whatever comes from outside is escaped in it."""
    from doorward.api.pages.sheets import sheet  # noqa: PLC0415 (many processes show no page)

    root_path = root_of(visit)
    return sheet(template).render(
        brand_name=visit.doors.brand_name,
        root_path=root_path,
        home_path=visit.doors.home_path or f"{root_path}/",
        static_path=static_path(root_path),
        csp_nonce=visit.nonce,
        **context,
    )


def go(visit: Visit, path: str, *, notice: str | None = None, request: str | None = None) -> RedirectResponse:
    """Return the answer that leads to another page of ours, which shows the notice of that name.

    `request` is that of an application, which the page leads back to.

    Source: RFC 9110 section 15.4.4 (303 after a form was accepted, so that loading again sends nothing twice).
    """
    told = {name: value for name, value in (("notice", notice), ("request", request)) if value}
    query = f"?{urlencode(told)}" if told else ""
    return RedirectResponse(f"{root_of(visit)}{path}{query}", status_code=_SEE_OTHER)


def go_home(visit: Visit) -> RedirectResponse:
    """Return the answer to whoever came for nothing else: it leads to where the operator says that home is.

    No part of a request says where that is, so nobody can be sent elsewhere from here.
    """
    home = visit.doors.home_path
    return RedirectResponse(home, status_code=_SEE_OTHER) if home else go(visit, "/account")


def root_of(visit: Visit) -> str:
    """Return where the pages are mounted, without a slash at the end."""
    return urlsplit(visit.doors.issuer).path.rstrip("/")
