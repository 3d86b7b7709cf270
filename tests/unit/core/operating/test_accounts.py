from datetime import timedelta

import pytest

from doorward.core.accounts.errors import UserExists
from doorward.core.accounts.records import Status
from doorward.core.audit.records import AuditKind
from doorward.core.credentials.errors import PasswordUnsuitable
from doorward.core.kernel.errors import Conflict, Invalid, NotFound
from doorward.core.login.errors import InvalidCredentials
from doorward.core.onetime.errors import LinkRefused
from doorward.core.sessions.errors import NotSignedIn, RefreshRefused
from doorward.core.sessions.records import Kind, Remembered
from tests.builders import ACCOUNT
from tests.house import HOME, OTHER_PASSWORD, PASSWORD, House, token_of
from tests.unit.core.stale import StaleAccounts


def test_add_account_without_a_password_lets_the_owner_choose_it(house: House) -> None:
    added = house.flows.add_account("Adele", "adele@mail.example", roles=("editor",))

    with pytest.raises(InvalidCredentials):
        house.sign_in("adele")
    house.flows.reset_password.by_link(added.token or "", PASSWORD, device_name="mine")
    remembered = house.sign_in("adele")

    assert (remembered.profile.id, remembered.profile.roles) == (added.account.id, ("editor",))
    assert added.token is not None
    assert added.token not in repr(added)


def test_add_account_link_to_choose_lives_a_week(house: House) -> None:
    added = house.flows.add_account("adele", "adele@mail.example")
    house.clock.pause(timedelta(days=7))

    with pytest.raises(LinkRefused):
        house.flows.reset_password.by_link(added.token or "", PASSWORD, device_name="")


def test_add_account_with_a_password_may_sign_in_at_once(house: House) -> None:
    added = house.flows.add_account("adele", "adele@mail.example", password=PASSWORD)

    assert added.token is None
    assert house.sign_in("adele").profile.id == added.account.id


def test_add_account_deletes_the_claims_to_the_address(house: House) -> None:
    claim = house.claim("mallory", email="adele@mail.example")
    house.flows.add_account("adele", "adele@mail.example")

    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_link(token_of(claim))


@pytest.mark.parametrize(("name", "email"), [("margaret", "new@mail.example"), ("new", "margaret@mail.example")])
def test_add_account_that_is_taken_is_user_exists(house: House, name: str, email: str) -> None:
    house.account("margaret")

    with pytest.raises(UserExists):
        house.flows.add_account(name, email)


def test_add_account_with_a_bad_role_or_password_adds_nothing(house: House) -> None:
    with pytest.raises(Invalid):
        house.flows.add_account("adele", "adele@mail.example", roles=("Not A Role",))
    with pytest.raises(PasswordUnsuitable):
        house.flows.add_account("adele", "adele@mail.example", password="adele")

    with house.store.view() as view:
        assert view.accounts.count() == 0


@pytest.mark.parametrize("wanted", ["margaret", "MARGARET", "Margaret@mail.example", "id"])
def test_show_account_finds_by_id_name_and_address(house: House, wanted: str) -> None:
    account_id = house.account("margaret")
    house.flows.set_role("margaret", "editor", granted=True)

    shown = house.flows.show_account(account_id if wanted == "id" else wanted)

    assert (shown.account.id, shown.roles) == (account_id, ("editor",))


@pytest.mark.parametrize("wanted", ["nobody", ACCOUNT, "", "?", "nobody@mail.example"])
def test_show_account_that_is_not_there_is_not_found(house: House, wanted: str) -> None:
    with pytest.raises(NotFound):
        house.flows.show_account(wanted)


def test_list_accounts_comes_page_by_page(house: House) -> None:
    ids = [house.account(name) for name in ("adele", "barbara", "carol")]

    first = house.flows.list_accounts(size=2)
    second = house.flows.list_accounts(after=first.next_after, size=2)
    found = house.flows.list_accounts(contains="barb")

    pages = [[account.id for account in page.items] for page in (first, second, found)]
    assert [*pages[0], *pages[1]] == sorted(ids)
    assert second.next_after is None
    assert pages[2] == [ids[1]]


