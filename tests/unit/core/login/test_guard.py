from hypothesis import given
from hypothesis import strategies as st

from doorward.core.login.guard import Guard
from doorward.testing.clock import FixedClock
from tests.builders import ACCOUNT

GUARD = Guard(FixedClock(), b"key")


def test_key_of_an_account_is_its_id() -> None:
    assert GUARD.key_of(ACCOUNT, "margaret") == ACCOUNT


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_key_of_an_unknown_name_is_one_of_a_million_groups(login_key: str) -> None:
    key = GUARD.key_of(None, login_key)

    assert key == GUARD.key_of(None, login_key)
    assert key[0] == "?"
    assert len(key) == 6
    assert 0 <= int(key[1:], 16) < 1 << 20


def test_key_of_an_unknown_name_differs_between_deployments() -> None:
    keys = {Guard(FixedClock(), bytes([number])).key_of(None, "nobody") for number in range(20)}

    assert len(keys) > 15
