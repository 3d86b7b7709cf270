"""Finishing with the code from the mail: in the browser that began, once, and with few tries."""

from datetime import timedelta

import pytest

from doorward.core.accounts.errors import UserExists
from doorward.core.federation.errors import NoSuchProvider
from doorward.core.federation.records import Outcome
from doorward.core.federation.settle import Asked
from doorward.core.kernel.errors import Conflict
from doorward.core.limits.records import limit
from doorward.core.onetime.errors import LinkRefused
from doorward.core.outbox.records import LetterKind
from tests.house import ABROAD, HOME, House, code_of, token_of
from tests.unit.core.federation.ways import Ways, signed_in
from tests.upstream import KINDS, Somebody

EVERY = pytest.mark.parametrize("kind", KINDS)


def asked(ways: Ways) -> tuple[Outcome, str]:
    outcome = ways.go(request="a request")
    (letter,) = ways.house.deliver()
    assert letter.kind is LetterKind.FINISH_SIGN_IN
    return outcome, code_of(letter)


@EVERY
def test_finish_sign_in_with_the_code_makes_the_account(kind: str) -> None:
    ways = Ways(kind, ())
    outcome, code = asked(ways)

    finished = ways.finish(outcome.finish_token, code)

    remembered = signed_in(finished)
    assert (remembered.profile.email, finished.request) == ("ada@mail.example", "a request")
    assert signed_in(ways.go()).profile.id == remembered.profile.id


def test_finish_sign_in_mail_carries_no_link() -> None:
    ways = Ways("oidc", ())
    ways.go()

    (letter,) = ways.house.deliver()

    assert letter.token is None


def test_finish_sign_in_in_another_browser_is_refused() -> None:
    ways = Ways("oidc", ())
    _, victims_code = asked(ways)
    ways.elsewhere.person = Somebody("666", "mallory@mail.example", name="Mallory")
    attackers = ways.go()

    with pytest.raises(LinkRefused):
        ways.finish(attackers.finish_token, victims_code)

    with ways.house.store.view() as view:
        assert view.accounts.count() == 0


def test_finish_sign_in_code_of_the_attackers_mail_does_not_work_for_the_victim_nor_the_other_way_round() -> None:
    ways = Ways("oidc", ())
    victims, _ = asked(ways)
    ways.elsewhere.person = Somebody("666", "ada@mail.example", name="Mallory")
    attackers, newest = asked(ways)

    with pytest.raises(LinkRefused):
        ways.finish(victims.finish_token, newest)
    with pytest.raises(LinkRefused):
        ways.finish(attackers.finish_token, newest)


def test_finish_sign_in_twice_is_refused() -> None:
    ways = Ways("oidc", ())
    outcome, code = asked(ways)
    ways.finish(outcome.finish_token, code)

    with pytest.raises(LinkRefused):
        ways.finish(outcome.finish_token, code)


def test_finish_sign_in_after_five_wrong_codes_is_refused() -> None:
    ways = Ways("oidc", ())
    outcome, code = asked(ways)
    for _ in range(5):
        with pytest.raises(LinkRefused):
            ways.finish(outcome.finish_token, "00000000" if code != "00000000" else "11111111")

    with pytest.raises(LinkRefused):
        ways.finish(outcome.finish_token, code)


def test_finish_sign_in_beyond_what_may_be_mailed_has_no_code_and_leaves_the_owners_alone() -> None:
    ways = Ways("oidc", ())
    for _ in range(limit("mail_to_account").amount - 1):
        ways.go(caller=ABROAD)
    ways.house.deliver()
    owners = ways.go(caller=ABROAD)
    (letter,) = ways.house.deliver()
    code = code_of(letter)

    silent = ways.go(caller=ABROAD)

    assert ways.house.deliver() == []
    for guess in (code, *["00000000"] * 5):
        with pytest.raises(LinkRefused):
            ways.finish(silent.finish_token, guess)
    with ways.house.store.view() as view:
        assert view.accounts.count() == 0
    assert signed_in(ways.finish(owners.finish_token, code)).profile.email == "ada@mail.example"


def test_finish_sign_in_after_ten_minutes_is_refused() -> None:
    ways = Ways("oidc", ())
    outcome, code = asked(ways)
    ways.clock.advance(timedelta(minutes=10))

    with pytest.raises(LinkRefused):
        ways.finish(outcome.finish_token, code)


@pytest.mark.parametrize("token", ["", "x", "dwo1_finish-sign-in_a_b"])
def test_finish_sign_in_forged_token_is_refused(token: str) -> None:
    ways = Ways("oidc", ())
    _, code = asked(ways)

    with pytest.raises(LinkRefused):
        ways.finish(token, code)


def test_finish_sign_in_token_of_another_purpose_is_refused() -> None:
    ways = Ways("oidc", ())
    claim = ways.house.claim("margaret")

    with pytest.raises(LinkRefused):
        ways.finish(token_of(claim), code_of(claim))


def test_finish_sign_in_address_that_has_an_account_meanwhile_is_refused() -> None:
    ways = Ways("oidc", ())
    outcome, code = asked(ways)
    ways.house.account("ada")

    with pytest.raises(UserExists):
        ways.finish(outcome.finish_token, code)


def test_finish_sign_in_identity_that_has_an_account_meanwhile_is_refused() -> None:
    ways = Ways("oidc", ())
    outcome, code = asked(ways)
    ways.elsewhere.person.email = "other@mail.example"
    second, second_code = asked(ways)
    ways.finish(second.finish_token, second_code)

    with pytest.raises(Conflict):
        ways.finish(outcome.finish_token, code)

    with ways.house.store.view() as view:
        assert view.accounts.by_email("ada@mail.example") is None


def test_finish_sign_in_kills_the_claims_to_the_address() -> None:
    ways = Ways("oidc", ())
    claim = ways.house.claim("mallory", email="ada@mail.example")
    outcome, code = asked(ways)

    ways.finish(outcome.finish_token, code)

    with pytest.raises(LinkRefused):
        ways.house.flows.verify_email.by_link(token_of(claim))


def test_finish_sign_in_provider_that_is_no_longer_configured_is_refused() -> None:
    ways = Ways("oidc", ())
    outcome, code = asked(ways)
    later = House(ways.house.store, ways.clock)

    with pytest.raises(NoSuchProvider):
        later.flows.providers.finish(outcome.finish_token or "", code, caller=HOME, device_name="")


def test_mails_to_one_address_are_limited_however_often_somebody_comes() -> None:
    ways = Ways("oidc", ())
    for _ in range(12):
        ways.go()

    letters = ways.house.deliver()

    assert len(letters) == 5


@pytest.mark.parametrize("token", ["", "x", "dwo1_finish-sign-in_a_b"])
def test_address_of_a_token_that_is_none_is_none(token: str) -> None:
    assert Ways("oidc", ()).house.flows.providers.finish.address(token) is None


def test_asked_shows_neither_token_nor_address() -> None:
    assert repr(Asked("dwo1_finish-sign-in_a_b", "ada@mail.example")) == "Asked()"


def test_address_is_told_while_the_code_is_waited_for() -> None:
    ways = Ways("oidc", ())
    outcome, code = asked(ways)
    address = ways.house.flows.providers.finish.address

    before = address(outcome.finish_token or "")
    ways.finish(outcome.finish_token, code)

    assert (before, address(outcome.finish_token or "")) == ("ada@mail.example", None)
