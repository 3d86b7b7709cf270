from datetime import timedelta

import pytest

from doorward.core.kernel.errors import Invalid
from doorward.core.kernel.ids import AccountId
from doorward.core.login.errors import InvalidCredentials
from doorward.core.login.records import Attempts, Lane
from doorward.core.login.rules import CEILING, CLOCK_ERROR, SUSPENDED_FOR
from doorward.core.operating.overview.locks import LockKind
from doorward.testing.clock import START
from tests.house import WRONG_PASSWORD, House

HOUR = timedelta(hours=1)
GONE = AccountId("gone")


def guessed(house: House, login: str, times: int = 5) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            house.sign_in(login, WRONG_PASSWORD)


def kept(house: House, key: str, *, consecutive: int = 1, **lanes: timedelta) -> None:
    held = {name.removeprefix("untrusted"): Lane((START,), {}, START + ahead) for name, ahead in lanes.items()}
    with house.store.work() as work:
        assert work.attempts.put(Attempts(key, held, consecutive), expected_version=0)


def test_list_locks_names_the_account_that_was_guessed_at_and_no_other(house: House) -> None:
    account_id, _ = house.account("margaret"), house.account("grace")
    guessed(house, "margaret")
    guessed(house, "grace", times=4)
    guessed(house, "nobody")

    page = house.flows.overview.list_locks(LockKind.SUSPENDED)

    (lock,) = page.items
    assert (lock.account_id, lock.until, lock.consecutive) == (account_id, START + SUSPENDED_FOR, 5)
    assert page.next_after is None
    assert lock.account is not None
    assert lock.account.username == "margaret"


def test_list_locks_unlocked_is_gone(house: House) -> None:
    house.account("margaret")
    guessed(house, "margaret")

    house.flows.unlock_account("margaret")

    assert house.flows.overview.list_locks(LockKind.SUSPENDED).items == ()


def test_list_locks_of_a_known_device_or_a_session_alone_is_none(house: House) -> None:
    kept(house, GONE, device=HOUR, session=2 * HOUR)

    assert house.flows.overview.list_locks(LockKind.SUSPENDED).items == ()


def test_list_locks_ends_when_strangers_may_try_again(house: House) -> None:
    kept(house, GONE, untrusted=HOUR, device=2 * HOUR)

    (lock,) = house.flows.overview.list_locks(LockKind.SUSPENDED).items

    assert (lock.until, lock.account) == (START + HOUR, None)


def test_list_locks_unlocked_is_gone_whichever_device_was_suspended_besides(house: House) -> None:
    account_id = house.account("margaret")
    kept(house, account_id, untrusted=HOUR, device=2 * HOUR)

    house.flows.unlock_account("margaret")

    assert house.flows.overview.list_locks(LockKind.SUSPENDED).items == ()


def test_list_locks_pages_from_the_longest_to_the_shortest(house: House) -> None:
    for number in range(1, 6):
        kept(house, f"{number}", untrusted=number * HOUR)

    first = house.flows.overview.list_locks(LockKind.SUSPENDED, size=3)
    rest = house.flows.overview.list_locks(LockKind.SUSPENDED, after=first.next_after, size=3)

    assert [lock.account_id for lock in first.items + rest.items] == ["5", "4", "3", "2", "1"]
    assert rest.next_after is None


def test_list_locks_leaves_out_what_a_wrong_clock_wrote(house: House) -> None:
    kept(house, GONE, untrusted=SUSPENDED_FOR + CLOCK_ERROR + HOUR)

    assert house.flows.overview.list_locks(LockKind.SUSPENDED).items == ()


def test_list_locks_at_the_ceiling_end_never_and_page_by_id(house: House) -> None:
    for key in ("c", "a", "b"):
        kept(house, key, consecutive=CEILING)
    kept(house, "d", consecutive=CEILING - 1)

    first = house.flows.overview.list_locks(LockKind.AT_CEILING, size=2)
    rest = house.flows.overview.list_locks(LockKind.AT_CEILING, after=first.next_after, size=2)

    assert [(lock.account_id, lock.until) for lock in first.items + rest.items] == [
        ("a", None),
        ("b", None),
        ("c", None),
    ]


@pytest.mark.parametrize("after", ["", "x", "x~y", "2026-01-01~y", f"{START.replace(tzinfo=None).isoformat()}~y"])
def test_list_locks_after_no_place_is_refused(house: House, after: str) -> None:
    with pytest.raises(Invalid):
        house.flows.overview.list_locks(LockKind.SUSPENDED, after=after)


def test_list_locks_at_the_ceiling_and_suspended_is_in_both_lists(house: House) -> None:
    kept(house, GONE, consecutive=CEILING, untrusted=HOUR)

    both = [house.flows.overview.list_locks(kind).items for kind in LockKind]

    assert both[0] == both[1]
    assert [(lock.account_id, lock.until) for lock in both[0]] == [(GONE, None)]
