"""Failed attempts and known devices, in every store."""

from dataclasses import replace
from datetime import timedelta

import pytest

from doorward.assembly.store import Store
from doorward.core.kernel.ids import AccountId, DeviceId
from doorward.core.login.records import Attempts, Lane
from tests.builders import NOW
from tests.contract.builders import DAY, HOUR, MANY, a_device, at_once, numbered

OWNER = AccountId(numbered(1))
OTHER = AccountId(numbered(2))
A_MOMENT = timedelta(microseconds=1)
FULL = Attempts(
    "key",
    {
        "": Lane((NOW, NOW + A_MOMENT), {"slot": NOW + 2 * A_MOMENT}, NOW + DAY),
        "device": Lane(),
    },
    consecutive=3,
)


def put(store: Store, attempts: Attempts, *, expected_version: int = 0) -> bool:
    with store.work() as work:
        return work.attempts.put(attempts, expected_version=expected_version)


def kept(store: Store, key: str = "key") -> Attempts:
    with store.view() as view:
        return view.attempts.of(key)


def test_attempts_of_unknown_key_is_empty_with_version_0(store: Store) -> None:
    assert kept(store) == Attempts("key")


def test_attempts_put_comes_back_with_the_next_version(store: Store) -> None:
    is_put = put(store, FULL)

    assert is_put
    assert kept(store) == replace(FULL, version=1)


def test_attempts_put_again_counts_versions(store: Store) -> None:
    put(store, FULL)

    is_put = put(store, Attempts("key", consecutive=7), expected_version=1)

    assert is_put
    assert kept(store) == Attempts("key", consecutive=7, version=2)


@pytest.mark.parametrize("expected_version", [0, 2])
def test_attempts_put_other_version_writes_nothing(store: Store, expected_version: int) -> None:
    put(store, FULL)

    is_put = put(store, Attempts("key"), expected_version=expected_version)

    assert not is_put
    assert kept(store) == replace(FULL, version=1)


def test_attempts_put_version_of_a_record_that_is_gone_writes_nothing(store: Store) -> None:
    assert not put(store, FULL, expected_version=1)
    assert kept(store) == Attempts("key")


@pytest.mark.parametrize("expected_version", [0, 1])
def test_attempts_put_many_at_once_one_wins(store: Store, expected_version: int) -> None:
    for version in range(expected_version):
        put(store, FULL, expected_version=version)

    won = at_once(50, lambda number: put(store, Attempts("key", consecutive=number), expected_version=expected_version))

    assert won.count(True) == 1
    assert kept(store) == Attempts("key", consecutive=won.index(True), version=expected_version + 1)


def test_attempts_put_many_until_done_none_is_lost(store: Store) -> None:
    def fail(_number: int) -> None:
        with store.work() as work:
            is_put = False
            while not is_put:
                before = work.attempts.of("key")
                after = replace(before, consecutive=before.consecutive + 1)
                is_put = work.attempts.put(after, expected_version=before.version)

    at_once(MANY, fail)

    assert kept(store).consecutive == MANY


def test_attempts_forget_begins_anew(store: Store) -> None:
    put(store, FULL)

    with store.work() as work:
        work.attempts.forget("key")
        work.attempts.forget("unknown")

    assert kept(store) == Attempts("key")


@pytest.mark.parametrize(
    "lane",
    [Lane((NOW, NOW + DAY)), Lane(reserved={"slot": NOW + DAY}), Lane(suspended_until=NOW + DAY)],
    ids=["failure", "reserved slot", "suspension"],
)
def test_attempts_purge_removes_only_unknown_names_without_a_later_moment(store: Store, lane: Lane) -> None:
    put(store, Attempts("?key", {"": Lane((NOW,)), "device": lane}))
    put(store, Attempts("key", consecutive=95))

    with store.work() as work:
        too_early = work.attempts.purge(NOW + DAY)
        in_time = work.attempts.purge(NOW + DAY + A_MOMENT)

    assert (too_early, in_time) == (0, 1)
    assert kept(store).consecutive == 95


def suspended(key: str, hours: int) -> Attempts:
    return Attempts(key, {"": Lane((NOW,)), "device": Lane(suspended_until=NOW + hours * HOUR)}, version=1)


def test_attempts_ahead_of_now_are_those_of_accounts_the_furthest_first(store: Store) -> None:
    waiting = [suspended(numbered(number), hours) for number, hours in ((1, 3), (2, 5), (3, 5), (4, 1))]
    for attempts in (*waiting, suspended("?00001", 9), Attempts(numbered(9), {"": Lane((NOW,))}), Attempts("none")):
        put(store, attempts)

    with store.view() as view:
        ahead = view.attempts.ahead(NOW)
        first = view.attempts.ahead(NOW, limit=2)
        rest = view.attempts.ahead(NOW, before=(NOW + 5 * HOUR, first[-1].key), limit=2)
        later = view.attempts.ahead(NOW + 3 * HOUR)

    assert ahead == (waiting[2], waiting[1], waiting[0], waiting[3])
    assert first + rest == ahead
    assert later == ahead[:2]


def test_attempts_at_ceiling_are_those_of_accounts_in_the_order_of_keys(store: Store) -> None:
    for key, consecutive in ((numbered(2), 100), (numbered(1), 250), (numbered(3), 99), ("?00001", 100)):
        put(store, Attempts(key, consecutive=consecutive))

    with store.view() as view:
        found = view.attempts.at_ceiling()
        first, rest = view.attempts.at_ceiling(limit=1), view.attempts.at_ceiling(after=numbered(1))

    assert [attempts.key for attempts in found] == [numbered(1), numbered(2)]
    assert first + rest == found


def test_devices_known_until_it_expires_to_its_account_alone(store: Store) -> None:
    with store.work() as work:
        work.devices.add(a_device(1))

    with store.view() as view:
        assert view.devices.is_known(OWNER, a_device(1).id, now=NOW)
        assert not view.devices.is_known(OTHER, a_device(1).id, now=NOW)
        assert not view.devices.is_known(OWNER, DeviceId("z" * 26), now=NOW)
        assert not view.devices.is_known(OWNER, a_device(1).id, now=a_device(1).expires_at)


def test_devices_forget_only_ones_own_and_once(store: Store) -> None:
    with store.work() as work:
        work.devices.add(a_device(1))
        forgotten = [work.devices.forget(owner, a_device(1).id) for owner in (OTHER, OWNER, OWNER)]

    with store.view() as view:
        assert forgotten == [False, True, False]
        assert not view.devices.is_known(OWNER, a_device(1).id, now=NOW)


def test_devices_forget_all_leaves_other_accounts_alone(store: Store) -> None:
    with store.work() as work:
        work.devices.add(a_device(1))
        work.devices.add(a_device(2))
        work.devices.add(a_device(3, account_id=OTHER))
        forgotten = work.devices.forget_all(OWNER)

    with store.view() as view:
        assert forgotten == 2
        assert view.devices.is_known(OTHER, a_device(3).id, now=NOW)


def test_devices_purge_removes_the_expired(store: Store) -> None:
    later = replace(a_device(2), expires_at=NOW + 2 * DAY)
    with store.work() as work:
        work.devices.add(a_device(1))
        work.devices.add(later)
        removed = work.devices.purge(NOW + DAY + A_MOMENT)

    with store.view() as view:
        assert removed == 1
        assert view.devices.is_known(OWNER, later.id, now=NOW)
