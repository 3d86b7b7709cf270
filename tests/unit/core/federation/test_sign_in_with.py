"""Going to a provider and coming back: each refusal from the attacker's side, for every kind of provider."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.assembly.flows import Work
from doorward.core.audit.records import AuditKind
from doorward.core.federation.errors import (
    AddressMissing,
    NoSuchProvider,
    NotWelcome,
    ProviderDeclined,
    ProviderNotBelieved,
    SignInBegunElsewhere,
)
from doorward.core.federation.records import Intent, Outcome
from doorward.core.kernel.errors import Refusal
from doorward.core.outbox.records import LetterKind
from doorward.core.sessions.errors import NotSignedIn
from tests.house import HOME, House
from tests.stores import a_memory_store
from tests.unit.core.federation.ways import Ways, signed_in
from tests.upstream import KINDS, Elsewhere, Somebody, a_provider

EVERY = pytest.mark.parametrize("kind", KINDS)
ELSEWHERE = "a" * 52


def refusals(ways: Ways) -> list[str]:
    with ways.house.store.view() as view:
        entries = view.audit.read(after=0)
    return [entry.event.detail["reason"] for entry in entries if entry.event.kind is AuditKind.SIGN_IN_REFUSED]


@EVERY
def test_sign_in_with_newcomer_has_an_account_with_a_proven_address(kind: str) -> None:
    ways = Ways(kind)

    remembered = signed_in(ways.go())

    assert (remembered.profile.username, remembered.profile.email) == ("ada", "ada@mail.example")
    assert ways.house.flows.providers.ways_in(remembered.profile.id).has_password is False


@EVERY
def test_sign_in_with_second_time_is_the_same_account(kind: str) -> None:
    ways = Ways(kind)
    first = signed_in(ways.go())

    second = signed_in(ways.go())

    assert second.profile.id == first.profile.id
    assert second.session_id != first.session_id


@EVERY
def test_sign_in_with_address_changed_there_is_still_the_same_account(kind: str) -> None:
    ways = Ways(kind)
    first = signed_in(ways.go())
    ways.elsewhere.person.email = "new@mail.example"

    second = signed_in(ways.go())

    assert (second.profile.id, second.profile.email) == (first.profile.id, "ada@mail.example")


# S-10, class 9


@EVERY
@pytest.mark.parametrize("browser", [None, "", ELSEWHERE, "\udcff"])
def test_sign_in_with_attackers_answer_in_the_victims_browser_is_refused(kind: str, browser: str | None) -> None:
    ways = Ways(kind)
    begun = ways.begin()
    answer = ways.elsewhere.authorize(begun.url)

    with pytest.raises(SignInBegunElsewhere):
        ways.come_back(answer, browser)

    assert ways.come_back(answer, begun.browser).remembered is not None


@EVERY
def test_sign_in_with_victim_who_has_begun_another_one_is_not_let_in_as_the_attacker(kind: str) -> None:
    ways = Ways(kind)
    victims, attackers = ways.begin(), ways.begin()
    answer = ways.elsewhere.authorize(attackers.url)

    with pytest.raises(SignInBegunElsewhere):
        ways.come_back(answer, victims.browser)


@EVERY
def test_sign_in_with_same_answer_twice_is_refused(kind: str) -> None:
    ways = Ways(kind)
    begun = ways.begin()
    answer = ways.elsewhere.authorize(begun.url)
    ways.come_back(answer, begun.browser)

    with pytest.raises(SignInBegunElsewhere):
        ways.come_back(answer, begun.browser)


def test_sign_in_with_same_answer_at_the_same_moment_lets_one_in() -> None:
    ways = Ways()
    begun = ways.begin()
    answer = ways.elsewhere.authorize(begun.url)
    faster: list[Outcome] = []

    @contextmanager
    def overtaken() -> Iterator[Work]:
        if not faster:
            faster.append(ways.come_back(answer, begun.browser))
        with ways.house.store.work() as work:
            yield work

    slow = replace(ways.house.flows.providers.come_back, work=overtaken)
    with pytest.raises(SignInBegunElsewhere):
        slow("oidc", answer, browser=begun.browser, caller=HOME, device_name="")

    assert [outcome.remembered is not None for outcome in faster] == [True]


@EVERY
def test_sign_in_with_answer_after_ten_minutes_is_refused(kind: str) -> None:
    ways = Ways(kind)
    begun = ways.begin()
    answer = ways.elsewhere.authorize(begun.url)
    ways.clock.advance(timedelta(minutes=10))

    with pytest.raises(SignInBegunElsewhere):
        ways.come_back(answer, begun.browser)


@pytest.mark.parametrize("state", ["", "x", "dwo1_sign-in-with_a_b", "dwo1_reset-password_a_b", "é" * 600])
def test_sign_in_with_forged_state_is_refused_without_a_read(state: str) -> None:
    ways = Ways()
    begun = ways.begin()
    answer = replace(ways.elsewhere.authorize(begun.url), state=state)
    ways.house.statements.clear()

    with pytest.raises(SignInBegunElsewhere):
        ways.come_back(answer, begun.browser)

    assert ways.house.statements == []


def test_sign_in_with_token_of_another_purpose_is_no_state() -> None:
    ways = Ways()
    ways.house.account("margaret")
    ways.house.flows.forgot_password("margaret@mail.example")
    (letter,) = ways.house.deliver()
    begun = ways.begin()
    answer = replace(ways.elsewhere.authorize(begun.url), state=letter.token or "")

    with pytest.raises(SignInBegunElsewhere):
        ways.come_back(answer, begun.browser)


def test_sign_in_with_answer_of_one_provider_at_the_door_of_another_is_refused() -> None:
    clock = Ways().clock
    here, there = a_provider("google"), a_provider("gitlab")
    elsewhere = Elsewhere(here, clock)
    house = House(a_memory_store(), clock, web=elsewhere, providers=(here, there))
    begun = house.flows.providers.begin("google", Intent.SIGN_IN, browser=None)
    answer = elsewhere.authorize(begun.url)

    with pytest.raises(SignInBegunElsewhere):
        house.flows.providers.come_back("gitlab", answer, browser=begun.browser, caller=HOME, device_name="")


@EVERY
@pytest.mark.parametrize("issuer", ["https://evil.example", "", "{}/", "HTTPS://ID.ELSEWHERE.EXAMPLE"])
def test_sign_in_with_answer_that_names_another_issuer_is_refused(kind: str, issuer: str) -> None:
    ways = Ways(kind)
    begun = ways.begin()
    answer = replace(ways.elsewhere.authorize(begun.url), issuer=issuer.format(ways.elsewhere.provider.issuer))

    with pytest.raises(ProviderNotBelieved):
        ways.come_back(answer, begun.browser)

    assert refusals(ways) == ["not_believed"]


def test_sign_in_with_answer_that_names_no_issuer_where_one_is_promised_is_refused() -> None:
    ways = Ways()
    ways.elsewhere.names_itself = True
    begun = ways.begin()
    answer = replace(ways.elsewhere.authorize(begun.url), issuer=None)

    with pytest.raises(ProviderNotBelieved):
        ways.come_back(answer, begun.browser)


def test_sign_in_with_answer_that_names_the_issuer_is_taken() -> None:
    ways = Ways()
    ways.elsewhere.names_itself = True

    assert ways.go().remembered is not None


def test_sign_in_with_code_of_another_transaction_is_refused() -> None:
    ways = Ways()
    mine, theirs = ways.begin(), ways.begin()
    stolen = ways.elsewhere.authorize(theirs.url)
    answer = replace(ways.elsewhere.authorize(mine.url), code=stolen.code)

    with pytest.raises(ProviderNotBelieved):
        ways.come_back(answer, mine.browser)


@EVERY
@pytest.mark.parametrize("error", ["access_denied", "server_error", "<script>"])
def test_sign_in_with_person_who_declined_is_refused_and_the_way_is_used_up(kind: str, error: str) -> None:
    ways = Ways(kind)
    begun = ways.begin()
    answer = replace(ways.elsewhere.authorize(begun.url), error=error)

    with pytest.raises(ProviderDeclined):
        ways.come_back(answer, begun.browser)

    assert refusals(ways) == ["declined"]
    with pytest.raises(SignInBegunElsewhere):
        ways.come_back(answer, begun.browser)


@pytest.mark.parametrize("code", [None, "", "x" * 5000, "unknown"])
def test_sign_in_with_code_that_is_none_is_refused(code: str | None) -> None:
    ways = Ways()
    begun = ways.begin()

    with pytest.raises(Refusal):
        ways.come_back(replace(ways.elsewhere.authorize(begun.url), code=code), begun.browser)


@EVERY
def test_sign_in_with_disabled_account_is_refused(kind: str) -> None:
    ways = Ways(kind)
    remembered = signed_in(ways.go())
    ways.house.flows.set_enabled(remembered.profile.username, enabled=False)

    with pytest.raises(NotWelcome):
        ways.go()

    assert refusals(ways) == ["disabled"]


@EVERY
def test_sign_in_with_the_address_of_a_disabled_account_is_refused_and_connects_nothing(kind: str) -> None:
    ways = Ways(kind)
    account_id = ways.house.account("ada")
    ways.house.flows.set_enabled("ada", enabled=False)

    with pytest.raises(NotWelcome):
        ways.go()

    assert refusals(ways) == ["disabled"]
    assert ways.house.flows.providers.ways_in(account_id).identities == ()


def test_sign_in_with_text_that_holds_nul_is_taken_for_none() -> None:
    ways = Ways()
    ways.elsewhere.person = Somebody(name="A\0da")

    signed_in(ways.go())

    with ways.house.store.view() as view:
        identity = view.identities.of(ways.elsewhere.issuer, ways.elsewhere.person.subject)
    assert identity is not None
    assert "\0" not in identity.label


def test_sign_in_with_account_whose_password_is_suspended_is_let_in() -> None:
    ways = Ways()
    ways.house.account("ada")
    for _ in range(6):
        with pytest.raises(Refusal):
            ways.house.sign_in("ada", "wrong password of somebody")

    assert signed_in(ways.go()).profile.username == "ada"


def test_sign_in_with_account_that_waits_to_be_deleted_is_kept() -> None:
    ways = Ways()
    remembered = signed_in(ways.go())
    ways.house.flows.close_account(remembered.profile.id)
    ways.house.deliver()

    ways.go()

    assert LetterKind.ACCOUNT_KEPT in [letter.kind for letter in ways.house.deliver()]


@EVERY
@pytest.mark.parametrize("email", [None, "", "no address", "a@b@c", "ada@mail.example\r\nBcc: x@y.example"])
def test_sign_in_with_newcomer_without_a_fit_address_is_refused(kind: str, email: str | None) -> None:
    ways = Ways(kind)
    ways.elsewhere.person.email = email

    with pytest.raises(AddressMissing):
        ways.go()


def test_sign_in_with_session_that_was_there_is_replaced() -> None:
    ways = Ways()
    first = signed_in(ways.go())
    snapshot = ways.snapshot(first)
    begun = ways.begin(session=snapshot)

    ways.come_back(ways.elsewhere.authorize(begun.url), begun.browser)

    with pytest.raises(NotSignedIn):
        ways.snapshot(first)


def test_sign_in_with_remembers_the_request_of_an_application() -> None:
    outcome = Ways().go(request="dwo1_sign-in-request_a_b")

    assert outcome.request == "dwo1_sign-in-request_a_b"


def test_sign_in_with_counts_from_when_the_provider_asked() -> None:
    ways = Ways()
    asked_at = ways.clock.now() - timedelta(hours=3)
    ways.elsewhere.claims["auth_time"] = int(asked_at.timestamp())

    snapshot = ways.snapshot(ways.go().remembered)

    assert snapshot.authenticated_at == asked_at


def test_sign_in_with_provider_whose_clock_is_ahead_counts_from_now() -> None:
    ways = Ways()
    ways.elsewhere.claims["auth_time"] = int((ways.clock.now() + timedelta(seconds=40)).timestamp())

    snapshot = ways.snapshot(ways.go().remembered)

    assert snapshot.authenticated_at == ways.clock.now()


def test_sign_in_with_username_that_is_taken_gets_a_number() -> None:
    ways = Ways()
    ways.house.account("ada", email="other@mail.example")

    remembered = signed_in(ways.go())

    assert remembered.profile.username.startswith("ada-")


def test_sign_in_with_is_audited_with_the_provider() -> None:
    ways = Ways()
    ways.go()

    with ways.house.store.view() as view:
        found = [entry.event for entry in view.audit.read(after=0) if "with" in entry.event.detail]

    kinds = [event.kind for event in found]
    assert kinds == [AuditKind.ACCOUNT_VERIFIED, AuditKind.IDENTITY_LINKED, AuditKind.SIGN_IN]
    assert {event.detail["with"] for event in found} == {"oidc"}


def test_sign_in_with_provider_that_is_no_longer_configured_is_refused() -> None:
    ways = Ways()
    begun = ways.begin()
    answer = ways.elsewhere.authorize(begun.url)
    later = House(ways.house.store, ways.clock)

    with pytest.raises(NoSuchProvider):
        later.flows.providers.come_back("oidc", answer, browser=begun.browser, caller=HOME, device_name="")
