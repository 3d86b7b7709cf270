from datetime import timedelta

import pytest

from doorward.core.oauth.device.rules.polling import INTERVAL, is_too_soon
from tests.builders import NOW


def test_is_too_soon_first_question_never_is() -> None:
    assert not is_too_soon(None, 0, NOW)
    assert not is_too_soon(None, 9, NOW)


@pytest.mark.requirement("A-09")
@pytest.mark.parametrize(
    ("slowed", "seconds", "too_soon"),
    [
        (0, 0, True),
        (0, 4.4, True),
        (0, 4.6, False),
        (0, 5, False),
        (1, 5, True),
        (1, 9.4, True),
        (1, 10, False),
        (2, 14, True),
        (2, 15, False),
        (0, -3, True),
    ],
)
def test_is_too_soon_by_interval_that_grows_by_five_seconds(slowed: int, seconds: float, *, too_soon: bool) -> None:
    assert is_too_soon(NOW, slowed, NOW + timedelta(seconds=seconds)) is too_soon


def test_interval_is_what_rfc_8628_takes_where_none_is_told() -> None:
    assert timedelta(seconds=5) == INTERVAL
