"""The page that lists what somebody lets act for them, and taking it back."""

from datetime import timedelta

import pytest

from doorward.core.audit.records import AuditKind
from tests.authorizing import VERIFIER
from tests.builders import CALLBACK, CLIENT
from tests.functional.authorize.guest import OTHER_CLIENT, Guest, another_client, change, consent_of, happened, register
from tests.functional.pages.test_shell import check_page
from tests.functional.site import ABROAD, Site

PAGE = "/account/applications"


def tokens_of(guest: Guest, code: str) -> dict[str, str]:
    """Exchange a code as the application does."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "client_id": CLIENT,
        "code_verifier": VERIFIER,
    }
    answer = guest.site.client().post("/oauth/token", data=fields)
    told: dict[str, str] = answer.json()
    return told


def refresh(guest: Guest, token: str) -> str:
    """Refresh as the application does, and return what comes of it."""
    fields = {"grant_type": "refresh_token", "refresh_token": token, "client_id": CLIENT}
    return str(guest.site.client().post("/oauth/token", data=fields).json().get("error", "tokens"))


def revoke(guest: Guest, client_id: str = CLIENT) -> Guest:
    """Take back what an application may do."""
    guest.open(PAGE)
    crumb = guest.open("/account").paper.forms["username-form"].fields["csrf_token"]
    guest.post(f"{PAGE}/revoke", {"csrf_token": crumb, "client_id": client_id})
    return guest


def test_applications_page_without_any_says_so(member: Guest) -> None:
    member.open(PAGE)

    assert member.status == 200
    assert "no-applications" in member.paper.ids
    check_page(member)


def test_applications_page_names_each_with_its_domain_and_what_it_may_do(provider: Site, regular: Guest) -> None:
    register(provider, another_client())
    provider.clock.advance(timedelta(days=1))
    regular.ask(client_id=OTHER_CLIENT, redirect_uri="https://payroll.example/back", scope="email").follow().consent()

    regular.open(PAGE)

    check_page(regular)
    texts = regular.paper.texts
    assert texts["applications"].index("Payroll") < texts["applications"].index("Reports")
    assert "app.example" in texts[f"application-{CLIENT}"]
    assert "See your username" in texts[f"application-{CLIENT}"]
    assert "See your e-mail address" in texts[f"application-{OTHER_CLIENT}"]
    assert "1 January 2026" in texts[f"application-{CLIENT}"]


def test_applications_page_lists_our_own_while_they_act(provider: Site, member: Guest) -> None:
    change(provider, is_first_party=True)
    tokens_of(member, member.ask().told["code"])

    assert "Reports" in member.open(PAGE).paper.texts["applications"]

    revoke(member)
    assert "no-applications" in member.open(PAGE).paper.ids


def test_applications_page_leads_strangers_to_sign_in(stranger: Guest) -> None:
    assert stranger.open(PAGE).led_to == "/sign-in"


def test_application_that_is_removed_is_signed_out_and_asks_anew(provider: Site, regular: Guest) -> None:
    tokens = tokens_of(regular, regular.ask(scope="openid offline_access profile").follow().consent().told["code"])
    assert refresh(regular, tokens["refresh_token"]) == "tokens"

    revoke(regular)

    assert regular.led_to == f"{PAGE}?notice=application_revoked"
    assert "notice" in regular.follow().paper.ids
    assert "no-applications" in regular.paper.ids
    assert consent_of(provider) is None
    assert refresh(regular, tokens["refresh_token"]) == "invalid_grant"
    assert regular.ask().led_to.startswith("/consent")
    assert happened(provider, AuditKind.CONSENT_REVOKED) == 1


@pytest.mark.parametrize("is_first_party", [False, True])
def test_application_that_is_removed_cannot_exchange_a_code_any_more(
    provider: Site, regular: Guest, *, is_first_party: bool
) -> None:
    code = regular.ask().told["code"]
    if is_first_party:
        change(provider, is_first_party=True)

    revoke(regular)

    assert tokens_of(regular, code)["error"] == "invalid_grant"


@pytest.mark.parametrize("client_id", [OTHER_CLIENT, "nobody", "", "\x00", "x" * 2000])
def test_application_that_has_no_access_cannot_be_removed(regular: Guest, client_id: str) -> None:
    revoke(regular, client_id)

    assert regular.status == 404
    assert "error-summary" in regular.paper.ids
    check_page(regular)


def test_application_of_somebody_else_stays(provider: Site, regular: Guest) -> None:
    provider.house.account("mallory")

    revoke(Guest(provider, ABROAD).sign_in("mallory"))

    assert consent_of(provider) is not None
    assert "code" in regular.ask().told


def test_navigation_leads_to_the_applications(member: Guest) -> None:
    assert any(each.get("href") == PAGE for _, each in member.open("/account").paper.elements)
