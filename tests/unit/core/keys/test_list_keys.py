from datetime import timedelta

import pytest

from doorward.core.audit.records import AuditKind, Search
from doorward.core.kernel.ids import AccountId
from doorward.core.keys import rules
from doorward.core.keys.list_keys import KeySet, RotationSeen
from doorward.core.keys.records import Algorithm, KeyState
from doorward.testing.clock import START, FixedClock
from tests.house import House

HOUR = timedelta(hours=1)


@pytest.fixture
def clock(house: House) -> FixedClock:
    assert isinstance(house.clock, FixedClock)
    return house.clock


def states(found: KeySet, algorithm: Algorithm = Algorithm.ES256) -> list[KeyState]:
    return [seen.state for seen in found.keys if seen.key.algorithm is algorithm]


def test_list_keys_first_of_each_algorithm_is_active_until_its_time_is_over(house: House) -> None:
    found = house.flows.overview.list_keys()

    assert states(found) == states(found, Algorithm.RS256) == [KeyState.ACTIVE]
    assert found.rotations == tuple(
        RotationSeen(algorithm, START + rules.SIGNS_FOR, is_published=False)
        for algorithm in (Algorithm.ES256, Algorithm.RS256)
    )


def test_list_keys_rotated_now_goes_from_next_to_active(house: House, clock: FixedClock) -> None:
    house.flows.rotate_keys(force=True)
    rotated = house.flows.overview.list_keys()
    clock.advance(rules.PUBLISHED_BEFORE_USE)
    taken_over = house.flows.overview.list_keys()
    clock.advance(rules.VERIFIES_AFTER)
    over = house.flows.overview.list_keys()

    assert states(rotated) == [KeyState.NEXT, KeyState.ACTIVE]
    assert rotated.rotations[0] == RotationSeen(Algorithm.ES256, START + rules.PUBLISHED_BEFORE_USE, is_published=True)
    assert states(taken_over) == [KeyState.ACTIVE, KeyState.RETIRING]
    assert states(over) == [KeyState.ACTIVE, KeyState.RETIRED]


def test_list_keys_none_signs_has_no_rotation(house: House, clock: FixedClock) -> None:
    clock.advance(rules.SIGNS_FOR + HOUR)

    found = house.flows.overview.list_keys()

    assert found.rotations == ()
    assert states(found) == [KeyState.RETIRING]


def test_rotate_keys_by_an_operator_is_recorded_with_whom(house: House) -> None:
    made = house.flows.rotate_keys(force=True, actor_id=AccountId("olga"))

    recorded = house.flows.overview.search_log(Search(actor_id=AccountId("olga"))).items
    assert {entry.event.detail["key"] for entry in recorded} == {key.id for key in made}
    assert {entry.event.kind for entry in recorded} == {AuditKind.KEY_MADE}
