"""Signing in with a provider while somebody changes what it stands on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from doorward.assembly.flows import Work
from doorward.core.accounts.records import Status
from doorward.core.federation.records import Intent
from doorward.core.kernel.errors import Conflict, Refusal
from tests.builders import an_account
from tests.house import HOME, replacing
from tests.unit.core.federation.ways import Ways, signed_in


def test_sign_in_with_address_that_somebody_gets_at_the_same_moment_is_a_conflict() -> None:
    ways = Ways()
    begun = ways.begin()
    answer = ways.elsewhere.authorize(begun.url)

    @contextmanager
    def overtaken() -> Iterator[Work]:
        with ways.house.store.work() as work:

            def faster() -> None:
                work.accounts.add(an_account("mallory", email="ada@mail.example"))

            yield replacing(work, "accounts", "add", faster)

    slow = replace(ways.house.flows.providers.come_back, work=overtaken)
    with pytest.raises(Conflict):
        slow("oidc", answer, browser=begun.browser, caller=HOME, device_name="")

    with ways.house.store.view() as view:
        assert view.identities.of(ways.elsewhere.issuer, ways.elsewhere.person.subject) is None


@pytest.mark.parametrize("intent", [Intent.SIGN_IN, Intent.CONFIRM])
@pytest.mark.parametrize("meanwhile", ["disconnected", "disabled"])
def test_identity_that_is_taken_away_at_the_same_moment_lets_nobody_in(meanwhile: str, intent: Intent) -> None:
    ways = Ways()
    remembered = signed_in(ways.go())
    account_id = remembered.profile.id
    begun = ways.begin(intent, session=ways.snapshot(remembered) if intent is Intent.CONFIRM else None)
    answer = ways.elsewhere.authorize(begun.url)

    @contextmanager
    def overtaken() -> Iterator[Work]:
        with ways.house.store.work() as work:

            def faster() -> None:
                account = work.accounts.by_id(account_id)
                assert account is not None
                if meanwhile == "disabled":
                    work.accounts.replace(replace(account, status=Status.DISABLED), expected=account)
                else:
                    work.identities.remove(account_id, ways.elsewhere.issuer, ways.elsewhere.person.subject)

            yield replacing(work, "accounts", "held", faster)

    slow = replace(ways.house.flows.providers.come_back, work=overtaken)
    with pytest.raises(Refusal):
        slow("oidc", answer, browser=begun.browser, caller=HOME, device_name="")

    assert len(ways.house.flows.list_sessions(account_id)) == 1


@pytest.mark.parametrize("meanwhile", ["disabled", "moved"])
def test_owner_of_an_address_who_changes_at_the_same_moment_is_not_connected_and_let_in(meanwhile: str) -> None:
    ways = Ways()
    account_id = ways.house.account("ada")
    begun = ways.begin()
    answer = ways.elsewhere.authorize(begun.url)

    @contextmanager
    def overtaken() -> Iterator[Work]:
        with ways.house.store.work() as work:

            def faster() -> None:
                account = work.accounts.by_id(account_id)
                assert account is not None
                changed = (
                    replace(account, status=Status.DISABLED)
                    if meanwhile == "disabled"
                    else replace(account, email="other@mail.example", email_key="other@mail.example")
                )
                work.accounts.replace(changed, expected=account)

            yield replacing(work, "accounts", "held", faster)

    slow = replace(ways.house.flows.providers.come_back, work=overtaken)
    with pytest.raises(Refusal):
        slow("oidc", answer, browser=begun.browser, caller=HOME, device_name="")
