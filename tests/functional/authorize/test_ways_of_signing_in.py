"""What applications are told of how somebody signed in, and what they may ask for of it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from doorward.core.keys.jose import JsonValue
from doorward.core.keys.records import AccessToken
from doorward.core.sessions.records import BY_PASSWORD, BY_PROVIDER, Authentication
from doorward.resource import Needs, SignInNeeded
from tests.applications import claims
from tests.authorizing import VERIFIER
from tests.builders import CALLBACK, CLIENT, a_client
from tests.functional.authorize.guest import Guest, account_id, approved, consent_of, register, waiting
from tests.functional.pages.abroad import KIND, a_site_with, come_back, leave
from tests.functional.site import Site
from tests.house import PASSWORD
from tests.upstream import Elsewhere, a_provider

STRONG: Final = "https://refeds.org/profile/mfa"
ABROAD: Final = "phrh"
PASSWORD_ACR: Final = str(BY_PASSWORD.acr)
FEDERATED_ACR: Final = str(BY_PROVIDER.acr)


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere(replace(a_provider(KIND), acrs={ABROAD: STRONG}))


@pytest.fixture
def crossing(tmp_path: Path, empty_store: Path, elsewhere: Elsewhere) -> Iterator[Site]:
    """Yield a site with an application, whose people sign in with a password or another provider."""
    with a_site_with(elsewhere, tmp_path, empty_store) as site:
        register(site, replace(a_client(), is_first_party=True))
        site.house.account("ada")
        yield site


def type_password(guest: Guest) -> Guest:
    """Sign in with a password on the page that is shown."""
    guest.site.clock.advance(timedelta(seconds=1))
    return guest.fill("sign-in-form", username="ada", password=PASSWORD).follow_own()


def go_abroad(guest: Guest, elsewhere: Elsewhere) -> Guest:
    """Sign in with the provider, from the page that is shown."""
    guest.site.clock.advance(timedelta(seconds=1))
    guest.fill(f"with-{KIND}-form")
    url = next(str(facts["href"]) for _, facts in guest.paper.elements if facts.get("id") == "leave-link")
    come_back(guest, elsewhere.authorize(url))
    return guest.follow_own()


def how(guest: Guest) -> Authentication:
    """Return what the code that somebody comes back with says of how they signed in."""
    found = approved(guest.site, guest.told["code"])
    return Authentication(found.acr, found.amr)


def essential(*values: str) -> str:
    return json.dumps({"id_token": {"acr": {"essential": True, "values": values}}})


def tokens(guest: Guest) -> dict[str, str]:
    """Exchange the code that somebody comes back with."""
    fields = {
        "grant_type": "authorization_code",
        "code": guest.told["code"],
        "redirect_uri": CALLBACK,
        "client_id": CLIENT,
        "code_verifier": VERIFIER,
    }
    answer = guest.client.post("/oauth/token", data=fields)
    assert answer.status_code == 200, answer.text
    issued: dict[str, str] = answer.json()
    return issued


def told(token: str) -> list[JsonValue]:
    said = claims(token)
    return [said.get("acr"), said.get("amr")]


def test_password_is_told_as_such_in_every_token(crossing: Site) -> None:
    guest = type_password(Guest(crossing).ask().follow())

    issued = tokens(guest)

    expected: list[JsonValue] = [PASSWORD_ACR, ["pwd"]]
    assert told(issued["id_token"]) == told(issued["access_token"]) == expected
    renewed = {"grant_type": "refresh_token", "refresh_token": issued["refresh_token"], "client_id": CLIENT}
    again = guest.client.post("/oauth/token", data=renewed).json()
    assert told(again["id_token"]) == told(again["access_token"]) == expected


def test_other_provider_is_never_told_as_a_password(crossing: Site, elsewhere: Elsewhere) -> None:
    guest = go_abroad(Guest(crossing).ask().follow(), elsewhere)

    issued = tokens(guest)

    assert told(issued["id_token"]) == told(issued["access_token"]) == [FEDERATED_ACR, None]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"acr": ABROAD, "amr": ["pwd", "otp", "made-up", 1, "otp"]}, Authentication(STRONG, ("otp", "pwd"))),
        ({"acr": ABROAD, "amr": "pwd"}, Authentication(STRONG)),
        ({"acr": ABROAD}, Authentication(STRONG)),
        ({"acr": PASSWORD_ACR, "amr": ["pwd", "hwk"]}, BY_PROVIDER),
        ({"acr": STRONG, "amr": ["mfa"]}, BY_PROVIDER),
        ({"acr": [ABROAD], "amr": ["mfa"]}, BY_PROVIDER),
        ({"amr": ["mfa"]}, BY_PROVIDER),
    ],
    ids=str,
)
def test_other_provider_is_believed_of_the_way_as_far_as_the_operator_says(
    crossing: Site, elsewhere: Elsewhere, said: dict[str, JsonValue], expected: Authentication
) -> None:
    elsewhere.claims = said

    assert how(go_abroad(Guest(crossing).ask().follow(), elsewhere)) == expected


def test_wish_for_another_way_asks_once_and_takes_what_comes(crossing: Site, elsewhere: Elsewhere) -> None:
    guest = Guest(crossing).sign_in("ada")

    guest.ask(acr_values=f"{STRONG} {FEDERATED_ACR}").follow()
    assert how(go_abroad(guest, elsewhere)) == BY_PROVIDER
    assert "code" in guest.ask(acr_values=FEDERATED_ACR).told

    type_password(guest.ask(acr_values=STRONG).follow())
    assert how(guest) == BY_PASSWORD


def test_wish_for_another_way_never_holds_whom_a_provider_lets_through_unasked(
    crossing: Site, elsewhere: Elsewhere
) -> None:
    elsewhere.claims = {"auth_time": int((crossing.clock.now() - timedelta(hours=1)).timestamp())}
    guest = Guest(crossing).sign_in("ada")

    go_abroad(guest.ask(acr_values=STRONG).follow(), elsewhere)

    assert how(guest) == BY_PROVIDER


@pytest.mark.parametrize("values", ["1 2", PASSWORD_ACR, f"0 {PASSWORD_ACR}"])
def test_wish_that_is_met_or_that_nobody_can_meet_asks_nobody(crossing: Site, values: str) -> None:
    assert "code" in Guest(crossing).sign_in("ada").ask(acr_values=values).told


def test_wish_for_another_way_is_dropped_where_nobody_may_be_asked(crossing: Site) -> None:
    guest = Guest(crossing).sign_in("ada")

    guest.ask(acr_values=STRONG, prompt="none")

    assert how(guest) == BY_PASSWORD


def test_essential_way_is_met_by_signing_in_that_way(crossing: Site, elsewhere: Elsewhere) -> None:
    elsewhere.claims = {"acr": ABROAD}
    guest = Guest(crossing).sign_in("ada")

    guest.ask(claims=essential(STRONG)).follow()

    assert how(go_abroad(guest, elsewhere)).acr == STRONG


def test_essential_way_that_was_not_taken_is_told_and_no_code_comes_of_it(crossing: Site) -> None:
    guest = Guest(crossing).sign_in("ada")

    type_password(guest.ask(claims=essential(STRONG)).follow())

    assert guest.told["error"] == "unmet_authentication_requirements"
    assert "code" not in guest.told
    assert waiting(crossing) == 0


def test_essential_way_cannot_be_skipped_by_going_to_the_page_of_consent(crossing: Site) -> None:
    guest = Guest(crossing).sign_in("ada")
    place = guest.ask(claims=essential(STRONG)).led_to
    token = place.partition("=")[2]
    crumb = guest.follow().paper.forms["sign-in-form"].fields["csrf_token"]

    guest.post("/consent", {"csrf_token": crumb, "request": token, "decision": "allow"})

    assert guest.led_to == place
    assert consent_of(crossing, "ada") is None


@pytest.mark.parametrize(
    ("values", "error"),
    [((STRONG,), "login_required"), (("urn:nobody:offers:this",), "unmet_authentication_requirements")],
)
def test_essential_way_where_nobody_may_be_asked_is_refused(
    crossing: Site, values: tuple[str, ...], error: str
) -> None:
    guest = Guest(crossing).sign_in("ada")

    assert guest.ask(claims=essential(*values), prompt="none").told["error"] == error


def test_session_of_before_anybody_kept_the_way_is_told_without_and_meets_nothing_essential(crossing: Site) -> None:
    guest = Guest(crossing).sign_in("ada")
    with crossing.house.store.work() as work:
        (session,) = work.sessions.live_of(account_id(crossing, "ada"), now=crossing.clock.now())
        work.sessions.remove_all(session.account_id)
        work.sessions.add(replace(session, authentication=Authentication()))

    assert how(guest.ask()) == Authentication()
    assert guest.ask(claims='{"id_token": {"acr": {"essential": true}}}').led_to.startswith("/sign-in?request=")


def test_resource_server_that_asks_for_a_way_gets_it_in_one_round(crossing: Site, elsewhere: Elsewhere) -> None:
    elsewhere.claims = {"acr": ABROAD}
    needs = Needs.of(acr=STRONG)
    guest = Guest(crossing).sign_in("ada").ask()
    with pytest.raises(SignInNeeded) as refused:
        needs.check(read(crossing, tokens(guest)["access_token"]), crossing.clock.now())
    assert refused.value.acr == STRONG

    go_abroad(guest.ask(acr_values=refused.value.acr).follow(), elsewhere)

    needs.check(read(crossing, tokens(guest)["access_token"]), crossing.clock.now())


def read(site: Site, access_token: str) -> AccessToken:
    return site.house.flows.keyring.read_any(access_token)


def test_who_cancels_elsewhere_can_still_go_on_to_the_application(crossing: Site, elsewhere: Elsewhere) -> None:
    guest = Guest(crossing).ask().follow_own()
    url = leave(guest)

    come_back(guest, elsewhere.authorize(url), error="access_denied")

    assert guest.status == 400
    assert guest.paper.texts["application-name"] == a_client().name
    assert "code" in type_password(guest).told


def test_provider_that_is_away_does_not_lose_the_application(crossing: Site, elsewhere: Elsewhere) -> None:
    guest = Guest(crossing).ask().follow_own()
    elsewhere.is_away = True

    guest.fill(f"with-{KIND}-form")

    assert guest.status == 503
    assert "code" in type_password(guest).told


def test_who_cancels_elsewhere_is_led_to_no_application_of_another_browser(
    crossing: Site, elsewhere: Elsewhere
) -> None:
    guest, other = Guest(crossing).ask().follow_own(), Guest(crossing)
    other.client.cookies.set("__Host-dw_return", guest.cookie("return") or "", domain="auth.example", path="/")
    url = leave(other.open("/sign-in"))

    come_back(other, elsewhere.authorize(url), error="access_denied")

    assert guest.cookie("return")
    assert "application-name" not in other.paper.texts
