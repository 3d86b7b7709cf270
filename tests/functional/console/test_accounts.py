"""Finding accounts, seeing how they stand, and acting on them."""

from dataclasses import replace

import pytest

from doorward.core.audit.records import AuditKind
from doorward.core.kernel.ids import AccountId, ClientId, SessionId
from doorward.core.oauth.clients.records import Wanted
from doorward.core.oauth.records import ClientType, Consent
from doorward.core.sessions.list_sessions import LISTED
from tests.functional.console.acting import id_of
from tests.functional.pages.visitor import Visitor
from tests.functional.site import Site
from tests.house import WRONG_PASSWORD


def at(pages: Site, name: str, end: str = "") -> str:
    return f"/console/accounts/{id_of(pages, name)}{end}"


def done(pages: Site) -> list[tuple[str, str | None]]:
    """Return what the audit tells of what olga did: each event's kind, and to whom."""
    olga, named = id_of(pages, "olga"), {id_of(pages, name): name for name in ("margaret", "octavia", "olga")}
    with pages.house.store.view() as view:
        events = [entry.event for entry in view.audit.read()]
    return [(each.kind, named.get(each.account_id or "")) for each in events if each.actor_id == olga]


def links(visitor: Visitor, prefix: str) -> list[str]:
    return [
        attributes["href"] or ""
        for tag, attributes in visitor.paper.elements
        if tag == "a" and (attributes.get("id") or "").startswith(prefix)
    ]


def test_accounts_are_listed_newest_first_and_lead_to_each(pages: Site, operator: Visitor) -> None:
    operator.open("/console/accounts")

    found = links(operator, "account-")
    assert sorted(found) == sorted(at(pages, name) for name in ("octavia", "olga", "margaret"))
    assert operator.open(found[-1]).paper.texts["title"]


