"""What people do with the code of a device, and what others cannot do with it. Classes 4, 10 and 28."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.core.audit.records import AuditKind
from doorward.core.kernel.errors import Unavailable
from doorward.core.oauth.device.answer import OpenTicket
from doorward.core.oauth.device.errors import DeviceUnknown
from doorward.core.oauth.device.find_waiting import Person, Waiting
from doorward.core.oauth.errors import OAuthCode
from doorward.core.oauth.records import GrantType
from doorward.core.onetime.records import Purpose
from doorward.core.sessions.records import EndReason
from tests.applications import SCOPE, another
from tests.builders import NOW
from tests.devices import BROWSER, OTHER_BROWSER, TV, Meeting, Television, change
from tests.house import ABROAD, HOME, House


@pytest.fixture
def tv(house: House) -> Television:
    house.account()
    return Television(house)


class Already(OpenTicket):
    """Gives back what was opened a moment ago, before something happened."""

    def __init__(self, opened: Waiting, inner: OpenTicket) -> None:
        super().__init__(inner.waiting, inner.tickets)
        object.__setattr__(self, "opened", opened)

    def __call__(self, presented: str, person: Person) -> Waiting:  # noqa: ARG002 (as the flow names them)
        opened: Waiting = self.__dict__["opened"]
        return opened


def happened(tv: Television, kind: AuditKind) -> list[dict[str, str]]:
    with tv.house.store.view() as view:
        return [dict(entry.event.detail) for entry in view.audit.read() if entry.event.kind is kind]


@pytest.mark.requirement("A-09")
def test_enter_shows_what_asks_from_where_and_when(tv: Television) -> None:
    ticket = tv.wait(120).enter()

    seen = tv.house.flows.requests.devices.see(ticket, tv.person, address=HOME.address)

    assert (seen.code, seen.program, seen.asked_at) == (tv.shown.user_code, "Television/1", NOW)
    assert (seen.asked.client.id, " ".join(seen.asked.scopes)) == (tv.client.id, SCOPE)
    assert seen.is_near is True


@pytest.mark.parametrize(
    ("asked_from", "seen_from", "is_near"),
    [
        (HOME.address, ABROAD.address, False),
        ("2001:db8:1:2::3", "2001:db8:1:2::ffff", True),
        (None, HOME.address, None),
        (HOME.address, None, False),
    ],
)
def test_see_tells_whether_the_device_is_near(
    tv: Television, asked_from: str | None, seen_from: str | None, *, is_near: bool | None
) -> None:
    ticket = tv.ask(address=asked_from).enter()

    assert tv.house.flows.requests.devices.see(ticket, tv.person, address=seen_from).is_near is is_near


def test_see_after_midnight_does_not_say_what_it_cannot_know(tv: Television) -> None:
    midnight = (NOW + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    tv.wait((midnight - NOW).total_seconds() - 60)
    tv.person = tv.at(BROWSER)
    ticket = tv.ask().enter()
    tv.wait(120)

    assert tv.house.flows.requests.devices.see(ticket, tv.person, address=HOME.address).is_near is None


def test_see_changes_nothing(tv: Television) -> None:
    ticket = tv.enter()
    tv.house.statements.clear()

    for _ in range(3):
        tv.house.flows.requests.devices.see(ticket, tv.person, address=HOME.address)

    assert {statement.rpartition(".")[2] for statement in tv.house.statements} <= {"peek", "by_id"}
    assert tv.told() is OAuthCode.AUTHORIZATION_PENDING


@pytest.mark.parametrize("whose", ["grace", "another browser", "a return ticket", "nothing"])
@pytest.mark.parametrize("does", ["see", "allow", "refuse"])
def test_ticket_of_somebody_else_does_nothing(tv: Television, whose: str, does: str) -> None:  # class 10
    tv.house.account("grace")
    devices, person, ticket = tv.house.flows.requests.devices, tv.person, tv.enter()
    match whose:
        case "grace":
            person = tv.at(BROWSER, "grace")
        case "another browser":
            person = tv.at(OTHER_BROWSER)
        case "a return ticket":
            ticket = devices.tickets.come_back(tv.code, browser=BROWSER, unwanted=person.session.profile.id)
        case _:
            ticket = ""

    acts: dict[str, Callable[[], object]] = {
        "see": lambda: devices.see(ticket, person, address=None),
        "allow": lambda: devices.answer.allow(ticket, person),
        "refuse": lambda: devices.answer.refuse(ticket, person),
    }

    with pytest.raises(DeviceUnknown):
        acts[does]()
    assert tv.told() is OAuthCode.AUTHORIZATION_PENDING


@pytest.mark.requirement("A-09")
def test_ticket_of_a_code_that_was_only_guessed_shows_nothing(tv: Television) -> None:  # class 14
    tickets = tv.house.flows.requests.devices.tickets
    guessed = tickets.seen(tv.code, tv.app.account_id, browser=BROWSER)

    with pytest.raises(DeviceUnknown):
        tv.house.flows.requests.devices.answer.allow(guessed, tv.person)


@pytest.mark.requirement("A-09")
@pytest.mark.parametrize("first", ["allow", "refuse"])
@pytest.mark.parametrize("second", ["allow", "refuse"])
def test_answer_counts_once(tv: Television, first: str, second: str) -> None:
    ticket, answer = tv.enter(), tv.house.flows.requests.devices.answer
    acts = {"allow": answer.allow, "refuse": answer.refuse}
    acts[first](ticket, tv.person)

    with pytest.raises(DeviceUnknown):
        acts[second](ticket, tv.person)

    if first == "allow":
        assert tv.poll().access_token
    else:
        assert tv.told() is OAuthCode.ACCESS_DENIED


def test_allow_is_remembered_as_a_consent_and_recorded(tv: Television) -> None:
    tv.allow()

    assert tv.consent is not None
    assert tv.consent.scope == SCOPE
    assert happened(tv, AuditKind.DEVICE_ALLOWED) == [{"client_id": tv.client.id, "scope": SCOPE}]
    assert tv.live(Purpose.USER_CODE) == 0


def test_allow_widens_what_was_allowed_before(tv: Television) -> None:
    tv.ask(values={"scope": ("openid",)}).allow()
    tv.ask(values={"scope": ("profile",)}).allow()

    assert tv.consent is not None
    assert tv.consent.scope == "openid profile"


def test_allow_of_our_own_application_is_no_consent(house: House) -> None:
    house.account()
    tv = Television(house, another(TV, is_first_party=True)).allow()

    assert tv.consent is None
    assert tv.poll().access_token


def test_refuse_allows_nothing_and_is_recorded(tv: Television) -> None:
    tv.refuse()

    assert tv.consent is None
    assert happened(tv, AuditKind.DEVICE_REFUSED) == [{"client_id": tv.client.id, "scope": SCOPE}]
    assert tv.live(Purpose.USER_CODE) == 0


@pytest.mark.parametrize("does", ["allow", "refuse"])
@pytest.mark.parametrize("what", ["session", "account", "expired"])
def test_answer_after_something_ended_does_nothing(tv: Television, does: str, what: str) -> None:  # class 29
    ticket, answer = tv.enter(), tv.house.flows.requests.devices.answer
    if what == "session":
        tv.app.sign_out()
    elif what == "account":
        tv.house.flows.set_enabled("margaret", enabled=False)
    else:
        tv.wait(600)

    with pytest.raises(DeviceUnknown):
        (answer.allow if does == "allow" else answer.refuse)(ticket, tv.person)

    assert tv.consent is None


@pytest.mark.parametrize("what", ["disabled", "grant", "scope"])
def test_allow_after_the_application_changed_does_nothing(tv: Television, what: str) -> None:
    ticket = tv.enter()
    changes: dict[str, dict[str, object]] = {
        "disabled": {"disabled_at": NOW},
        "grant": {"grants": (GrantType.REFRESH_TOKEN,)},
        "scope": {"scopes": ("address",)},
    }
    change(tv, **changes[what])

    with pytest.raises(DeviceUnknown):
        tv.house.flows.requests.devices.answer.allow(ticket, tv.person)

    assert tv.consent is None


def test_allow_gives_no_more_than_the_application_may_have_by_now(tv: Television) -> None:  # class 4
    ticket = tv.enter()
    change(tv, scopes=("openid",))

    tv.house.flows.requests.devices.answer.allow(ticket, tv.person)

    assert tv.poll().scope == "openid"


def test_allow_when_the_application_ends_in_that_very_moment_undoes_everything(tv: Television) -> None:
    ticket, answer = tv.enter(), tv.house.flows.requests.devices.answer
    opened = answer.open(ticket, tv.person)
    change(tv, disabled_at=NOW)

    with pytest.raises(DeviceUnknown):
        replace(answer, open=Already(opened, answer.open)).allow(ticket, tv.person)

    assert tv.consent is None
    assert tv.live(Purpose.USER_CODE) == 1


def test_allow_when_somebody_takes_the_code_over_in_that_very_moment_does_nothing(tv: Television) -> None:
    tv.house.account("grace")
    ticket, devices = tv.enter(), tv.house.flows.requests.devices
    opened = devices.answer.open(ticket, tv.person)
    tv.enter(person=tv.at(BROWSER, "grace"))

    with pytest.raises(DeviceUnknown):
        replace(devices.answer, open=Already(opened, devices.answer.open)).allow(ticket, tv.person)

    assert tv.live(Purpose.USER_CODE) == 1


def test_allow_when_the_device_is_gone_in_that_very_moment_does_nothing(tv: Television) -> None:
    ticket, devices = tv.enter(), tv.house.flows.requests.devices
    opened = devices.answer.open(ticket, tv.person)
    with tv.house.store.work() as work:
        work.onetimes.consume(Purpose.DEVICE_CODE, opened.artefact.digest, now=tv.house.clock.now())

    with pytest.raises(DeviceUnknown):
        replace(devices.answer, open=Already(opened, devices.answer.open)).allow(ticket, tv.person)

    assert tv.live(Purpose.USER_CODE) == 1


def test_allow_meets_a_question_of_the_device_and_wins_the_next_time(tv: Television) -> None:
    ticket, turns = tv.enter(), iter([False])
    answer = replace(tv.house.flows.requests.devices.answer, work=Meeting(tv.house, lambda: next(turns, None)))

    answer.allow(ticket, tv.person)

    assert tv.poll().access_token


def test_allow_that_never_wins_is_undone(tv: Television) -> None:
    ticket = tv.enter()
    answer = replace(tv.house.flows.requests.devices.answer, work=Meeting(tv.house, lambda: False))

    with pytest.raises(Unavailable):
        answer.allow(ticket, tv.person)

    assert tv.live(Purpose.USER_CODE) == 1
    assert tv.told() is OAuthCode.AUTHORIZATION_PENDING


def test_sign_out_after_allowing_ends_it_before_its_tokens(tv: Television) -> None:  # class 29
    tv.allow()
    tv.house.flows.end_session(tv.app.account_id, tv.app.browser, reason=EndReason.SIGNED_OUT)

    assert tv.told() is OAuthCode.INVALID_GRANT
