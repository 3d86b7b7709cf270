import pytest

from doorward.core.limits.records import LIMITS, Limit, Tier, limit


def test_limits_names_are_unique() -> None:
    assert len({row.name for row in LIMITS}) == len(LIMITS)


@pytest.mark.parametrize("row", LIMITS, ids=lambda row: row.name)
def test_limit_of_a_name_is_its_row(row: Limit) -> None:
    assert limit(row.name) is row


def test_limit_of_an_unknown_name_is_no_limit() -> None:
    with pytest.raises(KeyError):
        limit("anything")


def test_limits_mail_to_one_account_is_five_an_hour_by_the_application() -> None:
    row = limit("mail_to_account")

    assert (row.amount, row.window.total_seconds(), row.tier) == (5, 3600, Tier.APPLICATION)
