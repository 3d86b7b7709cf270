from datetime import datetime, timedelta

import pytest

from doorward.core.keys import rules
from doorward.core.keys.records import Algorithm
from tests.builders import NOW, a_signing_key

DAY = timedelta(days=1)


def test_signing_key_of_several_is_the_one_that_began_last() -> None:
    older, newer = a_signing_key(1, signs_from=NOW - DAY), a_signing_key(2, signs_from=NOW)

    assert rules.signing_key([newer, older], Algorithm.ES256, NOW) == newer


@pytest.mark.parametrize("at", [NOW - timedelta(seconds=1), NOW + 90 * DAY], ids=["before", "after"])
def test_signing_key_out_of_its_time_is_none(at: datetime) -> None:

    assert rules.signing_key([a_signing_key()], Algorithm.ES256, at) is None


def test_signing_key_of_another_algorithm_is_none() -> None:
    assert rules.signing_key([a_signing_key()], Algorithm.RS256, NOW) is None


def test_published_keys_are_those_that_have_not_ended() -> None:
    ended = a_signing_key(1, signs_from=NOW - 91 * DAY)
    retired = a_signing_key(2, signs_from=NOW - 91 * DAY + timedelta(seconds=1))
    waiting = a_signing_key(3, signs_from=NOW + DAY)

    assert rules.published_keys([ended, retired, waiting], NOW) == (retired, waiting)


def test_signs_until_counts_those_that_wait_for_their_turn() -> None:
    signs, waits = a_signing_key(1), a_signing_key(2, signs_from=NOW + 80 * DAY)

    assert rules.signs_until([waits, signs], Algorithm.ES256, NOW) == waits.signs_until
    assert rules.signs_until([signs], Algorithm.RS256, NOW) is None


def test_signs_until_where_a_key_signs_later_and_none_now_is_unknown() -> None:
    waits = a_signing_key(signs_from=NOW + timedelta(hours=1))

    assert rules.signs_until([waits], Algorithm.ES256, NOW) is None


def test_needs_successor_a_day_before_the_end_is_true() -> None:
    key = a_signing_key()

    assert not rules.needs_successor([key], Algorithm.ES256, NOW + 89 * DAY - timedelta(seconds=1))
    assert rules.needs_successor([key], Algorithm.ES256, NOW + 89 * DAY)
    assert rules.needs_successor([key], Algorithm.RS256, NOW)


def test_needs_successor_only_key_begins_in_years_is_true() -> None:
    key = a_signing_key(signs_from=NOW + 4000 * DAY)

    assert rules.needs_successor([key], Algorithm.ES256, NOW)
    assert not rules.needs_successor([key, a_signing_key(2)], Algorithm.ES256, NOW)
