"""People type the code of a device, and what others cannot do by typing. Classes 4, 10 and 28."""

from dataclasses import replace

import pytest

from doorward.core.kernel.errors import TooMany
from doorward.core.oauth.device.errors import DeviceUnknown, UserCodeRefused
from tests.devices import BROWSER, OTHER_BROWSER, Meeting, Television, change
from tests.house import House


@pytest.fixture
def tv(house: House) -> Television:
    house.account()
    return Television(house)


@pytest.mark.requirement("A-09")
@pytest.mark.parametrize("presented", ["BBBB-BBBB", "", "WDJB", "WDJB-MJHT-W", "' OR 1=1 --", "é" * 400])
def test_enter_a_code_that_is_none_is_refused(tv: Television, presented: str) -> None:
    with pytest.raises(UserCodeRefused):
        tv.house.flows.requests.devices.enter(presented, tv.person)


@pytest.mark.requirement("A-09")
def test_enter_a_code_that_is_too_old_is_refused(tv: Television) -> None:
    tv.wait(599).enter()
    tv.wait(1)

    with pytest.raises(UserCodeRefused):
        tv.enter()


@pytest.mark.requirement("A-09")
def test_enter_a_code_that_was_answered_is_refused(tv: Television) -> None:
    tv.allow()

    with pytest.raises(UserCodeRefused):
        tv.enter()


def test_enter_the_code_of_an_application_that_changed_is_refused(tv: Television) -> None:
    change(tv, scopes=("address",))

    with pytest.raises(UserCodeRefused):
        tv.enter()


@pytest.mark.parametrize("what", ["disabled", "removed"])
def test_enter_the_code_of_an_application_that_ended_is_refused(tv: Television, what: str) -> None:
    clients = tv.house.flows.clients
    if what == "disabled":
        clients.set_enabled(tv.client.id, enabled=False)
    else:
        clients.remove(tv.client.id)

    with pytest.raises(UserCodeRefused):
        tv.enter()


@pytest.mark.requirement("A-09")
def test_enter_five_tries_and_then_not_even_the_right_code_works(tv: Television) -> None:  # class 28
    for _ in range(5):
        with pytest.raises(UserCodeRefused):
            tv.enter("BBBB-BBBB")

    with pytest.raises(TooMany):
        tv.enter()
    with pytest.raises(TooMany):
        tv.enter(person=tv.at(OTHER_BROWSER))


@pytest.mark.requirement("A-09")
def test_enter_another_account_in_the_same_browser_gets_no_new_tries(tv: Television) -> None:
    tv.house.account("grace")
    for _ in range(5):
        with pytest.raises(UserCodeRefused):
            tv.enter("BBBB-BBBB")

    with pytest.raises(TooMany):
        tv.enter(person=tv.at(BROWSER, "grace"))


def test_enter_what_has_another_length_than_a_code_is_no_try(tv: Television) -> None:
    for _ in range(9):
        with pytest.raises(UserCodeRefused):
            tv.enter("WDJB")

    assert tv.enter()


@pytest.mark.requirement("A-09")
def test_enter_a_code_that_somebody_else_has_typed_is_refused(tv: Television) -> None:
    tv.house.account("grace")
    ticket = tv.enter()

    with pytest.raises(UserCodeRefused):
        tv.enter(person=tv.at(OTHER_BROWSER, "grace"))

    tv.house.flows.requests.devices.answer.allow(ticket, tv.person)
    assert tv.poll().access_token


def test_enter_as_another_account_in_the_same_browser_takes_the_code_over(tv: Television) -> None:  # class 10
    tv.house.account("grace")
    as_margaret, grace = tv.enter(), tv.at(BROWSER, "grace")
    as_grace = tv.enter(person=grace)
    answer = tv.house.flows.requests.devices.answer

    with pytest.raises(DeviceUnknown):
        answer.allow(as_margaret, tv.person)
    answer.allow(as_grace, grace)

    assert tv.app.session_of(tv.poll()).account_id == grace.session.profile.id


def test_enter_the_same_account_may_go_on_in_another_browser(tv: Television) -> None:
    tv.enter()
    elsewhere = tv.at(OTHER_BROWSER)

    tv.house.flows.requests.devices.answer.allow(tv.enter(person=elsewhere), elsewhere)

    assert tv.poll().access_token


def test_enter_while_somebody_else_is_faster_is_refused(tv: Television) -> None:
    enter = replace(tv.house.flows.requests.devices.enter, work=Meeting(tv.house, lambda: False))

    with pytest.raises(UserCodeRefused):
        enter(tv.shown.user_code, tv.person)
