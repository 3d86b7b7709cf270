from datetime import timedelta

import pytest

from doorward.core.kernel.ids import ID_LENGTH, is_id, made_at, new_id
from tests.builders import NOW


def test_new_id_made_later_sorts_later() -> None:
    made = [new_id(NOW + timedelta(milliseconds=step)) for step in range(100)]

    assert made == sorted(made)


def test_new_id_begins_with_the_moment() -> None:
    milliseconds = sum(
        "0123456789abcdefghjkmnpqrstvwxyz".index(letter) << 45 - 5 * at for at, letter in enumerate(new_id(NOW)[:10])
    )

    assert milliseconds == NOW.timestamp() * 1000


@pytest.mark.parametrize("later", [timedelta(0), timedelta(milliseconds=1), timedelta(days=4000, microseconds=999)])
def test_made_at_is_the_moment_to_the_millisecond(later: timedelta) -> None:
    now = NOW + later

    assert timedelta(0) <= now - made_at(new_id(now)) < timedelta(milliseconds=1)


@pytest.mark.parametrize("foreign", ["z" * ID_LENGTH, "7zzzzzzzzz" + "0" * 16])
def test_made_at_of_what_no_clock_made_is_later_than_everything(foreign: str) -> None:
    assert made_at(foreign) > NOW + timedelta(days=365 * 1000)


def test_new_id_same_moment_differs() -> None:
    made = {new_id(NOW) for _ in range(100)}

    assert len(made) == 100
    assert all(is_id(one) and len(one) == ID_LENGTH for one in made)


@pytest.mark.parametrize(
    "presented", ["", "a" * 25, "a" * 27, "A" * 26, "l" * 26, "é" * 26, "a" * 25 + "_", "a" * 12 + "_" + "a" * 13]
)
def test_is_id_other_shape_is_false(presented: str) -> None:
    assert not is_id(presented)
