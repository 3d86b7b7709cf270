from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.adapters.argon2.hasher import Argon2Hasher, Parameters, peppers_by_id
from doorward.assembly.flows import Work
from doorward.core.audit.records import AuditKind
from doorward.core.credentials.records import PasswordRecord
from doorward.core.kernel.errors import Unavailable
from doorward.core.kernel.ids import AccountId
from doorward.core.keys.rules import SIGNS_FOR
from doorward.core.login.errors import InvalidCredentials
from doorward.core.login.log_in import Attempt
from doorward.core.login.rules import SUSPENDED_FOR
from doorward.core.outbox.records import LetterKind
from doorward.core.sessions.records import FIRST_PARTY, LIFETIMES, Kind
from tests.house import ABROAD, HOME, OTHER_PASSWORD, PASSWORD, SECRET, WRONG_PASSWORD, House, Opens, token_of
from tests.unit.core.stale import StaleAttempts


def fail(house: House, times: int = 1, *, login: str = "margaret", device_token: str | None = None) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            house.sign_in(login, WRONG_PASSWORD, caller=ABROAD, device_token=device_token)


@pytest.mark.parametrize("login", ["margaret", " MARGARET ", "margaret@mail.example", "Margaret@Mail.Example"])
@pytest.mark.parametrize("kind", sorted(FIRST_PARTY))
def test_log_in_by_name_or_address_starts_a_session(house: House, login: str, kind: Kind) -> None:
    account_id = house.account("margaret")

    remembered = house.sign_in(login, kind=kind)

    assert (remembered.profile.id, remembered.kind) == (account_id, kind)
    assert remembered.access_expires_in == timedelta(minutes=5)
    assert remembered.refresh_expires_in == LIFETIMES[kind].idle
    assert house.flows.recognise(remembered.access_token, kind).profile.id == account_id
    with house.store.view() as view:
        session = view.sessions.by_id(remembered.session_id)
    assert session is not None
    assert session.expires_at == house.clock.now() + LIFETIMES[kind].absolute
    assert session.place not in {"invalid", HOME.address}


@pytest.mark.parametrize("password", [PASSWORD, WRONG_PASSWORD])
def test_log_in_while_no_key_signs_starts_counts_and_tells_nothing(house: House, password: str) -> None:
    account_id = house.account("margaret")
    house.advance(SIGNS_FOR)
    for _ in range(6):
        with pytest.raises(Unavailable):
            house.sign_in(password=password)
    assert house.hasher.verified == []

    letters = house.deliver()
    house.flows.rotate_keys()
    remembered = house.sign_in()

    assert letters == []
    assert [held.id for held in house.flows.list_sessions(account_id)] == [remembered.session_id]


def test_log_in_twice_starts_two_sessions(house: House) -> None:
    house.account("margaret")

    first, second = house.sign_in(), house.sign_in()

    assert first.session_id != second.session_id
    assert first.refresh_token != second.refresh_token


def test_log_in_shows_no_secret_in_any_repr(house: House) -> None:
    house.account("margaret")

    remembered = house.sign_in()
    attempt = Attempt("margaret", PASSWORD, Kind.WEB, HOME, "Firefox")

    shown = f"{remembered!r} {attempt!r} {HOME!r}"
    hidden = [remembered.access_token, remembered.refresh_token, f"{remembered.device_token}", PASSWORD, "192.0.2.7"]
    assert not any(secret in shown for secret in hidden)


@pytest.mark.parametrize(
    "password", ["", WRONG_PASSWORD, PASSWORD.upper(), PASSWORD + " ", PASSWORD[:-1], "x" * 5000, "\ud800" * 20]
)
def test_log_in_wrong_password_is_refused(house: House, password: str) -> None:
    house.account("margaret")

    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret", password)


@pytest.mark.parametrize(
    "login", ["nobody", "nobody@mail.example", "", "@", "a\x00b", "\ud800", "' OR 1=1 --", "x" * 4000]
)
def test_log_in_any_unknown_name_is_refused(house: House, login: str) -> None:
    with pytest.raises(InvalidCredentials):
        house.sign_in(login)


def test_log_in_password_in_another_form_of_unicode_is_right(house: House) -> None:
    house.account("margaret", password="crème brûlée for breakfast")

    remembered = house.sign_in("margaret", "cre\u0300me bru\u0302le\u0301e\u00a0for breakfast")

    assert remembered.profile.username == "margaret"


def test_log_in_before_the_address_is_proven_is_refused_and_sends_the_link(house: House) -> None:
    house.claim("margaret")

    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret")
    (letter,) = house.deliver()

    assert letter.kind is LetterKind.VERIFY_EMAIL
    assert house.flows.verify_email.by_link(token_of(letter))


