"""Who comes into the console, and who does not."""

import sqlite3
from contextlib import closing
from datetime import timedelta

from doorward.api.pages import place
from doorward.core.access.records import OPERATOR
from doorward.core.sessions.records import EndReason
from doorward.core.sessions.rules import FRESH_FOR
from tests.functional.pages.visitor import Visitor
from tests.functional.site import Site

TOKEN = place.token_of("/console/accounts?q=margaret")


def test_console_leads_strangers_to_sign_in_and_back(visitor: Visitor) -> None:
    led_to = visitor.open("/console").led_to

    visitor.follow().fill("sign-in-form", username="olga", password="correct horse battery staple")

    assert led_to == f"/sign-in?request={place.token_of('/console')}"
    assert visitor.led_to == "/console"
    assert visitor.follow().status == 200


def test_console_leads_whoever_is_signed_in_already_straight_back(operator: Visitor) -> None:
    assert operator.open(f"/sign-in?request={TOKEN}").led_to == "/console/accounts?q=margaret"


ELSEWHERE = (
    "/account",
    "//evil.example",
    "https://evil.example/console",
    "/console//evil.example",
    "/console/../sign-out",
    "/console/%2e%2E/sign-out",
    "/console/.%2e",
    "/console\\..\\evil",
    "/console@evil.example",
    "/consolefoo",
    "/console?x=<script>",
    "/console\r\nset-cookie: a=b",
    "/console/" + "a" * 1024,
    "",
)


def test_place_that_is_not_of_the_console_leads_nowhere(operator: Visitor) -> None:
    for elsewhere in ELSEWHERE:
        token = place.token_of(elsewhere)
        assert operator.open(f"/sign-in?request={token}").led_to == "/account", elsewhere
        form = operator.open(f"/account/confirm?request={token}").paper.forms["confirm-form"]
        assert form.fields.keys() == {"csrf_token", "password"}, elsewhere


def test_console_is_closed_to_members_and_says_nothing_of_itself(member: Visitor) -> None:
    member.open("/console")

    assert member.status == 403
    assert member.paper.texts["error-code"] == "FORBIDDEN"
    assert not {"console-nav", "sections", "results"} & member.paper.ids
    assert member.open("/account").status == 200


def test_console_refusal_leads_on_to_a_page_that_works(member: Visitor) -> None:
    member.open("/console")

    step = next(each["href"] for tag, each in member.paper.elements if each.get("id") == "account-link")

    assert member.open(step or "").status == 200


def test_role_that_was_taken_away_elsewhere_closes_the_console_at_once(pages: Site, operator: Visitor) -> None:
    pages.house.flows.recognise.snapshots._bound = timedelta(minutes=1)  # type: ignore[attr-defined]  # what others forget
    assert operator.open("/account").status == 200
    assert operator.open("/console").status == 200

    with closing(sqlite3.connect(pages.file)) as store, store:  # as another instance writes it: nobody here is told
        store.execute("DELETE FROM dw_roles WHERE role = 'operator'")

    assert operator.open("/console").status == 403


def test_session_that_ended_closes_the_console_at_once(pages: Site, operator: Visitor) -> None:
    olga = pages.house.flows.show_account("olga").account
    pages.house.flows.end_all_sessions(olga.id, reason=EndReason.SIGNED_OUT_ELSEWHERE)

    assert operator.open("/console").led_to.startswith("/sign-in?notice=session_ended&request=console.")


def test_role_that_was_granted_counts_from_the_next_sign_in_on(pages: Site, member: Visitor) -> None:
    pages.house.flows.set_role("margaret", OPERATOR, granted=True)

    before = member.open("/console").status
    member.open("/sign-out").fill("sign-out-form")
    after = member.sign_in().open("/console").status

    assert (before, after) == (403, 200)


def test_console_takes_no_other_cookie(operator: Visitor, pages: Site) -> None:
    for kind in ("access", "refresh", "device", "csrf"):
        value = next(held.value for held in operator.client.cookies.jar if held.name.endswith(f"dw_{kind}"))
        thief = Visitor(pages)
        thief.client.cookies.set("__Host-dw_sso", value or "", domain="auth.example")
        assert thief.open("/console").led_to.startswith("/sign-in?"), kind


def test_console_takes_no_bearer(pages: Site) -> None:
    app = pages.device()
    app.sign_in("olga")

    answer = app.client.get("/console", headers={"authorization": f"Bearer {app.access_token}"}, follow_redirects=False)

    assert answer.headers["location"].startswith("/sign-in?")


def test_admin_routes_take_no_cookie(operator: Visitor) -> None:
    assert operator.open("/v1/admin/clients").status == 401


def test_console_with_a_token_of_somebody_else_is_theirs_alone(pages: Site, member: Visitor) -> None:
    olga = Visitor(pages).sign_in("olga")
    planted = Visitor(pages)
    planted.client.cookies.set("__Host-dw_sso", member.cookie("sso") or "", domain="auth.example")

    assert planted.open("/console").status == 403
    assert olga.open("/console").status == 200


def test_confirming_leads_back_to_where_it_was_asked_for(pages: Site, operator: Visitor) -> None:
    pages.clock.advance(FRESH_FOR * 2)
    operator.open(f"/account/confirm?request={TOKEN}")

    wrong = operator.fill("confirm-form", password="incorrect zebra voltage clip").status
    operator.fill("confirm-form", password="correct horse battery staple")

    assert wrong == 401
    assert operator.led_to == "/console/accounts?q=margaret"
