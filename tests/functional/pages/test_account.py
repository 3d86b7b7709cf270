"""What people see and change of their own account."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.core.kernel.ids import SessionId
from doorward.core.sessions.list_sessions import LISTED
from doorward.core.sessions.records import Kind
from tests.functional.pages.hostile import HOSTILE
from tests.functional.pages.visitor import Visitor
from tests.functional.site import ABROAD, Site, last_token
from tests.house import KNOWN_PASSWORD, OTHER_PASSWORD, PASSWORD, WRONG_PASSWORD


@pytest.fixture
def pages(settled: Site) -> Site:
    return settled


@pytest.fixture
def member(pages: Site) -> Visitor:
    return Visitor(pages).sign_in()


def test_username_changes_at_once(member: Visitor) -> None:
    member.fill("username-form", username="Countess")

    assert member.led_to == "/account?notice=username_changed"
    assert member.follow().paper.forms["username-form"].fields["username"] == "countess"
    assert member.paper.texts["notice"] == "Your username is changed."


@pytest.mark.parametrize("value", ["", "ab", "has space", *HOSTILE])
def test_username_unsuitable_is_refused_beside_its_field(member: Visitor, value: str) -> None:
    member.fill("username-form", username=value)

    assert member.status == 422
    assert "username-error" in member.paper.ids
    assert len([tag for tag, _ in member.paper.elements if tag == "script"]) == 3


def test_username_taken_is_refused_beside_its_field(pages: Site, member: Visitor) -> None:
    pages.house.account("ada")

    member.fill("username-form", username="ada")

    assert member.status == 400
    assert "exists already" in member.paper.texts["username-error"]


def test_email_change_is_answered_the_same_whoever_has_the_address(pages: Site, member: Visitor) -> None:
    pages.house.account("ada")

    free = member.fill("email-form", email="free@mail.example").led_to
    taken = member.open("/account").fill("email-form", email="ada@mail.example").led_to

    assert free == taken == "/account?notice=email_change_sent"
    assert "margaret@mail.example" in member.follow().answer.text


@pytest.mark.parametrize("value", ["", "no address", "Margaret@mail.example", *HOSTILE])
def test_email_that_cannot_be_is_refused_beside_its_field(member: Visitor, value: str) -> None:
    member.fill("email-form", email=value)

    assert member.status == 422
    assert "email-error" in member.paper.ids


def test_password_changes_and_other_devices_are_signed_out(pages: Site, member: Visitor) -> None:
    other = Visitor(pages, ABROAD).sign_in()

    member.fill("password-form", current_password=PASSWORD, new_password=OTHER_PASSWORD)

    assert member.led_to == "/account?notice=password_changed"
    assert member.follow().status == 200
    assert other.open("/account").status == 303
    assert other.sign_in(password=OTHER_PASSWORD).status == 200


@pytest.mark.parametrize(
    ("current", "new", "wrong"),
    [
        (WRONG_PASSWORD, OTHER_PASSWORD, "current_password"),
        ("", OTHER_PASSWORD, "current_password"),
        (PASSWORD, "short", "new_password"),
        (PASSWORD, "", "new_password"),
        (PASSWORD, KNOWN_PASSWORD, "new_password"),
    ],
)
def test_password_refused_is_said_beside_its_field(member: Visitor, current: str, new: str, wrong: str) -> None:
    member.fill("password-form", current_password=current, new_password=new)

    assert member.status == 422
    assert [found for found in ("current_password", "new_password") if f"{found}-error" in member.paper.ids] == [wrong]
    assert not current or current not in member.answer.text
    assert not new or new not in member.answer.text


def test_password_guessed_five_times_ends_the_session(member: Visitor) -> None:
    form = member.answer

    for _ in range(5):
        member.answer = form
        member.fill("password-form", current_password=WRONG_PASSWORD, new_password=OTHER_PASSWORD)

    assert member.open("/account").led_to == "/sign-in?notice=session_ended"


def test_export_answers_a_file(member: Visitor) -> None:
    member.fill("export-form")

    assert member.status == 200
    assert member.answer.headers["content-disposition"] == 'attachment; filename="account.json"'
    assert json.loads(member.answer.text)["account"]["username"] == "margaret"


def test_delete_signs_out_and_signing_in_keeps_the_account(pages: Site, member: Visitor) -> None:
    member.fill("delete-form", understood="yes")

    assert member.led_to == "/sign-in?notice=account_closing"
    assert member.cookie("sso") is None
    assert member.sign_in().status == 200
    pages.clock.advance(timedelta(days=31))
    assert pages.house.flows.erase_closed() == 0


def test_delete_without_understanding_is_refused_beside_its_field(member: Visitor) -> None:
    member.fill("delete-form")

    assert member.status == 422
    assert "understood-error" in member.paper.ids
    assert member.open("/account").status == 200


def test_account_signed_in_long_ago_asks_for_the_password_first(pages: Site, member: Visitor) -> None:
    fresh = member.paper.forms
    pages.clock.advance(timedelta(minutes=5, seconds=1))

    member.open("/account")

    assert {"email-form", "export-form", "delete-form"} <= set(fresh)
    assert not {"email-form", "export-form", "delete-form"} & set(member.paper.forms)
    assert {"email-confirm", "export-confirm", "delete-confirm"} <= member.paper.ids


@pytest.mark.parametrize("form", ["email-form", "export-form", "delete-form"])
def test_sensitive_form_sent_too_late_leads_to_confirming(pages: Site, member: Visitor, form: str) -> None:
    pages.clock.advance(timedelta(minutes=5, seconds=1))

    member.fill(form, understood="yes")

    assert member.led_to == "/account/confirm"


def test_confirm_right_password_opens_what_matters(pages: Site, member: Visitor) -> None:
    before = member.cookie("sso")
    pages.clock.advance(timedelta(hours=1))

    member.open("/account/confirm").fill("confirm-form", password=PASSWORD)

    assert member.led_to == "/account?notice=confirmed"
    assert "delete-form" in member.follow().paper.forms
    assert member.cookie("sso") != before
    assert len(pages.house.flows.list_sessions(pages.house.sign_in().profile.id)) == 2


@pytest.mark.parametrize(("password", "status"), [(WRONG_PASSWORD, 401), ("", 422)])
def test_confirm_refused_is_said_beside_the_field(member: Visitor, password: str, status: int) -> None:
    member.open("/account/confirm").fill("confirm-form", password=password)

    assert member.status == status
    assert "password-error" in member.paper.ids
    assert not password or password not in member.answer.text


def test_sessions_lists_this_device_first(pages: Site, member: Visitor) -> None:
    pages.clock.advance(timedelta(minutes=1))
    pages.house.sign_in(kind=Kind.MOBILE)

    member.open("/account/sessions")

    rows = [attributes["id"] for tag, attributes in member.paper.elements if tag == "li" and attributes.get("id")]
    assert len(rows) == 2
    assert "This device" in member.paper.texts[rows[0] or ""]
    assert "Firefox on Linux" in member.paper.texts[rows[0] or ""]


def test_sessions_of_very_many_are_cut_and_all_of_them_end(pages: Site, member: Visitor) -> None:
    account_id = pages.house.flows.show_account("margaret").account.id
    (own,) = pages.house.flows.list_sessions(account_id)
    with pages.house.store.work() as work:
        for number in range(LISTED + 1):
            work.sessions.add(replace(own, id=SessionId(f"{number:026}"), digest=f"{number:032}".encode()))

    shown = member.open("/account/sessions").paper.ids
    member.fill("end-all-form")

    assert "sessions-cut" in shown
    assert len([each for each in shown if each.startswith("device-")]) == LISTED
    with pages.house.store.view() as view:
        assert view.sessions.live_of(account_id, now=pages.clock.now()) == ()


def test_sessions_ends_another_one(pages: Site, member: Visitor) -> None:
    other = Visitor(pages, ABROAD).sign_in()
    member.open("/account/sessions")
    (form,) = [name for name, each in member.paper.forms.items() if "session_id" in each.fields]

    member.fill(form)

    assert member.led_to == "/account/sessions?notice=session_ended"
    assert other.open("/account").status == 303
    assert member.follow().paper.texts["notice"] == "That device is signed out."


def test_sessions_ends_this_one_as_signing_out(pages: Site, member: Visitor) -> None:
    (session,) = pages.house.flows.list_sessions(pages.house.flows.show_account("margaret").account.id)
    member.open("/account/sessions")

    member.fill("end-all-form").open("/account/sessions")
    member.sign_in().open("/account/sessions")
    row = next(attributes["id"] for tag, attributes in member.paper.elements if tag == "li" and "id" in attributes)
    token = member.paper.forms["end-all-form"].fields["csrf_token"]
    member.post("/account/sessions/end", {"csrf_token": token, "session_id": (row or "").removeprefix("session-")})

    assert row != f"session-{session.id}"
    assert member.led_to == "/sign-in?notice=signed_out"
    assert member.cookie("sso") is None


@pytest.mark.parametrize("whose", ["", "x", "0" * 26, "somebody else's", *HOSTILE])
def test_sessions_that_are_not_ones_own_do_not_end(pages: Site, member: Visitor, whose: str) -> None:
    pages.house.account("ada")
    adas = pages.house.sign_in("ada")
    token = member.open("/account/sessions").paper.forms["end-all-form"].fields["csrf_token"]
    wanted = adas.session_id if whose == "somebody else's" else whose

    member.post("/account/sessions/end", {"csrf_token": token, "session_id": wanted})

    assert member.status == 404
    assert "signed out already" in member.paper.texts["error-summary"]
    assert len(pages.house.flows.list_sessions(adas.profile.id)) == 1


def test_sessions_end_all_signs_out_everywhere(pages: Site, member: Visitor) -> None:
    other = Visitor(pages, ABROAD).sign_in()

    member.open("/account/sessions").fill("end-all-form")

    assert member.led_to == "/sign-in?notice=signed_out_everywhere"
    assert member.cookie("sso") is None
    assert other.open("/account").status == 303


@pytest.mark.parametrize("path", ["/account", "/account/sessions", "/sign-in"])
@pytest.mark.parametrize("notice", ["made_up", "<script>", "username_changed%00"])
def test_notice_that_is_none_of_ours_is_not_shown(member: Visitor, visitor: Visitor, path: str, notice: str) -> None:
    looking = visitor if path == "/sign-in" else member

    looking.open(f"{path}?notice={notice}")

    assert looking.status == 200
    assert "notice" not in looking.paper.ids


def test_new_address_is_asked_for_by_mail(pages: Site, member: Visitor) -> None:
    member.fill("email-form", email="new@mail.example")

    assert last_token(pages)
    assert pages.house.postman.letters[-1].to == "new@mail.example"
