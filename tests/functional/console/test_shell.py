"""What every page and every action of the console has in common, tried from the attacker's side."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

from fastapi.routing import APIRoute

from doorward.api.pages.console.operator import require_fresh_operator, require_operator
from doorward.core.sessions.rules import FRESH_FOR
from tests.functional.console.acting import ACTIONS, CHANGES, PAGES, contents, form_at, placed
from tests.functional.pages.paper import Form
from tests.functional.pages.test_shell import check_page
from tests.functional.pages.visitor import Visitor
from tests.functional.site import Site
from tests.functional.test_openapi import asked_for

Send = Callable[[Form], tuple[int, str]]


def all_refused(pages: Site, forms: dict[str, Form], send: Send) -> set[tuple[int, str]]:
    """Send every form, and return how they were refused; none of them may have changed anything."""
    before = contents(pages)
    refused = {path: send(form) for path, form in forms.items()}
    assert contents(pages) == before, refused
    return set(refused.values())


def forms_of(pages: Site, operator: Visitor) -> dict[str, Form]:
    return {path: form_at(operator, placed(pages, path)) for path in CHANGES}


def said(visitor: Visitor) -> tuple[int, str]:
    """Return the status, and the code of a refusal or the page that it leads to."""
    if visitor.status == 303:
        return visitor.status, visitor.led_to.partition("=console.")[0]
    check_page(visitor)
    return visitor.status, visitor.paper.texts.get("error-code", "")


def test_every_page_is_whole_and_changes_nothing(pages: Site, operator: Visitor) -> None:
    before = contents(pages)

    answers = {path: said(operator.open(placed(pages, path))) for path in (*PAGES, *ACTIONS)}

    assert set(answers.values()) == {(200, "")}, answers
    assert contents(pages) == before


def test_every_page_is_closed_to_members(pages: Site, member: Visitor) -> None:
    answers = {path: said(member.open(placed(pages, path))) for path in (*PAGES, *ACTIONS)}

    assert set(answers.values()) == {(403, "FORBIDDEN")}, answers
    assert "console-nav" not in member.paper.ids


def test_every_page_leads_strangers_to_sign_in(pages: Site, visitor: Visitor) -> None:
    answers = {path: said(visitor.open(placed(pages, path))) for path in (*PAGES, *ACTIONS)}

    assert set(answers.values()) == {(303, "/sign-in?request")}, answers


def test_every_action_asks_whoever_signed_in_long_ago_and_leads_back(pages: Site, operator: Visitor) -> None:
    pages.clock.advance(FRESH_FOR * 2)

    asked = {path: said(operator.open(placed(pages, path))) for path in ACTIONS}
    operator.follow().fill("confirm-form", password="correct horse battery staple")

    assert set(asked.values()) == {(303, "/account/confirm?request")}, asked
    assert operator.led_to == placed(pages, ACTIONS[-1])
    assert operator.follow().status == 200


def test_every_route_asks_for_an_operator_and_every_change_for_a_recent_sign_in(pages: Site) -> None:
    routes = [route for route in pages.app.routes if isinstance(route, APIRoute) and route.path.startswith("/console")]
    asked = {
        (method, route.path): set(asked_for(route.dependant)) for route in routes for method in route.methods or ()
    }
    changes = {path: needs for (method, path), needs in asked.items() if method == "POST"}
    at_any_time = [path for path, needs in changes.items() if require_fresh_operator not in needs]

    assert all(needs & {require_operator, require_fresh_operator} for needs in asked.values())
    assert at_any_time == ["/console/audit/verify"]  # it changes nothing
    assert "/console/consents/revoke" in changes


def test_every_change_of_whoever_signed_in_long_ago_is_refused(pages: Site, operator: Visitor) -> None:
    forms = forms_of(pages, operator)
    pages.clock.advance(FRESH_FOR * 2)

    refused = all_refused(pages, forms, lambda form: said(operator.post(form.action, form.fields)))

    assert refused == {(303, "/account/confirm?request")}


def test_every_change_without_its_token_is_refused(pages: Site, operator: Visitor, member: Visitor) -> None:
    forms = forms_of(pages, operator)
    theirs = member.open("/account").paper.forms["username-form"].fields["csrf_token"]

    for token in (None, "", "made.up", theirs):

        def send(form: Form, token: str | None = token) -> tuple[int, str]:
            without = {name: value for name, value in form.fields.items() if name != "csrf_token"}
            return said(operator.post(form.action, without if token is None else {**without, "csrf_token": token}))

        assert all_refused(pages, forms, send) == {(403, "CSRF_FAILED")}, token


def test_every_change_from_another_site_is_refused(pages: Site, operator: Visitor) -> None:
    forms = forms_of(pages, operator)
    operator.client.headers["sec-fetch-site"] = "cross-site"

    refused = all_refused(pages, forms, lambda form: said(operator.post(form.action, form.fields)))

    assert refused == {(403, "CSRF_FAILED")}


def test_every_change_of_somebody_who_operates_no_more_is_refused(pages: Site, operator: Visitor) -> None:
    forms = forms_of(pages, operator)
    with closing(sqlite3.connect(pages.file)) as store, store:  # as another instance writes it: nobody here is told
        olga = "(SELECT id FROM dw_accounts WHERE username = 'olga')"
        store.execute(f"DELETE FROM dw_roles WHERE account_id = {olga}")  # noqa: S608

    refused = all_refused(pages, forms, lambda form: said(operator.post(form.action, form.fields)))

    assert refused == {(403, "FORBIDDEN")}


def test_every_change_of_a_member_with_a_token_of_theirs_is_refused(
    pages: Site, operator: Visitor, member: Visitor
) -> None:
    forms = forms_of(pages, operator)
    theirs = member.open("/account").paper.forms["username-form"].fields["csrf_token"]

    refused = all_refused(
        pages, forms, lambda form: said(member.post(form.action, {**form.fields, "csrf_token": theirs}))
    )

    assert refused == {(403, "FORBIDDEN")}


def test_every_change_with_a_bearer_is_nobodys(pages: Site, operator: Visitor) -> None:
    forms = forms_of(pages, operator)
    app = pages.device()
    app.sign_in("olga")
    thief = Visitor(pages)
    thief.client.headers["authorization"] = f"Bearer {app.access_token}"

    refused = all_refused(pages, forms, lambda form: said(thief.post(form.action, form.fields)))

    assert refused == {(303, "/sign-in?request")}


MISSING = (
    "/console/nowhere",
    "/console/accounts/x",
    "/console/accounts/margaret",
    "/console/accounts/{id}/nothing",
    "/console/accounts/" + "0" * 26,
    "/console/accounts/" + "0" * 26 + "/disable",
    "/console/accounts/{id}/end-session?target=" + "0" * 26,
    "/console/accounts/{id}/end-session",
    "/console/accounts/{id}/revoke?target=operator",
    "/console/accounts/{id}/revoke-application?target=reports",
    "/console/clients/nobody",
    "/console/clients/nobody/disable",
    "/console/clients/nobody/change",
    "/console/clients/reports/nothing",
    "/console/clients/doorward-docs",
    "/console/consents/revoke?account=margaret&client=reports",
)


def test_what_is_not_there_is_said_so(pages: Site, operator: Visitor) -> None:
    answers = {path: said(operator.open(placed(pages, path))) for path in MISSING}

    assert set(answers.values()) == {(404, "NOT_FOUND")}, answers
    assert operator.paper.ids >= {"console-link", "home-link"}
