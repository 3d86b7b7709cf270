import pytest

from doorward.adapters.sealing.sealer import AesGcmSealer

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
PLAIN = b"what nobody may read"


def test_open_what_was_sealed_returns_it() -> None:
    sealer = AesGcmSealer(KEY)

    sealed = sealer.seal(PLAIN, context="job:1")

    assert PLAIN not in sealed
    assert sealer.open(sealed, context="job:1") == PLAIN


def test_open_under_other_context_returns_none() -> None:
    sealer = AesGcmSealer(KEY)

    sealed = sealer.seal(PLAIN, context="job:1")

    assert sealer.open(sealed, context="job:2") is None


def test_open_with_other_deployment_key_returns_none() -> None:
    sealed = AesGcmSealer(KEY).seal(PLAIN, context="job:1")

    assert AesGcmSealer(OTHER_KEY).open(sealed, context="job:1") is None


def test_open_key_of_its_own_needs_that_key() -> None:
    sealer = AesGcmSealer(KEY)

    sealed = sealer.seal(PLAIN, context="c", key=OTHER_KEY)

    assert sealer.open(sealed, context="c", key=OTHER_KEY) == PLAIN
    assert sealer.open(sealed, context="c") is None


def test_open_after_key_change_opens_old_and_seals_with_new() -> None:
    sealed_before = AesGcmSealer(KEY).seal(PLAIN, context="c")
    changed = AesGcmSealer(OTHER_KEY, previous=[KEY])

    sealed_after = changed.seal(PLAIN, context="c")

    assert changed.open(sealed_before, context="c") == PLAIN
    assert AesGcmSealer(KEY).open(sealed_after, context="c") is None


def test_open_any_bit_flipped_returns_none() -> None:
    sealer = AesGcmSealer(KEY)
    sealed = sealer.seal(PLAIN, context="c")
    flipped = [
        sealed[:place] + bytes([sealed[place] ^ 1 << bit]) + sealed[place + 1 :]
        for place in range(len(sealed))
        for bit in range(8)
    ]

    assert {sealer.open(one, context="c") for one in flipped} == {None}


def test_open_truncated_returns_none() -> None:
    sealer = AesGcmSealer(KEY)
    sealed = sealer.seal(PLAIN, context="c")

    assert {sealer.open(sealed[:length], context="c") for length in range(len(sealed))} == {None}


def test_seal_twice_differs() -> None:
    sealer = AesGcmSealer(KEY)

    assert sealer.seal(PLAIN, context="c") != sealer.seal(PLAIN, context="c")


@pytest.mark.parametrize("key", [b"", b"short", b"x" * 16, b"x" * 33])
def test_constructor_key_of_other_length_refuses(key: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        AesGcmSealer(key)
