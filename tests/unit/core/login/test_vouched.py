"""Whom somebody else vouches for: the known device, and what is shown of them."""

from datetime import timedelta

from doorward.core.federation.records import Intent
from doorward.core.login.arriving.vouched import Arrival
from doorward.core.outbox.records import LetterKind
from tests.house import House
from tests.unit.core.federation.ways import Ways, signed_in


def test_sign_in_vouched_on_the_known_device_starts_no_other_one_and_writes_nothing() -> None:
    ways = Ways()
    device_token = signed_in(ways.go()).device_token
    ways.clock.advance(timedelta(days=1))
    begun = ways.house.flows.providers.begin("oidc", Intent.SIGN_IN, browser=None, device_token=device_token)

    again = signed_in(ways.come_back(ways.elsewhere.authorize(begun.url), begun.browser))

    assert again.device_token is None
    assert ways.house.deliver() == []


def test_sign_in_vouched_on_a_device_that_was_forgotten_meanwhile_is_one_on_a_new_device() -> None:
    ways = Ways()
    first = signed_in(ways.go())
    ways.clock.advance(timedelta(days=1))
    begun = ways.house.flows.providers.begin("oidc", Intent.SIGN_IN, browser=None, device_token=first.device_token)
    with ways.house.store.work() as work:
        work.devices.forget_all(first.profile.id)

    again = signed_in(ways.come_back(ways.elsewhere.authorize(begun.url), begun.browser))

    assert again.device_token is not None
    assert [letter.kind for letter in ways.house.deliver()] == [LetterKind.NEW_SIGN_IN]


def test_sign_in_vouched_shows_no_secret_in_any_repr(house: House) -> None:
    account_id = house.account("margaret")
    arrival = Arrival("oidc", None, "Firefox on Linux", "a place")
    with house.store.work() as work:
        account = work.accounts.by_id(account_id)
        assert account is not None
        signed_in = house.flows.providers.finish.settle.vouched(work, account, arrival, now=house.clock.now())
    assert signed_in is not None

    shown = f"{signed_in!r} {arrival!r}"

    assert signed_in.session.id in shown
    assert not any(secret in shown for secret in (signed_in.refresh_token, f"{signed_in.device_token}", "a place"))