@pytest.mark.parametrize("login", ["margaret", "nobody"])
def test_log_in_wrong_password_sends_nothing(house: House, login: str) -> None:
    house.account("margaret")

    fail(house, login=login)

    assert house.deliver() == []


def test_log_in_fifth_failure_suspends_strangers_and_tells_the_owner_once_a_day(house: House) -> None:
    house.account("margaret")

    fail(house, 5)
    (letter,) = house.deliver()
    fail(house, 5)

    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret", PASSWORD, caller=ABROAD)
    assert (letter.kind, letter.to) == (LetterKind.SIGN_IN_SUSPENDED, "margaret@mail.example")
    assert house.deliver() == []
    assert house.hasher.compared == 5


def test_log_in_suspension_ends_after_twelve_hours(house: House) -> None:
    house.account("margaret")
    fail(house, 5)
    house.clock.pause(SUSPENDED_FOR - timedelta(seconds=1))

    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret")
    house.clock.pause(timedelta(seconds=1))

    assert house.sign_in("margaret").access_token


def test_log_in_all_spellings_of_a_name_share_the_five(house: House) -> None:
    house.account("margaret")

    for login in ("margaret", "MARGARET", " margaret ", "margaret@mail.example", "Margaret@Mail.Example"):
        fail(house, login=login)

    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret")


def test_log_in_right_password_forgives(house: House) -> None:
    house.account("margaret")

    for _ in range(4):
        fail(house, 4)
        assert house.sign_in("margaret").access_token


def test_log_in_on_a_known_device_goes_on_while_strangers_are_suspended(house: House) -> None:
    house.account("margaret")
    device_token = house.sign_in("margaret").device_token
    fail(house, 5)

    remembered = house.sign_in("margaret", device_token=device_token)

    assert remembered.device_token is None
    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret", caller=ABROAD)


def test_log_in_five_failures_on_a_known_device_end_its_trust_alone(house: House) -> None:
    house.account("margaret")
    spent, other = house.sign_in("margaret").device_token, house.sign_in("margaret").device_token

    fail(house, 5, device_token=spent)

    with house.store.view() as view:
        kinds = [entry.event.kind for entry in view.audit.read()]
    assert kinds.count(AuditKind.SIGN_IN_SUSPENDED) == 1
    assert house.sign_in("margaret", device_token=spent).device_token is not None
    assert house.sign_in("margaret", device_token=other).device_token is None


def test_log_in_device_of_another_account_is_a_stranger(house: House) -> None:
    house.account("margaret")
    house.account("adele")
    device_token = house.sign_in("adele").device_token
    fail(house, 5)

    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret", device_token=device_token)


def test_log_in_device_is_forgotten_after_half_a_year(house: House) -> None:
    house.account("margaret")
    device_token = house.sign_in("margaret").device_token
    house.clock.pause(timedelta(days=180))
    house.flows.rotate_keys()

    assert house.sign_in("margaret", device_token=device_token).device_token is not None


def test_log_in_after_a_hundred_failures_no_password_works_until_it_is_reset(house: House) -> None:
    house.account("margaret")
    device_token = house.sign_in("margaret").device_token
    for _ in range(20):
        fail(house, 5)
        house.clock.pause(SUSPENDED_FOR)
        house.flows.rotate_keys()

    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret", device_token=device_token)
    house.deliver()
    house.flows.forgot_password("margaret@mail.example")
    (letter,) = house.deliver()
    house.flows.reset_password.by_link(token_of(letter), OTHER_PASSWORD, device_name="mine")

    assert house.sign_in("margaret", OTHER_PASSWORD).access_token


def test_log_in_waits_while_others_check_the_last_slots_and_then_gives_up(house: House) -> None:
    account_id = house.account("margaret")
    guard = house.tools.guard
    with house.store.work() as work:
        for _ in range(5):
            guard.take(work.attempts, account_id, "")

    with pytest.raises(Unavailable) as refused:
        house.sign_in("margaret")

    assert refused.value.retry_after == timedelta(seconds=1)
    assert house.hasher.verified == []


def test_log_in_waits_no_longer_where_every_look_takes_long(house: House) -> None:
    account_id = house.account("margaret")
    with house.store.work() as work:
        for _ in range(5):
            house.tools.guard.take(work.attempts, account_id, "")
    looks: list[float] = []

    @contextmanager
    def work_of_a_second() -> Iterator[Work]:
        house.clock.pause(timedelta(seconds=1))
        looks.append(house.clock.steady())
        with house.store.work() as work:
            yield work

    with pytest.raises(Unavailable):
        replace(house.flows.log_in, work=Opens(work_of_a_second, house.statements.append))(
            Attempt("margaret", PASSWORD, Kind.WEB, ABROAD, "Firefox on Linux")
        )

    assert len(looks) == 5