def test_set_enabled_off_ends_everything(house: House) -> None:
    account_id = house.account("margaret")
    operator = house.account("operator")
    remembered = house.sign_in("margaret", kind=Kind.MOBILE)
    house.flows.forgot_password("margaret@mail.example")
    house.flows.change_profile(account_id, email="new@mail.example")
    reset, change = sorted(house.deliver(), key=lambda letter: letter.kind, reverse=True)

    house.flows.set_enabled("margaret", enabled=False, actor_id=operator)

    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret")
    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret", device_token=remembered.device_token)
    with pytest.raises(RefreshRefused):
        house.flows.refresh(remembered.refresh_token, Kind.MOBILE, caller=HOME)
    with pytest.raises(NotSignedIn):
        house.flows.recognise(remembered.access_token, Kind.MOBILE)
    with pytest.raises(LinkRefused):
        house.flows.reset_password.by_link(token_of(reset), OTHER_PASSWORD, device_name="")
    with pytest.raises(LinkRefused):
        house.flows.verify_email.by_link(token_of(change))
    with house.store.view() as view:
        entry = next(entry for entry in view.audit.read() if entry.event.kind is AuditKind.ACCOUNT_DISABLED)
    assert (entry.event.account_id, entry.event.actor_id) == (account_id, operator)


def test_set_enabled_off_forgot_password_sends_nothing(house: House) -> None:
    house.account("margaret")
    house.flows.set_enabled("margaret", enabled=False)

    house.flows.forgot_password("margaret@mail.example")

    assert house.deliver() == []


def test_set_enabled_on_again_lets_in_with_a_new_session_only(house: House) -> None:
    house.account("margaret")
    before = house.sign_in(kind=Kind.MOBILE)
    house.flows.set_enabled("margaret", enabled=False)

    account = house.flows.set_enabled("margaret", enabled=True)

    assert account.status is Status.ACTIVE
    assert house.sign_in("margaret").profile.id == account.id
    with pytest.raises(RefreshRefused):
        house.flows.refresh(before.refresh_token, Kind.MOBILE, caller=HOME)


def test_set_enabled_to_what_it_is_changes_nothing(house: House) -> None:
    house.account("margaret")
    before = len(house.statements)

    house.flows.set_enabled("margaret", enabled=True)

    assert house.statements[before:] == ["accounts.by_login"]


def test_set_enabled_returns_the_account_as_it_is_now(house: House) -> None:
    account_id = house.account("margaret")

    returned = house.flows.set_enabled("margaret", enabled=False)

    with house.store.view() as view:
        assert view.accounts.by_id(account_id) == returned


def test_set_enabled_changed_meanwhile_is_a_conflict(house: House) -> None:
    house.account("margaret")
    late = House(StaleAccounts(house.store))

    with pytest.raises(Conflict):
        late.flows.set_enabled("margaret", enabled=False)


def test_set_role_grants_and_revokes_once(house: House) -> None:
    account_id = house.account("margaret")

    granted = [house.flows.set_role("margaret", "editor", granted=True).roles for _ in range(2)]
    revoked = [house.flows.set_role("margaret", "editor", granted=False).roles for _ in range(2)]

    assert (granted, revoked) == ([("editor",)] * 2, [()] * 2)
    with house.store.view() as view:
        kinds = [entry.event.kind for entry in view.audit.read(account_id=account_id)]
    assert kinds[-2:] == [AuditKind.ROLE_GRANTED, AuditKind.ROLE_REVOKED]


def test_set_role_to_no_role_is_invalid(house: House) -> None:
    house.account("margaret")

    with pytest.raises(Invalid):
        house.flows.set_role("margaret", "No Role", granted=True)


def test_set_role_granted_counts_from_the_next_sign_in(house: House) -> None:
    house.account("margaret")
    remembered = house.sign_in(kind=Kind.MOBILE)
    house.flows.set_role("margaret", "operator", granted=True)
    house.clock.pause(timedelta(seconds=3))

    refreshed = house.flows.refresh(remembered.refresh_token, Kind.MOBILE, caller=HOME)
    again = house.sign_in(kind=Kind.MOBILE)

    assert scope_of(house, refreshed) == "account"
    assert house.flows.recognise(refreshed.access_token, Kind.MOBILE).profile.roles == ("operator",)
    assert scope_of(house, again) == "account operate"


def test_set_role_taken_away_is_gone_at_once(house: House) -> None:
    house.account("margaret")
    house.flows.set_role("margaret", "operator", granted=True)
    remembered = house.sign_in(kind=Kind.MOBILE)
    before = house.flows.recognise(remembered.access_token, Kind.MOBILE).scope
    house.flows.set_role("margaret", "operator", granted=False)

    snapshot = house.flows.recognise(remembered.access_token, Kind.MOBILE)
    refreshed = house.flows.refresh(remembered.refresh_token, Kind.MOBILE, caller=HOME)

    assert (before, snapshot.scope) == ("account operate", "account")
    assert scope_of(house, refreshed) == "account"


def scope_of(house: House, remembered: Remembered) -> str:
    return house.flows.keyring.read(remembered.access_token, house.flows.keyring.issuer).scope
