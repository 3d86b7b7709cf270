"""The page where people let devices in, and what others make of it. RFC 8628 sections 3.3 and 5; classes 4, 10, 14."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Self

import pytest

from doorward.core.limits.records import limit
from doorward.core.oauth.records import Client
from doorward.core.onetime.records import Purpose
from tests.applications import another
from tests.devices import CONFERENCE_ROOM, GRANT, TV
from tests.functional.authorize.guest import Guest, consent_of, register
from tests.functional.site import ABROAD, Site, last_token
from tests.house import OTHER_PASSWORD, PASSWORD

PLAIN_TV = replace(TV, resources=())


@dataclass
class Device:
    """A device that speaks HTTP alone."""

    site: Site
    client: Client = PLAIN_TV
    program: str = "TelevisionOS/4 (Living room)"
    address: str = "192.0.2.7"
    shown: dict[str, str] = field(default_factory=dict)

    def ask(self, scope: str = "openid profile") -> Self:
        """Ask for codes."""
        http = self.site.client(self.address)
        fields = {"client_id": self.client.id, "scope": scope}
        answer = http.post("/oauth/device_authorization", data=fields, headers={"user-agent": self.program})
        assert answer.status_code == 200, answer.text
        self.shown = answer.json()
        return self

    def poll(self) -> str:
        """Ask for tokens, and return the error, or an empty string when there are some."""
        fields = {"client_id": self.client.id, "grant_type": GRANT, "device_code": self.shown["device_code"]}
        answer = self.site.client(self.address).post("/oauth/token", data=fields)
        error: str = answer.json().get("error", "")
        return error

    @property
    def code(self) -> str:
        """The code on its screen."""
        return self.shown["user_code"]

    @property
    def link(self) -> str:
        """Where the picture on its screen leads."""
        return self.shown["verification_uri_complete"].removeprefix("https://auth.example")


@pytest.fixture
def device(provider: Site) -> Device:
    register(provider, PLAIN_TV)
    return Device(provider).ask()


def typing(guest: Guest, code: str) -> Guest:
    """Type a code."""
    return guest.open("/device").fill("device-form", user_code=code)


def waits(site: Site) -> tuple[int, int]:
    """Return how many device codes and user codes there are."""
    with site.house.store.view() as view:
        now = site.clock.now()
        return tuple(view.onetimes.live(each, now=now) for each in (Purpose.DEVICE_CODE, Purpose.USER_CODE))  # type: ignore[return-value]  # two of them


@pytest.mark.requirement("A-09")
def test_stranger_signs_in_types_the_code_and_lets_the_device_in(device: Device, stranger: Guest) -> None:
    stranger.open("/device").follow()
    assert "for-device" in stranger.paper.ids
    assert "deny-form" not in stranger.paper.forms

    stranger.fill("sign-in-form", username="margaret", password=PASSWORD)
    assert stranger.led_to == "/device"
    stranger.follow().fill("device-form", user_code=f" {device.code.lower().replace('-', ' ')} ").follow()
    texts = stranger.paper.texts
    assert (texts["application-name"], texts["device-code"]) == ("Television", device.code)
    assert texts["device-program"] == "TelevisionOS/4"
    assert texts["account-name"] == "margaret"
    assert texts["permissions"] == "Know that it is you, by a number that stands for your account See your username"
    assert texts["device-network"] == "the network you are in"
    assert {"unverified", "caution"} <= stranger.paper.ids
    assert device.poll() == "authorization_pending"

    stranger.fill("confirm-form", decision="allow").follow()

    assert "device-done" in stranger.paper.ids
    assert device.poll() == ""
    assert consent_of(device.site, client_id=PLAIN_TV.id) is not None


@pytest.mark.requirement("A-09")
def test_link_with_the_code_only_fills_it_in_and_asks_still(device: Device, member: Guest) -> None:
    for _ in range(3):
        member.arrive(device.link)
        assert member.status == 200
    assert member.paper.forms["device-form"].fields["user_code"] == device.code
    assert "came-along" in member.paper.ids
    assert device.poll() == "authorization_pending"

    member.fill("device-form").follow()
    assert "confirm-form" in member.paper.forms
    device.site.clock.advance(timedelta(seconds=5))
    assert device.poll() == "authorization_pending"

    member.fill("confirm-form", decision="allow")
    assert device.poll() == ""


def test_stranger_with_the_link_comes_back_with_the_code(device: Device, stranger: Guest) -> None:
    stranger.arrive(device.link).follow().fill("sign-in-form", username="margaret", password=PASSWORD).follow()

    assert stranger.paper.forms["device-form"].fields["user_code"] == device.code


def test_somebody_who_forgot_the_password_comes_back_to_the_device(device: Device, stranger: Guest) -> None:
    stranger.open(device.link).follow()
    forgot = next(each["href"] for _, each in stranger.paper.elements if each.get("id") == "forgot-link")
    stranger.open(forgot or "").fill("forgot-form", email="margaret@mail.example")
    stranger.arrive(f"/reset?token={last_token(device.site)}").fill("reset-form", new_password=OTHER_PASSWORD)

    assert stranger.led_to.startswith("/sign-in?notice=password_reset&request=")
    stranger.follow().fill("sign-in-form", username="margaret", password=OTHER_PASSWORD)
    assert stranger.led_to == f"/device?user_code={device.code}"


def test_newcomer_comes_back_to_the_device(device: Device, stranger: Guest) -> None:
    stranger.open("/device").follow()
    link = next(each["href"] for _, each in stranger.paper.elements if each.get("id") == "register-link")
    stranger.open(link or "")
    assert "for-device" in stranger.paper.ids
    stranger.fill("register-form", username="grace", email="grace@mail.example", password=PASSWORD).follow()
    stranger.arrive(f"/verify?token={last_token(device.site)}").fill("verify-form").follow()

    assert stranger.fill("sign-in-form", username="grace", password=PASSWORD).led_to == "/device"


@pytest.mark.requirement("A-09")
def test_person_says_no_and_the_device_is_told(device: Device, member: Guest) -> None:
    typing(member, device.code).follow().fill("confirm-form", decision="deny").follow()

    assert "device-refused" in member.paper.ids
    assert device.poll() == "access_denied"
    assert consent_of(device.site, client_id=PLAIN_TV.id) is None


@pytest.mark.parametrize("decision", ["", "ALLOW", "yes", "allow "])
def test_answer_that_is_neither_yes_nor_no_counts_for_nothing(device: Device, member: Guest, decision: str) -> None:
    typing(member, device.code).follow().fill("confirm-form", decision=decision)

    assert member.error == "REQUEST_MALFORMED"
    assert device.poll() == "authorization_pending"


@pytest.mark.parametrize("typed", ["BBBB-BBBB", "WDJB", "<script>alert(1)</script>", "x" * 3000])
def test_code_that_is_none_is_said_at_its_field(device: Device, member: Guest, typed: str) -> None:
    typing(member, typed)

    assert member.status == 400
    assert {"user_code-error", "error-summary"} <= member.paper.ids
    assert "<script>alert" not in member.answer.text
    assert waits(device.site) == (1, 1)


def test_empty_code_is_said_at_its_field(member: Guest) -> None:
    assert typing(member, "").status == 422
    assert "user_code-error" in member.paper.ids


@pytest.mark.requirement("A-09")
def test_codes_are_tried_five_times(device: Device, member: Guest) -> None:
    for _ in range(5):
        typing(member, "BBBB-BBBB")

    typing(member, device.code)

    assert member.status == 429
    assert int(member.answer.headers["retry-after"]) > 0
    assert device.poll() == "authorization_pending"


@pytest.mark.requirement("A-09")
def test_codes_of_one_network_are_limited(device: Device, member: Guest) -> None:
    for _ in range(limit("user_code_network").amount):
        typing(member, "")

    assert typing(member, device.code).status == 429


@pytest.mark.parametrize(
    "path", ["/device", "/device?user_code=BBBB-BBBB", "/device?user_code=%00&notice=device_allowed"]
)
def test_page_is_for_people_who_are_signed_in(provider: Site, stranger: Guest, path: str) -> None:
    assert stranger.open(path).led_to.startswith("/sign-in?request=dwb1_")
    assert waits(provider) == (0, 0)


def test_page_tells_nobody_whether_a_code_is_right(device: Device, stranger: Guest, member: Guest) -> None:
    right, wrong = device.link, "/device?user_code=BBBB-BBBB"

    answers = [stranger.open(path).status for path in (right, wrong)]
    pages = [len(member.open(path).answer.text) for path in (right, wrong)]

    assert answers == [303, 303]
    assert pages[0] == pages[1]


def test_return_ticket_shows_nothing_and_allows_nothing(device: Device, stranger: Guest) -> None:  # class 14
    ticket = stranger.open(device.link).led_to.partition("request=")[2]
    stranger.follow().fill("sign-in-form", username="margaret", password=PASSWORD)

    assert stranger.open(f"/device/confirm?request={ticket}").error == "DEVICE_UNKNOWN"


@pytest.mark.parametrize("path", ["/sign-in", "/register", "/forgot"])
def test_return_ticket_of_another_browser_leads_nowhere(device: Device, stranger: Guest, path: str) -> None:  # class 9
    ticket = stranger.open(device.link).led_to.partition("request=")[2]

    assert Guest(device.site).open(f"{path}?request={ticket}").error == "REQUEST_UNKNOWN"


def test_confirmation_of_another_browser_leads_nowhere(device: Device, member: Guest) -> None:  # class 10
    page = typing(member, device.code).led_to

    assert Guest(device.site).sign_in().open(page).error == "DEVICE_UNKNOWN"


def test_confirmation_is_for_people_who_are_signed_in(device: Device, member: Guest) -> None:
    page = typing(member, device.code).led_to

    assert Guest(device.site).open(page).led_to == "/sign-in"


@pytest.mark.requirement("A-09")
def test_two_devices_in_two_tabs_are_each_allowed_what_their_page_showed(device: Device, member: Guest) -> None:
    other = another(PLAIN_TV, name="Printer")
    register(device.site, other)
    printer = Device(device.site, other).ask("email")
    first = typing(member, device.code).follow().answer
    second = typing(member, printer.code).follow().answer
    assert member.paper.texts["application-name"] == "Printer"

    member.answer = first
    assert member.paper.texts["application-name"] == "Television"
    member.fill("confirm-form", decision="allow")
    assert (device.poll(), printer.poll()) == ("", "authorization_pending")

    member.answer = second
    member.fill("confirm-form", decision="deny")
    assert printer.poll() == "access_denied"


@pytest.mark.requirement("A-09")
def test_two_people_in_one_browser_never_answer_for_each_other(device: Device, member: Guest) -> None:  # class 10
    device.site.house.account("grace")
    as_margaret = typing(member, device.code).follow().answer
    member.open("/sign-out").fill("sign-out-form")
    member.sign_in("grace")

    member.answer = as_margaret
    member.fill("confirm-form", decision="allow")

    assert member.status == 403
    assert member.paper.texts["error-code"] == "CSRF_FAILED"
    assert device.poll() == "authorization_pending"


def test_person_uses_another_account_for_the_same_code(device: Device, member: Guest) -> None:
    device.site.house.account("grace")
    typing(member, device.code).follow()
    other = next(each["href"] for _, each in member.paper.elements if each.get("id") == "other-account-link")

    member.open(other or "")
    assert member.status == 200
    stay = next(each["href"] for _, each in member.paper.elements if each.get("id") == "stay-link")
    assert stay == f"/device?user_code={device.code}"
    member.fill("sign-in-form", username="grace", password=PASSWORD)
    assert member.led_to == f"/device?user_code={device.code}"
    member.follow().fill("device-form").follow()

    assert member.paper.texts["account-name"] == "grace"
    member.fill("confirm-form", decision="allow")
    assert device.poll() == ""
    assert consent_of(device.site, "grace", PLAIN_TV.id) is not None
    assert consent_of(device.site, "margaret", PLAIN_TV.id) is None


@pytest.mark.parametrize("path", ["/device", "/device/confirm"])
def test_form_of_another_site_is_refused(device: Device, member: Guest, path: str) -> None:  # class 9
    ticket = typing(member, device.code).led_to.partition("request=")[2]
    fields = {"user_code": device.code, "request": ticket, "decision": "allow"}

    forged = member.client.post(
        path, data=fields, headers={"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    )

    assert forged.status_code == 403
    assert device.poll() == "authorization_pending"


def test_answer_is_taken_once(device: Device, member: Guest) -> None:
    page = typing(member, device.code).follow().answer
    member.fill("confirm-form", decision="deny")

    member.answer = page
    member.fill("confirm-form", decision="allow")

    assert member.error == "DEVICE_UNKNOWN"
    assert device.poll() == "access_denied"


def test_device_elsewhere_is_told_as_such(provider: Site, member: Guest) -> None:
    register(provider, PLAIN_TV)
    far = Device(provider, address=ABROAD).ask()

    typing(member, far.code).follow()

    assert member.paper.texts["device-network"] == "another network than yours"


@pytest.mark.requirement("T-05")
def test_page_shows_the_domain_of_an_application_that_proved_itself_alone(provider: Site, member: Guest) -> None:
    address = "https://room.example/back"
    grants = (*CONFERENCE_ROOM.grants, "authorization_code")
    room = another(CONFERENCE_ROOM, redirect_uris=(address,), grants=grants)
    public = another(PLAIN_TV, redirect_uris=(address,), grants=grants)
    shown = {}
    for client in (room, public):
        register(provider, client)
        asked = provider.house.flows.requests.devices.ask(client, {}, program="Room/1", address=None)
        typing(member, asked.user_code).follow()
        shown[client.id] = member.paper.texts.get("application-domain")

    assert shown == {room.id: "room.example", public.id: None}


def test_page_escapes_what_the_device_and_the_operator_say(provider: Site, member: Guest) -> None:  # class 24
    hostile = another(PLAIN_TV, name="<script>alert('name')</script>")
    register(provider, hostile)
    device = Device(provider, hostile, program="<img/src=x/onerror=alert(1)>").ask()

    typing(member, device.code).follow()

    assert "<script>alert" not in member.answer.text
    assert "<img/src" not in member.answer.text
    assert member.answer.headers["content-security-policy"].count("form-action 'self';") == 1


def test_page_shows_nothing_by_a_notice_that_it_does_not_know(member: Guest) -> None:
    member.open("/device?notice=<b>you won</b>")

    assert "device-form" in member.paper.forms
    assert "you won" not in member.answer.text
