"""Signing in with a provider while somebody changes what it stands on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from doorward.assembly.flows import Work
from doorward.core.accounts.records import Account, Status
from doorward.core.federation.records import Begun, Intent
from doorward.core.kernel.errors import Conflict, Refusal
from doorward.core.kernel.ids import AccountId
from tests.builders import an_account
from tests.house import HOME, replacing
from tests.unit.core.federation.ways import Ways, signed_in


def comes_back_late(ways: Ways, begun: Begun, method: str, meanwhile: Callable[[Work], object]) -> None:
    """Come back from the provider while somebody else is a moment faster: right before accounts are asked for that."""
    answer = ways.elsewhere.authorize(begun.url)

    @contextmanager
    def overtaken() -> Iterator[Work]:
        with ways.house.store.work() as work:

            def faster() -> None:
                meanwhile(work)

            yield replacing(work, "accounts", method, faster)

    slow = replace(ways.house.flows.providers.come_back, work=overtaken)
    slow("oidc", answer, browser=begun.browser, caller=HOME, device_name="")


def disabled(account: Account) -> Account:
    return replace(account, status=Status.DISABLED)


def moved(account: Account) -> Account:
    return replace(account, email="other@mail.example", email_key="other@mail.example")


def change(work: Work, account_id: AccountId, changed: Callable[[Account], Account]) -> None:
    """Write an account as somebody changed it."""
    account = work.accounts.by_id(account_id)
    assert account is not None
    work.accounts.replace(changed(account), expected=account)


def test_sign_in_with_address_that_somebody_gets_at_the_same_moment_is_a_conflict() -> None:
    ways = Ways()
    mallory = an_account("mallory", email="ada@mail.example")

    with pytest.raises(Conflict):
        comes_back_late(ways, ways.begin(), "add", lambda work: work.accounts.add(mallory))

    with ways.house.store.view() as view:
        assert view.identities.of(ways.elsewhere.issuer, ways.elsewhere.person.subject) is None


@pytest.mark.parametrize("intent", [Intent.SIGN_IN, Intent.CONFIRM])
@pytest.mark.parametrize("meanwhile", ["disconnected", "disabled"])
def test_identity_that_is_taken_away_at_the_same_moment_lets_nobody_in(meanwhile: str, intent: Intent) -> None:
    ways = Ways()
    remembered = signed_in(ways.go())
    account_id, who = remembered.profile.id, (ways.elsewhere.issuer, ways.elsewhere.person.subject)
    begun = ways.begin(intent, session=ways.snapshot(remembered) if intent is Intent.CONFIRM else None)

    def faster(work: Work) -> None:
        if meanwhile == "disabled":
            change(work, account_id, disabled)
        else:
            work.identities.remove(account_id, *who)

    with pytest.raises(Refusal):
        comes_back_late(ways, begun, "held", faster)

    assert len(ways.house.flows.list_sessions(account_id)) == 1


@pytest.mark.parametrize("changed", [disabled, moved])
def test_owner_of_an_address_who_changes_at_the_same_moment_is_not_connected_and_let_in(
    changed: Callable[[Account], Account],
) -> None:
    ways = Ways()
    account_id = ways.house.account("ada")

    with pytest.raises(Refusal):
        comes_back_late(ways, ways.begin(), "held", lambda work: change(work, account_id, changed))