def test_log_in_holds_the_account_that_it_lets_in(house: House) -> None:
    house.account("margaret")
    house.statements.clear()

    house.sign_in("margaret")

    assert house.statements.index("accounts.held") < house.statements.index("sessions.add")


def test_log_in_when_the_attempts_cannot_be_written_is_unavailable(house: House) -> None:
    house.account("margaret")
    contended = House(StaleAttempts(house.store))

    with pytest.raises(Unavailable):
        contended.sign_in("margaret")

    assert contended.hasher.verified == []


def test_log_in_overtaken_while_it_takes_and_settles_its_slot_goes_on(house: House) -> None:
    house.account("margaret")

    assert House(StaleAttempts(house.store, times=3)).sign_in("margaret").session_id
    assert House(StaleAttempts(house.store, spared=1, times=3)).sign_in("margaret").session_id


def test_log_in_when_the_slot_cannot_be_settled_is_unavailable_and_starts_no_session(house: House) -> None:
    account_id = house.account("margaret")
    contended = House(StaleAttempts(house.store, spared=1))

    with pytest.raises(Unavailable):
        contended.sign_in("margaret")

    assert house.flows.list_sessions(account_id) == ()


def test_log_in_rehashes_what_was_hashed_otherwise(house: House) -> None:
    account_id = house.account("margaret")
    older = Argon2Hasher(peppers_by_id(SECRET), parameters=Parameters(memory_kib=8, passes=2))
    with house.store.work() as work:
        work.passwords.put(PasswordRecord(account_id, older.hash(PASSWORD), house.clock.now()))

    house.sign_in("margaret")

    with house.store.view() as view:
        kept = view.passwords.of(account_id)
    assert kept is not None
    assert not house.hasher.is_outdated(kept.hash)
    assert house.hasher.verify(kept.hash, PASSWORD)


def test_log_in_wrong_password_rehashes_nothing(house: House) -> None:
    account_id = house.account("margaret")
    older = Argon2Hasher(peppers_by_id(SECRET), parameters=Parameters(memory_kib=8, passes=2)).hash(PASSWORD)
    with house.store.work() as work:
        work.passwords.put(PasswordRecord(account_id, older, house.clock.now()))

    fail(house)

    with house.store.view() as view:
        kept = view.passwords.of(account_id)
    assert kept is not None
    assert kept.hash == older


@pytest.mark.parametrize("change", ["password", "disabled", "gone"])
def test_log_in_account_changed_while_the_password_is_checked_is_refused(house: House, change: str) -> None:
    account_id = house.account("margaret")

    def meanwhile(stored: str | None, password: str) -> bool:
        house.hasher.verified.append(stored)
        change_account(house, account_id, change)
        return password == PASSWORD

    house.hasher.verify = meanwhile  # type: ignore[method-assign] # what happens during the check is the test

    with pytest.raises(InvalidCredentials):
        house.sign_in("margaret")


def change_account(house: House, account_id: AccountId, change: str) -> None:
    match change:
        case "password":
            with house.store.work() as work:
                changed = house.hasher.hash(OTHER_PASSWORD)
                work.passwords.put(PasswordRecord(account_id, changed, house.clock.now()))
        case "disabled":
            house.flows.set_enabled("margaret", enabled=False)
        case _:
            with house.store.work() as work:
                work.accounts.remove(account_id)


def test_log_in_on_a_new_device_tells_the_owner_once_a_day(house: House) -> None:
    house.account("margaret")
    device_token = house.sign_in("margaret").device_token
    soon = house.deliver()
    house.clock.pause(timedelta(hours=1))

    house.sign_in("margaret", device_token=device_token)
    known = house.deliver()
    house.sign_in("margaret", caller=ABROAD)
    house.sign_in("margaret", caller=ABROAD)
    new = house.deliver()

    assert (soon, known) == ([], [])
    assert [(letter.kind, letter.detail) for letter in new] == [(LetterKind.NEW_SIGN_IN, "Firefox on Linux")]


def test_log_in_records_success_and_refusal_by_the_pseudonym_of_the_address(house: House) -> None:
    account_id = house.account("margaret")
    house.sign_in("margaret")
    fail(house)

    with house.store.view() as view:
        entries = [entry.event for entry in view.audit.read(account_id=account_id)][-2:]

    assert [event.kind for event in entries] == [AuditKind.SIGN_IN, AuditKind.SIGN_IN_REFUSED]
    assert entries[0].detail == {"kind": "web"}
    assert entries[1].detail == {"reason": "wrong_password"}
    assert entries[0].address_tag != entries[1].address_tag
    assert all(event.address_tag and "." not in event.address_tag for event in entries)