def test_accounts_page_through_in_both_directions(
    pages: Site, operator: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorward.api.pages.console.accounts.find._SIZE", 2)

    first = links(operator.open("/console/accounts"), "account-")
    second = links(operator.open(links(operator, "pager-next")[0]), "account-")
    back = links(operator.open(links(operator, "pager-prev")[0]), "account-")
    oldest = links(operator.open(links(operator, "pager-last")[0]), "account-")
    newest = links(operator.open(links(operator, "pager-first")[0]), "account-")

    assert (len(first), len(second)) == (2, 1)
    assert back == newest == first
    assert oldest == [first[1], second[0]]


def test_search_finds_by_name_address_and_id(pages: Site, operator: Visitor) -> None:
    for wanted in ("marg", "MARGARET@mail", id_of(pages, "margaret")):
        assert links(operator.open(f"/console/accounts?q={wanted}"), "account-") == [at(pages, "margaret")], wanted


def test_search_goes_on(pages: Site, operator: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorward.api.pages.console.accounts.find._SIZE", 1)

    first = links(operator.open("/console/accounts?q=o"), "account-")
    more = links(operator.open(links(operator, "pager-next")[0]), "account-")

    assert [*first, *more] == [at(pages, "octavia"), at(pages, "olga")]
    assert links(operator, "pager-next") == []


def test_search_that_finds_nobody_tells_of_a_registration_that_waits(pages: Site, operator: Visitor) -> None:
    pages.house.claim("newcomer")

    assert "newcomer@mail.example" in operator.open("/console/accounts?q=newcomer").paper.texts["claim"]
    assert "nothing" in operator.open("/console/accounts?q=newcome").paper.ids


def test_list_at_an_odd_or_forged_place_is_harmless(operator: Visitor) -> None:
    odd = ("older=%00", "after=a%20b", "q=" + "x" * 513, "q=mar&after=x", "q=mar&after=n.!!")
    empty = ("newer=zz", "q=%27%20OR%201=1--", "q=%25", "q=m%25")

    assert {operator.open(f"/console/accounts?{query}").status for query in odd} == {422}
    for query in empty:
        assert links(operator.open(f"/console/accounts?{query}"), "account-") == [], query


def test_disable_and_enable_are_done_after_the_question(pages: Site, operator: Visitor, member: Visitor) -> None:
    asked = operator.open(at(pages, "margaret", "/disable")).paper.texts["consequences"]
    still_open = member.open("/account").status

    operator.fill("ask-form").follow()
    state, closed = operator.paper.texts["state"], member.open("/account").led_to
    operator.open(at(pages, "margaret", "/enable")).fill("ask-form").follow()

    assert "on 1 device end at once" in asked
    assert (still_open, state, closed) == (200, "Disabled", "/sign-in?notice=session_ended")
    assert operator.paper.texts["state"] == "Active"
    assert done(pages) == [(AuditKind.ACCOUNT_DISABLED, "margaret"), (AuditKind.ACCOUNT_ENABLED, "margaret")]


def test_unlock_opens_what_guessing_shut(pages: Site, operator: Visitor) -> None:
    guesser = pages.device("198.51.100.66")
    for _ in range(5):
        guesser.sign_in("margaret", WRONG_PASSWORD)
    shut = "lock" in operator.open(at(pages, "margaret")).paper.ids

    operator.open(at(pages, "margaret", "/unlock")).fill("ask-form").follow()

    assert (shut, "lock" in operator.paper.ids) == (True, False)
    assert guesser.sign_in("margaret").status_code == 200
    assert done(pages) == [(AuditKind.SIGN_IN_UNLOCKED, "margaret")]


def test_one_session_ends_and_the_others_go_on(pages: Site, operator: Visitor, member: Visitor) -> None:
    other = Visitor(pages).sign_in()
    ends = links(operator.open(at(pages, "margaret")), "end-")
    session = next(end for end in ends if "end-session?" in end)

    operator.open(session).fill("ask-form").follow()

    states = sorted(each.open("/account").status for each in (member, other))
    assert states == [200, 303]
    assert done(pages) == [(AuditKind.SESSION_ENDED, "margaret")]


def test_session_of_somebody_else_is_not_ended(pages: Site, operator: Visitor, member: Visitor) -> None:
    octavia = Visitor(pages).sign_in("octavia")
    ends = [end for end in links(operator.open(at(pages, "octavia")), "end-") if "end-session?" in end]
    stolen = ends[0].replace(id_of(pages, "octavia"), id_of(pages, "margaret"))
    token = operator.open(at(pages, "margaret", "/unlock")).paper.forms["ask-form"].fields["csrf_token"]

    operator.post(stolen, {"csrf_token": token})

    assert operator.status == 404
    assert octavia.open("/account").status == 200


def test_sessions_of_very_many_are_cut(pages: Site, operator: Visitor, member: Visitor) -> None:
    account_id = pages.house.flows.show_account("margaret").account.id
    (own,) = pages.house.flows.list_sessions(account_id)
    with pages.house.store.work() as work:
        for number in range(LISTED):
            work.sessions.add(replace(own, id=SessionId(f"{number:026}"), digest=f"{number:032}".encode()))

    shown = operator.open(at(pages, "margaret")).paper.ids
    asked = operator.open(at(pages, "margaret", "/end-sessions")).answer.text

    assert "sessions-cut" in shown
    assert len([each for each in shown if each.startswith("device-")]) == LISTED
    assert f"{LISTED} or more devices" in asked


def test_every_session_ends(pages: Site, operator: Visitor, member: Visitor) -> None:
    operator.open(at(pages, "margaret", "/end-sessions")).fill("ask-form").follow()

    assert member.open("/account").status == 303
    assert "They are signed in nowhere." in operator.paper.texts["sessions"]
    assert done(pages) == [(AuditKind.SESSIONS_ENDED, "margaret")]


def test_roles_are_granted_and_taken_away(pages: Site, operator: Visitor) -> None:
    operator.open(at(pages, "margaret", "/grant?target=keeper")).fill("ask-form").follow()
    granted = pages.house.flows.show_account("margaret").roles
    operator.open(at(pages, "margaret", "/revoke?target=keeper")).fill("ask-form").follow()

    assert granted == ("editor", "keeper")
    assert pages.house.flows.show_account("margaret").roles == ("editor",)
    assert done(pages) == [(AuditKind.ROLE_GRANTED, "margaret"), (AuditKind.ROLE_REVOKED, "margaret")]


def test_role_that_is_none_is_refused_on_the_page(pages: Site, operator: Visitor) -> None:
    for role in ("", "Not+a+role", "%3Cscript%3E", "x" * 65):
        operator.open(at(pages, "margaret", f"/grant?target={role}"))
        assert (operator.status, "target-error" in operator.paper.ids) == (422, True), role
        assert "<script>" not in operator.answer.text.partition("<main")[2]


def test_last_operator_is_told_why_they_stay(pages: Site, operator: Visitor) -> None:
    octavia = id_of(pages, "octavia")
    pages.house.flows.set_role(octavia, "operator", granted=False)

    for end in ("/disable", "/revoke?target=operator"):
        operator.open(at(pages, "olga", end)).fill("ask-form")
        assert operator.status == 409
        assert "Nobody else operates" in operator.paper.texts["error-summary"]
    assert operator.open("/console").status == 200


def test_operator_is_warned_before_they_stop_themselves(pages: Site, operator: Visitor) -> None:
    for end in ("/disable", "/revoke?target=operator", "/end-sessions"):
        asked = operator.open(at(pages, "olga", end)).paper.texts["consequences"]
        assert "your own" in asked or "Yours are among them" in asked, end


def test_operator_who_gives_the_role_up_is_led_out(pages: Site, operator: Visitor) -> None:
    operator.open(at(pages, "olga", "/revoke?target=operator")).fill("ask-form")

    assert operator.led_to == "/account"
    assert operator.open("/console").status == 403


def test_application_is_taken_back(pages: Site, operator: Visitor) -> None:
    with pages.house.store.work() as work:
        margaret = AccountId(id_of(pages, "margaret"))
        work.consents.put(Consent(margaret, ClientId("reports"), "openid", pages.clock.now()))

    operator.open(links(operator.open(at(pages, "margaret")), "revoke-application-")[0]).fill("ask-form").follow()

    assert "No application acts for them." in operator.paper.texts["applications"]
    assert done(pages) == [(AuditKind.CONSENT_REVOKED, "margaret")]


def test_account_that_waits_to_be_deleted_says_until_when(pages: Site, operator: Visitor) -> None:
    pages.house.flows.close_account(AccountId(id_of(pages, "margaret")))

    operator.open(at(pages, "margaret"))
    asked = operator.open(at(pages, "margaret", "/enable")).paper.texts["consequences"]

    assert "It will not be deleted" in asked


def test_names_of_attackers_are_text(pages: Site, operator: Visitor) -> None:
    hostile = "<img src=x onerror=alert(1)>\"'{{ 7*7 }}"
    pages.house.flows.clients.add(
        Wanted(hostile, ClientType.SPA, id="hostile", redirect_uris=("https://a.example/",), contacts=(hostile,))
    )
    pages.device().sign_in(device_name="<script>alert(1)</script>")
    with pages.house.store.work() as work:
        margaret = AccountId(id_of(pages, "margaret"))
        work.consents.put(Consent(margaret, ClientId("hostile"), "<b>x</b>", pages.clock.now()))

    paths = (
        at(pages, "margaret"),
        at(pages, "margaret", "/revoke-application?target=hostile"),
        "/console/accounts?q=%3Cscript%3Ealert(1)%3C/script%3E",
        "/console/clients",
        "/console/clients?q=%3Cimg",
        "/console/clients/hostile",
        "/console/clients/hostile/change",
        "/console/clients/hostile/remove",
        "/console/consents?account=margaret",
        "/console/consents?client=hostile",
        "/console/consents?account=%3Cscript%3E",
    )

    for path in paths:
        paper = operator.open(path).paper
        tags = [tag for tag, _ in paper.elements]
        assert not {"img", "b"} & set(tags), path
        assert tags.count("script") == 4, path
        assert not [name for _, attributes in paper.elements for name in attributes if name.startswith("on")], path
        assert "&#39;49" not in operator.answer.text, path
