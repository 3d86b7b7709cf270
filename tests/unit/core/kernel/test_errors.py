from datetime import timedelta

import pytest

from doorward.core.kernel.errors import Invalid, TooMany, Unavailable


@pytest.mark.parametrize("kind", [TooMany, Unavailable])
def test_retryable_says_when_to_come_back(kind: type[TooMany | Unavailable]) -> None:
    refusal = kind(retry_after=timedelta(seconds=3))

    assert refusal.retry_after == timedelta(seconds=3)
    assert str(refusal) == kind.detail


def test_invalid_names_the_field_and_the_reason() -> None:
    refusal = Invalid("/email", "This is not an e-mail address.")

    assert (refusal.pointer, refusal.reason) == ("/email", "This is not an e-mail address.")
    assert refusal.code == "VALIDATION_FAILED"
