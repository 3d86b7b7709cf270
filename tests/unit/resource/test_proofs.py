from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from doorward.core.keys.dpop import PROOF_LIVES_FOR
from doorward.core.keys.tokens import LEEWAY
from doorward.resource import Nonces
from doorward.resource.proofs import NONCE_LIVES_FOR, OwnReplays
from tests.builders import NOW

pytestmark = pytest.mark.requirement("A-17")
LIVES = PROOF_LIVES_FOR + LEEWAY


def test_spend_once_is_true_and_then_false() -> None:
    replays = OwnReplays()

    assert [replays.spend(b"a", until=NOW + LIVES, now=NOW) for _ in range(3)] == [True, False, False]


def test_spend_from_many_threads_is_true_once() -> None:
    replays = OwnReplays()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: replays.spend(b"a", until=NOW + LIVES, now=NOW), range(200)))

    assert answers.count(True) == 1


@pytest.mark.parametrize("began", [timedelta(seconds=one) for one in (0, 1, 45, 89)])
def test_spend_is_remembered_as_long_as_a_proof_lives(began: timedelta) -> None:
    replays = OwnReplays()
    replays.spend(b"first", until=NOW + LIVES, now=NOW)
    replays.spend(b"a", until=NOW + began + LIVES, now=NOW + began)

    for second in range(int(LIVES.total_seconds())):
        assert replays.spend(b"a", until=NOW, now=NOW + began + timedelta(seconds=second)) is False


def test_spend_is_forgotten_at_last() -> None:
    replays = OwnReplays(most=1)
    replays.spend(b"a", until=NOW + LIVES, now=NOW)

    assert replays.spend(b"b", until=NOW, now=NOW + LIVES) is None
    assert replays.spend(b"b", until=NOW, now=NOW + 3 * LIVES) is True


def test_spend_when_full_cannot_tell() -> None:
    replays = OwnReplays(most=2)

    answers = [replays.spend(bytes([number]), until=NOW + LIVES, now=NOW) for number in range(4)]

    assert answers == [True, True, None, None]


@pytest.mark.requirement("A-15")
@pytest.mark.parametrize(("after", "is_good"), [(0, True), (1, True), (2, False), (-1, False)])
def test_nonce_is_good_for_a_while(after: int, is_good: bool) -> None:  # noqa: FBT001
    nonces = Nonces()

    assert nonces.is_good(nonces.current(NOW), NOW + after * NONCE_LIVES_FOR) is is_good


@pytest.mark.requirement("A-15")
def test_nonce_of_another_key_is_not_good() -> None:
    one, other, twin = Nonces(bytes(32)), Nonces(), Nonces(bytes(32))

    assert not other.is_good(one.current(NOW), NOW)
    assert twin.is_good(one.current(NOW), NOW)


def test_nonces_with_a_short_key_are_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Nonces(bytes(31))
