"""Moments are written exactly."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.adapters.sql.engine import values


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 (the strategy adds the zone)
def test_moment_of_micros_is_the_same_moment(at: datetime) -> None:
    assert values.moment(values.micros(at)) == at


def test_micros_other_zone_is_the_same_moment() -> None:
    at = datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))

    assert values.micros(at) == values.micros(datetime(2026, 1, 1, tzinfo=UTC))


def test_micros_none_stays_none() -> None:
    assert values.micros_or_none(None) is None
    assert values.moment_or_none(None) is None


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(1970, 1, 1, 23, 59, 59, 999_999, UTC), 0),
        (datetime(1970, 1, 2, tzinfo=UTC), 1),
    ],
)
def test_day_counts_from_1970(at: datetime, day: int) -> None:
    assert values.day(at) == day


def test_mapping_of_text_is_the_same_mapping() -> None:
    mapping = {"b": "ü", "a": '"'}

    assert values.mapping_of(values.text_of(mapping)) == mapping
