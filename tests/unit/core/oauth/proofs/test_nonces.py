from datetime import timedelta

import pytest

from doorward.core.oauth.proofs.nonces import CHANGES_EVERY, Nonces
from tests.builders import NOW

NONCES = Nonces(bytes(32))


@pytest.mark.requirement("A-15")
@pytest.mark.parametrize("seconds", [-1, 0, 60, 120, 239])
def test_knows_nonce_of_the_last_minutes(seconds: int) -> None:
    assert NONCES.knows(NONCES.current(NOW), NOW + timedelta(seconds=seconds))


@pytest.mark.requirement("A-15")
@pytest.mark.parametrize("age", [2 * CHANGES_EVERY, timedelta(days=1), -2 * CHANGES_EVERY])
def test_knows_nonce_of_another_time_is_unknown(age: timedelta) -> None:
    assert not NONCES.knows(NONCES.current(NOW), NOW + age)


@pytest.mark.requirement("A-15")
@pytest.mark.parametrize("presented", [None, "", "0", "é", Nonces(b"other" * 8).current(NOW)])
def test_knows_what_others_made_is_unknown(presented: str | None) -> None:
    assert not NONCES.knows(presented, NOW)


def test_current_changes_with_time() -> None:
    assert NONCES.current(NOW) != NONCES.current(NOW + CHANGES_EVERY)
