import pytest

from doorward.core.credentials.errors import PasswordUnsuitable
from doorward.core.credentials.records import PasswordRecord
from doorward.core.kernel.errors import Conflict
from doorward.core.login.errors import InvalidCredentials, PasswordRefused
from doorward.core.onetime.errors import LinkRefused
from doorward.core.outbox.records import LetterKind
from doorward.core.sessions.errors import NotSignedIn, RefreshRefused
from doorward.core.sessions.records import Kind, Snapshot
from tests.house import HOME, KNOWN_PASSWORD, OTHER_PASSWORD, PASSWORD, WRONG_PASSWORD, House, token_of


def signed_in(house: House) -> Snapshot:
    return house.flows.recognise(house.sign_in("margaret").access_token, Kind.WEB)


def test_change_password_ends_the_other_sessions_and_links_and_tells_the_owner(house: House) -> None:
    house.account("margaret")
    elsewhere = house.sign_in("margaret", kind=Kind.MOBILE)
    here = house.sign_in("margaret")
    house.flows.forgot_password("margaret@mail.example")
    (link,) = house.deliver()

    house.flows.change_password(
        house.flows.recognise(here.access_token, Kind.WEB), PASSWORD, new_password=OTHER_PASSWORD
    )
    (letter,) = house.deliver()

    assert letter.kind is LetterKind.PASSWORD_CHANGED
    with pytest.raises(RefreshRefused):
        house.flows.refresh(elsewhere.refresh_token, Kind.MOBILE, caller=HOME)
    assert house.flows.refresh(here.refresh_token, Kind.WEB, caller=HOME).access_token
    with pytest.raises(LinkRefused):
        house.flows.reset_password.by_link(token_of(link), PASSWORD, device_name="")
    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret", PASSWORD)
    assert house.sign_in("margaret", OTHER_PASSWORD).access_token


@pytest.mark.parametrize("current", [WRONG_PASSWORD, "", "x" * 5000], ids=["wrong", "empty", "endless"])
def test_change_password_wrong_current_one_is_refused(house: House, current: str) -> None:
    house.account("margaret")
    snapshot = signed_in(house)

    with pytest.raises(PasswordRefused) as refused:
        house.flows.change_password(snapshot, current, new_password=OTHER_PASSWORD)

    assert refused.value.pointer == "/current_password"
    assert house.sign_in("margaret", PASSWORD).access_token


@pytest.mark.parametrize("new", ["short", KNOWN_PASSWORD, "margaretmargaret"])
def test_change_password_bad_new_one_is_unsuitable_and_changes_nothing(house: House, new: str) -> None:
    house.account("margaret")
    snapshot = signed_in(house)

    with pytest.raises(PasswordUnsuitable) as refused:
        house.flows.change_password(snapshot, PASSWORD, new_password=new)

    assert refused.value.pointer == "/new_password"
    assert house.sign_in("margaret", PASSWORD).access_token


def test_change_password_five_wrong_current_ones_end_the_session_alone(house: House) -> None:
    house.account("margaret")
    stolen = house.sign_in("margaret", kind=Kind.MOBILE)
    snapshot, other = house.flows.recognise(stolen.access_token, Kind.MOBILE), house.sign_in("margaret")

    for _ in range(5):
        with pytest.raises(PasswordRefused):
            house.flows.change_password(snapshot, WRONG_PASSWORD, new_password=OTHER_PASSWORD)

    with pytest.raises(NotSignedIn):
        house.flows.recognise(stolen.access_token, Kind.MOBILE)
    assert house.flows.refresh(other.refresh_token, Kind.WEB, caller=HOME).access_token
    assert house.sign_in("margaret", PASSWORD).access_token


def test_change_password_sixth_try_is_never_compared(house: House) -> None:
    house.account("margaret")
    snapshot = signed_in(house)
    for _ in range(5):
        with pytest.raises(PasswordRefused):
            house.flows.change_password(snapshot, WRONG_PASSWORD, new_password=OTHER_PASSWORD)
    compared, verified = house.hasher.compared, len(house.hasher.verified)

    with pytest.raises(PasswordRefused):
        house.flows.change_password(snapshot, PASSWORD, new_password=OTHER_PASSWORD)

    assert (house.hasher.compared, len(house.hasher.verified)) == (compared, verified + 1)


def test_change_password_of_an_account_without_one_is_refused(house: House) -> None:
    account_id = house.account("margaret")
    snapshot = signed_in(house)
    with house.store.work() as work:
        work.passwords.remove(account_id)

    with pytest.raises(PasswordRefused):
        house.flows.change_password(snapshot, PASSWORD, new_password=OTHER_PASSWORD)


@pytest.mark.parametrize("change", ["changed", "removed"])
def test_change_password_changed_elsewhere_in_the_meantime_is_a_conflict(house: House, change: str) -> None:
    account_id = house.account("margaret")
    snapshot = signed_in(house)
    hash_password = house.hasher.hash
    theirs = hash_password("the owner has reset it meanwhile")

    def meanwhile(password: str) -> str:
        with house.store.work() as work:
            if change == "removed":
                work.passwords.remove(account_id)
            else:
                work.passwords.put(PasswordRecord(account_id, theirs, house.clock.now()))
        return hash_password(password)

    house.hasher.hash = meanwhile  # type: ignore[method-assign] # what happens during the hash is the test

    with pytest.raises(Conflict):
        house.flows.change_password(snapshot, PASSWORD, new_password=OTHER_PASSWORD)

    with house.store.view() as view:
        kept = view.passwords.of(account_id)
    assert (kept.hash if kept else None) == (theirs if change == "changed" else None)
